// Needs dragon.cpp, which is refused.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.on_dragon", "1.0.0",
                  action<nothing>("dragon", "feed", "Feed it."));
