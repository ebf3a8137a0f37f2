// Wells that run dry: another build of `org.unscripted.drink`, which stands in the place of the
// shipped one where this folder is loaded.
//
// Each drink takes a twentieth of a well. It fills again within `refill` ticks, if the rules of the
// world say so: with `refill` 0, as long as nothing else is said, a well never runs dry.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto drink = uses<double>(0, "bot", "drink");
static constexpr auto water = uses<double>(1, "well", "water");
static constexpr auto refill = uses<std::int64_t>(2, "world", "refill");

static constexpr double draught = 0.05;
static constexpr std::uint32_t wells_max = 4000;

static outcome quench(context& c) {
  const bool runs_dry = c.world().get(refill) > 0;
  if (runs_dry && c.target().get(water) < draught) return c.refuse("the well is dry");
  if (runs_dry) c.target().add(water, -draught);
  c.agent().set(drink, 1);
  return done;
}

static outcome fill(context& c) {
  const std::int64_t ticks = c.world().get(refill);
  if (ticks == 0) return done;
  for (const thing& t : c.near(c.world(), 0, wells_max)) {
    if (!t.is_a("well") || t.get(water) >= 1) continue;
    const double next = t.get(water) + 1 / static_cast<double>(ticks);
    t.set(water, next < 1 ? next : 1);
  }
  return done;
}

UNSCRIPTED_PLUGIN("org.unscripted.drink", "2.0.0", drink, water, refill,
                  extends("well", number("water", "1", 0, 1, 1)),
                  extends("world", integer("refill", "tick", 0, integer_max, 0)),
                  action<quench>("well", "drink", "Drink from the well: no more thirst."),
                  tick_rule<fill>("fill", "Wells fill again within `refill` ticks."));
