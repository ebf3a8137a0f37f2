// What one bot can see now.
#pragma once

#include "core/world.hpp"

#include <vector>

namespace unscripted::core {

struct sighting {
  const thing* what = nullptr;  // valid until the world changes
  micrometres gap = 0;          // box to box on the ground; 0 of what the bot carries
};

/// What the bot carries, by serial; then everything but the world and the bot itself that stands
/// within `range` of it: the nearest first, then by serial. Not what others carry. Writes into
/// `out`, whose memory is reused. `bot` must exist.
void perceive(const world& w, const thing& bot, micrometres range, std::vector<sighting>& out);

/// Something that can be done, and to what.
struct offer {
  serial target = world_serial;
  action_index action = 0;

  bool operator==(const offer&) const = default;
};

/// The targets that may be in the world's range of sight of the bot: all that are, and few others,
/// without their gaps. Has them fetched for list_offers(), so something else may be done until
/// then. Writes into `seen`, whose memory is reused. `bot` must exist.
void glance(const world& w, const thing& bot, std::vector<sighting>& seen);

/// What the bot can do now: to itself, to the world, then to what it perceives in the world's range
/// of sight, in that order. `seen` is what it found at a glance, and loses what it does not see.
/// Writes into `out`, whose memory is reused. `bot` must exist.
void list_offers(const world& w, const thing& bot, std::vector<sighting>& seen,
                 std::vector<offer>& out);

/// The world's own range of sight.
micrometres sight_of(const world& w);

/// The angle to walk, in turns, that leads from `bot` towards `other`; 0 where `bot` carries it.
/// `other` must be something that `bot` perceives.
double bearing(const thing& bot, const thing& other);

/// Whether things of the target's kind offer `a` to this agent.
bool offered(const action& a, serial agent, serial target);

}  // namespace unscripted::core
