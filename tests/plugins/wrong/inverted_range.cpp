// A minimum above the maximum.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.inverted_range", "1.0.0",
                  action<nothing>("world", "fly", "Fly.", number("height", "m", 3, 2, 2)));
