// Nine parameters.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.too_many_parameters", "1.0.0",
  action<nothing>("world", "fly", "Fly.", boolean("a"), boolean("b"), boolean("c"), boolean("d"),
                  boolean("e"), boolean("f"), boolean("g"), boolean("h"), boolean("i")));
