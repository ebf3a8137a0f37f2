// Its dragons would be fine, but there are no castles.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

UNSCRIPTED_PLUGIN("org.wrong.dragon", "1.0.0",
                  kind("dragon", {3, 3, 3}, solid), extends("castle", boolean("burnt")));
