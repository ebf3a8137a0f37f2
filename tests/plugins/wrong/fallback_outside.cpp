// A fallback that no client could give.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.fallback_outside", "1.0.0",
                  action<nothing>("world", "fly", "Fly.", number("height", "m", 0, 2, 7)));
