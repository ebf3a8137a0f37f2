// Two rules of one name.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome pull(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.double_rule", "1.0.0", tick_rule<pull>("gravity", "Pulls."),
                  tick_rule<pull>("gravity", "Pulls more."));
