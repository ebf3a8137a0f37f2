// Drinking from a well: quenches all thirst.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto drink = uses<double>(0, "bot", "drink");

static outcome quench(context& c) {
  c.agent().set(drink, 1);
  return done;
}

UNSCRIPTED_PLUGIN("org.unscripted.drink", "1.0.0", drink,
                  action<quench>("well", "drink", "Drink from the well: no more thirst."));
