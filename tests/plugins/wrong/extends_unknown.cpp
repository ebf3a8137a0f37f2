// Nobody brings dragons.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

UNSCRIPTED_PLUGIN("org.wrong.extends_unknown", "1.0.0",
                  extends("dragon", number("fire", "1", 0, 1, 1)));
