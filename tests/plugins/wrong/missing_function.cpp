// Links to a library that is not there.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

double engine_of_a_plane(double thrust);

static outcome call_it(context& c) { return engine_of_a_plane(c.ratio()) > 0 ? done : refused; }

UNSCRIPTED_PLUGIN("org.wrong.missing_function", "1.0.0",
                  action<call_it>("world", "fly", "Fly."));
