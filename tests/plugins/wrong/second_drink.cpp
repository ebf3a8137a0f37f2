// Bots have this property already.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

UNSCRIPTED_PLUGIN("org.wrong.second_drink", "1.0.0",
                  extends("bot", integer("drink", "", 0, 9, 0)));
