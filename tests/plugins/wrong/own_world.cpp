// The world is the engine's.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

UNSCRIPTED_PLUGIN("org.wrong.own_world", "1.0.0",
                  kind("world", {9, 9, 9}, not_solid));
