// Pushing: crates are solid and stand in the way, but a bot can push them.
//
// A crate slides 0.8 m straight away from whoever pushes it. It does not push what stands behind
// it: then, or at a wall, it stays where it is.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr double push_metres = 0.8;

static outcome push(context& c) {
  const uns_vec3 from = c.agent().pos(), to = c.target().pos();
  const auto [cosine, sine] = c.direction(c.turn_of(to.x - from.x, to.z - from.z));
  const bool moved = c.target().move(push_metres * cosine, 0, push_metres * sine);
  return moved ? done : refused;  // the engine itself says "blocked"
}

UNSCRIPTED_PLUGIN("org.unscripted.push", "1.0.0", kind("crate", {0.8, 0.8, 0.8}, solid),
                  action<push>("crate", "push", "Push it 0.8 m away from you."));
