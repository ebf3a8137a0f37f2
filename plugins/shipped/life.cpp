// Life: what bots and wells are, and the rule that every action costs water and time.
//
// A bot begins with drink 1 and loses 1/day with each action; below 0 it dies of thirst. Rounding
// decides whether a bot that never drinks dies at its action day + 1 or at its action day: 1/day
// is rounded once, and so is each sum. The same on every machine, since only divisions and
// additions of doubles are made. A day of a power of two is exact: death at action day + 1.
// A bot that takes its action `lifespan` and is not dead of thirst dies of age.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto drink = uses<double>(0, "bot", "drink");
static constexpr auto age = uses<std::int64_t>(1, "bot", "age");
static constexpr auto day = uses<std::int64_t>(2, "world", "day");
static constexpr auto lifespan = uses<std::int64_t>(3, "world", "lifespan");

static outcome live(context& c) {
  const thing bot = c.agent();
  bot.add(drink, -1.0 / static_cast<double>(c.world().get(day, 1)));
  bot.add(age, 1);
  if (bot.get(drink) < 0) bot.remove("thirst");
  else if (bot.get(age) >= c.world().get(lifespan, 1)) bot.remove("age");
  return done;
}

UNSCRIPTED_PLUGIN("org.unscripted.life", "1.0.0", drink, age, day, lifespan,
                  kind("bot", {0.5, 1.7, 0.3}, solid, number("drink", "1", 0, 1, 1),
                       integer("age", "action", 0, integer_max, 0),
                       integer("generation", "", 1, integer_max, 1), boolean("female")),
                  kind("well", {1, 1, 1}, solid),
                  extends("world", integer("day", "tick", 1, integer_max, 150'000),
                          integer("lifespan", "action", 1, integer_max, 1'500'000)),
                  rule<live>("life",
                             "Every action costs 1/day of drink; thirst and old age kill."));
