// Wells that run dry: another build of `org.unscripted.drink`, which stands in the place of the
// shipped one where this folder is loaded.
//
// A well holds 20 draughts, and each drink takes one. If the rules of the world say so, it fills
// again: every `refill` ticks each well gets back one draught. As long as they say nothing (0) a
// well never runs dry. The rule looks at the 2,000 oldest things of the world, at those ticks only.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto drink = uses<double>(0, "bot", "drink");
static constexpr auto water = uses<std::int64_t>(1, "well", "water");
static constexpr auto refill = uses<std::int64_t>(2, "world", "refill");

static constexpr std::int64_t full = 20;

static outcome quench(context& c) {
  const bool runs_dry = c.world().get(refill) > 0;
  if (runs_dry && c.target().get(water) <= 0) return c.refuse("the well is dry");
  if (runs_dry) c.target().add(water, -1);
  c.agent().set(drink, 1);
  return done;
}

static outcome fill(context& c) {
  const auto ticks = static_cast<std::uint64_t>(c.world().get(refill));
  if (ticks == 0 || c.tick() % ticks != 0) return done;
  for (const thing& t : c.near(c.world(), 0, 2000))
    if (t.is_a("well") && t.get(water) < full) t.add(water, 1);
  return done;
}

UNSCRIPTED_PLUGIN("org.unscripted.drink", "2.0.0", drink, water, refill,
                  extends("well", integer("water", "draught", 0, full, full)),
                  extends("world", integer("refill", "tick", 0, integer_max, 0)),
                  action<quench>("well", "drink", "Drink from the well: no more thirst."),
                  tick_rule<fill>("fill", "Every `refill` ticks a well gets back a draught."));
