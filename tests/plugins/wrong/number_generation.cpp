// The engine counts generations in integers.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

UNSCRIPTED_PLUGIN("org.wrong.number_generation", "1.0.0",
                  kind("bot", {1, 1, 1}, solid, number("generation", "", 0, 9, 1)));
