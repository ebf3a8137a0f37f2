// Wells do not act.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.self_on_well", "1.0.0",
                  action<nothing>("well", "be", "Be a well.").self_only());
