// Takes a number for an integer.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

UNSCRIPTED_PLUGIN("org.wrong.wrong_use_type", "1.0.0",
                  uses<std::int64_t>(0, "bot", "drink"));
