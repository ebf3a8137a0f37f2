// A maximum without an end.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.infinite_range", "1.0.0",
  action<nothing>("world", "fly", "Fly.",
                  number("height", "m", 0, __builtin_inf(), 1)));
