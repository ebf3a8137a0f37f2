// Two parameters of one name.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.double_parameter", "1.0.0",
                  action<nothing>("world", "fly", "Fly.", boolean("high"), boolean("high")));
