// Looks after the plugins while they run: says which call does not return, which is slow, and sets
// aside a build that faults too often. Has a thread of its own.
#pragma once

#include "gateway/plugin_registry.hpp"
#include "plugins/running.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace unscripted::gateway {

/// So many faults in so long, and a plugin is set aside: its build is broken.
inline constexpr std::uint64_t plugin_faults_max = 20;
inline constexpr std::chrono::seconds plugin_fault_window{60};
/// What a call should stay below; the log names a plugin of which more than one call in a hundred
/// does not.
inline constexpr std::chrono::milliseconds plugin_call_budget{1};
/// A call that takes so long is named in the log: its world stands still.
inline constexpr std::chrono::seconds plugin_call_long{1};

class plugin_watch {
public:
  struct options {
    plugin_registry* registry = nullptr;  // outlives the watch
    std::function<void(const std::string&)> warn;
    /// A call that does not return for so long ends the process, as a crash of the plugin does: for
    /// a server that a supervisor starts anew. 0: never.
    std::chrono::seconds hang_limit{0};
    std::function<void(const std::string&)> end_process;  // must not return
  };

  explicit plugin_watch(options how);
  ~plugin_watch();  // [blocking]

  /// The calls that were running at the last look already. [any thread]
  std::vector<plugins::long_call> long_calls() const;

private:
  using clock = std::chrono::steady_clock;
  struct sample {
    clock::time_point when;
    std::uint64_t faults = 0;
  };

  void run();
  void look_for_long_calls(clock::time_point now);
  void look_at_counts(clock::time_point now);
  void judge_faults(const plugins::loaded& p, clock::time_point now);
  void judge_time(const plugins::loaded& p);

  const options how_;
  plugins::call_watch calls_;
  std::set<std::uint64_t> told_calls_;                // long ones that the log has named
  std::map<std::string, std::deque<sample>> faults_;  // by hash of the build, in the window
  std::set<std::string> told_slow_;                   // builds that the log has named
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool is_ending_ = false;
  std::vector<plugins::long_call> long_calls_;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace unscripted::gateway
