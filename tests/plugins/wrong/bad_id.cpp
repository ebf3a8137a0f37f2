// Its id is not a dotted name.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("fly", "1.0.0",
                  action<nothing>("world", "fly", "Fly."));
