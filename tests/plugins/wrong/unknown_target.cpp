// Nobody brings dragons.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.unknown_target", "1.0.0",
                  action<nothing>("dragon", "tame", "Tame it."));
