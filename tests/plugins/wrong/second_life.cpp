// There is such a rule already.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.second_life", "1.0.0",
                  rule<nothing>("life", "Live otherwise."));
