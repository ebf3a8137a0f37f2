// Uses a property that nobody brings.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

UNSCRIPTED_PLUGIN("org.wrong.unknown_use", "1.0.0",
                  uses<double>(0, "bot", "courage"));
