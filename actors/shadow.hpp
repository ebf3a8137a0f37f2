// Plugins that decide beside the present ones, without effect: each command is decided twice, and
// what they would do otherwise is counted. So that a new version can be watched in living worlds
// before it is trusted.
#pragma once

#include "core/compare.hpp"
#include "core/ids.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace unscripted::actors {

/// Shared by all worlds that try the same plugins. [any thread]
class shadow {
public:
  /// The first command that they decided otherwise.
  struct difference {
    core::world_number world = 0;
    std::uint64_t seq = 0, tick = 0;
    std::string deed;  // what the command was
    core::mismatch what;
  };
  struct report {
    std::uint64_t wanted = 0, decided = 0, different = 0;  // commands
    std::optional<difference> first;
  };

  /// `catalogue` has behaviours; so many commands are tried, of all worlds together.
  shadow(core::catalogue_ptr catalogue, std::uint64_t commands)
    : catalogue_(std::move(catalogue)), wanted_(commands) {}

  const core::catalogue_ptr& catalogue() const { return catalogue_; }

  /// Takes one of the commands that are still to be tried; false: there were enough.
  bool take() noexcept { return taken_.fetch_add(1, std::memory_order_relaxed) < wanted_; }
  void note_same() noexcept { decided_.fetch_add(1, std::memory_order_relaxed); }
  void note(difference d) {
    decided_.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock{mutex_};
    ++different_;
    if (!first_) first_ = std::move(d);
  }

  report so_far() const {
    const std::lock_guard lock{mutex_};
    return {wanted_, decided_.load(std::memory_order_relaxed), different_, first_};
  }

private:
  const core::catalogue_ptr catalogue_;
  const std::uint64_t wanted_;
  std::atomic<std::uint64_t> taken_{0}, decided_{0};
  mutable std::mutex mutex_;
  std::uint64_t different_ = 0;
  std::optional<difference> first_;
};

/// Who decides: the plugins that are loaded, and those that are tried beside them.
struct deciders {
  core::catalogue_ptr catalogue;        // with behaviours
  std::shared_ptr<shadow> beside = {};  // may be null
};

/// What one world makes of other deciders.
struct plugin_verdict {
  core::world_number world = 0;
  std::uint64_t seq = 0;  // of the record that says so; 0: there was nothing to record
  std::string trouble;    // why it keeps those that it had; empty otherwise
};

}  // namespace unscripted::actors
