// How fast worlds run, as seen by those who ask: v1 shows it with every world.
#pragma once

#include "core/ids.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

namespace unscripted::gateway::v1 {

/// Remembers of each world that is looked at when it was at which tick. A rate is that between two
/// looks a second or more apart. [any thread]
class tempo {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Ticks a second; nothing before the first rate is known.
  std::optional<double> look(core::world_number world, std::uint64_t tick, time_point now);

  static constexpr std::size_t worlds_max = 4096;  // then all are forgotten, and measured anew

private:
  struct reading {
    std::uint64_t tick = 0;
    time_point at;
    std::optional<double> rate;
  };

  std::mutex mutex_;
  std::map<core::world_number, reading> worlds_;
};

}  // namespace unscripted::gateway::v1
