// There is such an action already.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.second_walk", "1.0.0",
                  action<nothing>("world", "walk", "Walk otherwise."));
