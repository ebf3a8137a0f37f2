// Two actions of one name on one kind: which one would a bot get?
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome up(context&) { return done; }
static outcome down(context&) { return refused; }

UNSCRIPTED_PLUGIN("org.wrong.double_action", "1.0.0", action<up>("world", "fly", "Fly up."),
                  action<down>("world", "fly", "Fly down."));
