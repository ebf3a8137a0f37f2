// What is fixed or configured about a world besides its things.
#pragma once

#include "core/numbers.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::core {

/// How world time relates to actions. The numbers are part of the history's format.
enum class pace : std::uint8_t {
  free = 0,      // an action happens when it arrives; as many actions as living bots make a tick
  lockstep = 1,  // one action per bot per tick, decided in id order when all have acted
  realtime = 2,  // a tick every 0.576 s / speed; what came in is decided then, in id order
};

/// What follows a death.
enum class population : std::uint8_t {
  none = 0,     // nothing
  replace = 1,  // a new bot of the same sex at a random valid place, generation + 1
};

const char* to_string(pace x);
const char* to_string(population x);
std::optional<pace> parse_pace(std::string_view text);
std::optional<population> parse_population(std::string_view text);

/// One tick is 0.576 s of life: a step of 0.8 m at 5 km/h.
inline constexpr double tick_seconds = 0.576;
inline constexpr double speed_max = 10000;

struct settings {
  std::string name;        // unique among a server's worlds
  std::uint64_t seed = 0;  // the key of all randomness in this world
  vec3 dims{10'000'000, 10'000'000, 10'000'000};
  core::pace pace = pace::free;
  core::population population = population::replace;
  double speed = 1;  // of realtime: ticks come every 0.576 s / speed; (0, speed_max]
  std::uint32_t deadline_ms = 1000;  // of lockstep: how long a tick waits for a bot; [1, 3600000]
  std::optional<std::uint64_t> pause_at;  // the world stands still from this tick on
  /// The most things of a kind; "thing" counts all but the world. A kind not named is bounded by
  /// "thing".
  std::map<std::string, std::uint32_t> capacity{{"bot", 10}, {"thing", 100}};
  std::int64_t created_ms = 0;  // Unix time; not part of the state hash
  std::string parent;           // of a fork: where it came from; empty otherwise

  friend bool operator==(const settings&, const settings&) = default;
};

}  // namespace unscripted::core
