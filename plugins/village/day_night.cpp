// Day and night: the world has an hour, and by night bots see a quarter as far.
//
// A day of the clock is a `day` of the world's rules, as thirst has it. The hour is written only
// when it changes: a history grows by 24 effects a day and not by one a tick. At dusk the world
// keeps what `sight` was, and has it again at dawn, unless somebody changed it in the night.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto hour = uses<std::int64_t>(0, "world", "hour");
static constexpr auto is_night = uses<bool>(1, "world", "night");
static constexpr auto day = uses<std::int64_t>(2, "world", "day");
static constexpr auto sight = uses<double>(3, "world", "sight");
static constexpr auto sight_by_day = uses<double>(4, "world", "sight_by_day");

static double darkened(double metres) { return metres / 4; }

static outcome turn(context& c) {
  const thing world = c.world();
  const auto length = static_cast<std::uint64_t>(world.get(day, 1));
  const auto now = static_cast<std::int64_t>(c.tick() % length * 24 / length);
  if (now == world.get(hour)) return done;
  world.set(hour, now);
  const bool night = now < 6 || now >= 20;
  if (night == world.get(is_night)) return done;
  world.set(is_night, night);
  const double seen = world.get(sight), before = world.get(sight_by_day);
  if (night) world.set(sight_by_day, seen), world.set(sight, darkened(seen));
  else if (seen == darkened(before)) world.set(sight, before);
  return done;
}

UNSCRIPTED_PLUGIN("org.unscripted.day_night", "1.0.0", hour, is_night, day, sight, sight_by_day,
                  extends("world", integer("hour", "hour", 0, 23, 12), boolean("night"),
                          number("sight_by_day", "m", 0, 1e7, 50)),
                  tick_rule<turn>("day_night", "The hour changes; by night sight is a quarter."));
