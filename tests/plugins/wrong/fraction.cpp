// An integer up to two and a half.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.fraction", "1.0.0",
                  action<nothing>("world", "fly", "Fly.", integer("steps", "", 0, 2.5, 1)));
