// Food: a kind that bots eat, and that grows back.
//
// Every action costs a bot 1/(3 day) of its energy; below 0 it dies of hunger. Eating restores all.
// What was eaten is ripe again after `season` ticks; in a hand nothing ripens, and what is set down
// late may take a season more. A tick costs nothing until the next piece is due: then the rule
// looks at the 4,000 oldest things of the world, and lets 500 pieces ripen at most.
#include "plugins/plugin.hpp"

#include <algorithm>

using namespace unscripted::plugin;

static constexpr auto energy = uses<double>(0, "bot", "energy");
static constexpr auto ripe = uses<bool>(1, "food", "ripe");
static constexpr auto ripe_at = uses<std::int64_t>(2, "food", "ripe_at");
static constexpr auto day = uses<std::int64_t>(3, "world", "day");
static constexpr auto season = uses<std::int64_t>(4, "world", "season");
static constexpr auto harvest = uses<std::int64_t>(5, "world", "harvest");

static outcome eat(context& c) {
  const bool is_held = c.target().is_carried() && c.target().carrier().id() != c.agent().id();
  if (is_held) return c.refuse("another bot holds it");
  if (!c.target().get(ripe)) return c.refuse("it is not ripe");
  const std::int64_t when = static_cast<std::int64_t>(c.tick()) + c.world().get(season);
  c.target().set(ripe, false);
  c.target().set(ripe_at, when);
  if (when < c.world().get(harvest)) c.world().set(harvest, when);
  c.agent().set(energy, 1);
  return done;
}

static outcome hunger(context& c) {
  c.agent().add(energy, -1 / (3 * static_cast<double>(c.world().get(day, 1))));
  if (c.agent().get(energy) < 0) c.agent().remove("hunger");
  return done;
}

static outcome grow(context& c) {
  const auto now = static_cast<std::int64_t>(c.tick());
  if (now < c.world().get(harvest)) return done;
  std::int64_t next = now + c.world().get(season), most = 500;
  for (const thing& t : c.near(c.world(), 0, 4000)) {
    if (!t.is_a("food") || t.get(ripe)) continue;
    if (t.get(ripe_at) <= now && most-- > 0) t.set(ripe, true);
    else next = std::min(next, t.get(ripe_at));
  }
  c.world().set(harvest, next);
  return done;
}

UNSCRIPTED_PLUGIN("org.unscripted.food", "1.0.0", energy, ripe, ripe_at, day, season, harvest,
                  kind("food", {0.3, 0.3, 0.3}, not_solid, boolean("ripe", true),
                       integer("ripe_at", "tick", 0, integer_max, 0)),
                  extends("bot", number("energy", "1", 0, 1, 1)),
                  extends("world", integer("season", "tick", 1, integer_max, 1000),
                          integer("harvest", "tick", 0, integer_max, 0)),
                  action<eat>("food", "eat", "Eat what is ripe: no more hunger."),
                  rule<hunger>("hunger", "Every action costs 1/(3 day) of energy; hunger kills."),
                  tick_rule<grow>("grow", "What was eaten is ripe again after a season."));
