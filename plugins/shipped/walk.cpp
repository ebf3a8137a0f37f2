// Walking: one step of 0.8 m in any direction, unless a wall or a solid thing is in the way.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr double step_metres = 0.8;  // at 5 km/h it takes one tick, 0.576 s

static outcome step(context& c) {
  const auto [cosine, sine] = c.direction(c.number(0));
  const bool moved = c.agent().move(step_metres * cosine, 0, step_metres * sine);
  return moved ? done : refused;  // the engine itself says "blocked"
}

UNSCRIPTED_PLUGIN("org.unscripted.walk", "1.0.0",
                  action<step>("world", "walk", "Take one step of 0.8 m in a direction.",
                               number("angle", "turn", 0, 1, 0)));
