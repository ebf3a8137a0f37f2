// A thing without height.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

UNSCRIPTED_PLUGIN("org.wrong.flat_kind", "1.0.0",
                  kind("carpet", {2, 0, 3}, not_solid));
