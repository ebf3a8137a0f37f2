// There are wells already.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

UNSCRIPTED_PLUGIN("org.wrong.second_well", "1.0.0",
                  kind("well", {2, 1, 2}, solid));
