// Food: a kind that bots eat, and that grows back.
//
// Every action costs a bot 1/(3 day) of its energy; below 0 it dies of hunger. Eating what is ripe
// restores all. What was eaten ripens with each tick, in `season` ticks. The rule looks at all food
// of a world in one tick, so it suits worlds with up to some thousand pieces.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto energy = uses<double>(0, "bot", "energy");
static constexpr auto ripe = uses<double>(1, "food", "ripe");
static constexpr auto day = uses<std::int64_t>(2, "world", "day");
static constexpr auto season = uses<std::int64_t>(3, "world", "season");

static constexpr double days_without_food = 3;
static constexpr std::uint32_t food_max = 4000;  // fewer than the effects that one command may have

static outcome eat(context& c) {
  if (c.target().get(ripe) < 1) return c.refuse("not ripe yet");
  c.target().set(ripe, 0);
  c.agent().set(energy, 1);
  return done;
}

static outcome hunger(context& c) {
  const thing bot = c.agent();
  bot.add(energy, -1 / (days_without_food * static_cast<double>(c.world().get(day, 1))));
  if (bot.get(energy) < 0) bot.remove("hunger");
  return done;
}

static outcome grow(context& c) {
  const double step = 1 / static_cast<double>(c.world().get(season, 1));
  for (const thing& t : c.near(c.world(), 0, food_max)) {
    if (!t.is_a("food") || t.get(ripe) >= 1) continue;
    const double next = t.get(ripe) + step;
    t.set(ripe, next < 1 ? next : 1);
  }
  return done;
}

UNSCRIPTED_PLUGIN("org.unscripted.food", "1.0.0", energy, ripe, day, season,
                  kind("food", {0.3, 0.3, 0.3}, not_solid, number("ripe", "1", 0, 1, 1)),
                  extends("bot", number("energy", "1", 0, 1, 1)),
                  extends("world", integer("season", "tick", 1, integer_max, 1000)),
                  action<eat>("food", "eat", "Eat what is ripe: no more hunger."),
                  rule<hunger>("hunger", "Every action costs 1/(3 day) of energy; hunger kills."),
                  tick_rule<grow>("grow", "What was eaten is ripe again after a season."));
