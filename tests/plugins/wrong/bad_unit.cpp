// A unit with blanks.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.bad_unit", "1.0.0",
                  action<nothing>("world", "fly", "Fly.", number("height", "m per s", 0, 2, 1)));
