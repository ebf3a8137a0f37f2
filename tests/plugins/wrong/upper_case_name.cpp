// Names are lower-case.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.upper_case_name", "1.0.0",
                  action<nothing>("world", "Fly", "Fly."));
