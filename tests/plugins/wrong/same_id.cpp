// The id of a shipped plugin.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.unscripted.walk", "1.0.0",
                  action<nothing>("world", "stroll", "Walk slowly."));
