// What the worlds of a process did so far. Counted beside them, never read by them: counts cannot
// influence an outcome.
#pragma once

#include "core/record.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace unscripted::actors {

/// One world's, since it was last added to the activity of all.
struct tally {
  std::array<std::uint64_t, 3> actions{};  // by outcome
  std::uint64_t ticks = 0, births = 0, deaths = 0;
  std::uint64_t records = 0, commits = 0, commit_bytes = 0;
};

/// [any thread]
class activity {
public:
  /// Once a commit, so that counting costs an action next to nothing.
  void add(const tally& t) {
    for (std::size_t i = 0; i < actions_.size(); ++i) add(actions_[i], t.actions[i]);
    add(ticks_, t.ticks);
    add(births_, t.births);
    add(deaths_, t.deaths);
    add(records_, t.records);
    add(commits_, t.commits);
    add(commit_bytes_, t.commit_bytes);
  }

  tally total() const {
    tally t;
    for (std::size_t i = 0; i < actions_.size(); ++i) t.actions[i] = actions_[i];
    t.ticks = ticks_;
    t.births = births_;
    t.deaths = deaths_;
    t.records = records_;
    t.commits = commits_;
    t.commit_bytes = commit_bytes_;
    return t;
  }

private:
  using count = std::atomic<std::uint64_t>;
  static void add(count& to, std::uint64_t n) {
    if (n > 0) to.fetch_add(n, std::memory_order_relaxed);
  }

  std::array<count, 3> actions_{};
  count ticks_{0}, births_{0}, deaths_{0}, records_{0}, commits_{0}, commit_bytes_{0};
};

}  // namespace unscripted::actors
