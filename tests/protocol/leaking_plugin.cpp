// A plugin that is wrong on purpose, for verify_test.py: what `stumble` does depends on how often
// it was called before, which is no part of any world. No history can repeat that.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static int calls = 0;

static outcome stumble(context& c) { return ++calls % 7 == 0 ? c.refuse("stumbled") : done; }

UNSCRIPTED_PLUGIN("org.example.leaking", "0.0.1",
                  action<stumble>("world", "stumble", "Stumble now and then."));
