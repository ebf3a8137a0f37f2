// A minimum that is no number.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static outcome nothing(context&) { return done; }

UNSCRIPTED_PLUGIN("org.wrong.nan_range", "1.0.0",
  action<nothing>("world", "fly", "Fly.",
                  number("height", "m", __builtin_nan(""), 2, 1)));
