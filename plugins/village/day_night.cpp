// Day and night: the world has an hour, and by night bots see a quarter as far.
//
// A day of the clock is `day_ticks` long. The hour is written only when it changes, so a history
// grows by 24 effects a day and not by one a tick.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto hour = uses<std::int64_t>(0, "world", "hour");
static constexpr auto is_night = uses<bool>(1, "world", "night");
static constexpr auto day_ticks = uses<std::int64_t>(2, "world", "day_ticks");
static constexpr auto sight = uses<double>(3, "world", "sight");

static constexpr double darker = 4;

static outcome turn(context& c) {
  const thing world = c.world();
  const auto length = static_cast<std::uint64_t>(world.get(day_ticks, 1));
  const auto now = static_cast<std::int64_t>(c.tick() % length * 24 / length);
  if (now == world.get(hour)) return done;
  world.set(hour, now);
  const bool night = now < 6 || now >= 20;
  if (night == world.get(is_night)) return done;
  world.set(is_night, night);
  world.set(sight, night ? world.get(sight) / darker : world.get(sight) * darker);
  return done;
}

UNSCRIPTED_PLUGIN("org.unscripted.day_night", "1.0.0", hour, is_night, day_ticks, sight,
                  extends("world", integer("hour", "hour", 0, 23, 12), boolean("night"),
                          integer("day_ticks", "tick", 24, integer_max, 2400)),
                  tick_rule<turn>("day_night", "The hour changes; by night sight is a quarter."));
