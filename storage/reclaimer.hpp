// Takes from the disk the bytes of deleted worlds (histories, snapshots, names, and the write-ahead
// log files that mention them), and those of pruned records. Internal to storage.
#pragma once

#include "core/ids.hpp"
#include "storage/engine.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace unscripted::storage {

/// Works on a thread of its own, begun with the first world; idle it costs nothing. [any thread]
class reclaimer {
public:
  explicit reclaimer(engine& of) : engine_(of) {}
  /// Gives up what is not finished: the store asks for it again when it opens.
  ~reclaimer();

  /// The world must be marked as deleted, durably.
  void add(core::world_number world);
  /// Records of the world were pruned.
  void add_pruned(core::world_number world);
  /// Until all that was added is gone, or could not be taken away. [blocking]
  std::optional<failure> wait();
  /// Why some of it could not be taken away when that was tried last.
  std::optional<failure> trouble();

private:
  void begin();
  void work();
  std::optional<failure> reclaim(std::vector<core::world_number> worlds);
  std::optional<failure> drop_keys(const std::vector<core::world_number>& worlds);
  std::optional<failure> flush_all();
  std::optional<failure> tidy(std::vector<core::world_number> pruned);
  std::optional<failure> compact(std::vector<core::world_number>& worlds);
  std::optional<failure> compact(core::world_number world);
  std::optional<failure> purge_files();
  std::optional<failure> forget(const std::vector<core::world_number>& worlds);

  engine& engine_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<core::world_number> waiting_;  // deleted
  std::vector<core::world_number> pruned_;
  bool is_busy_ = false;
  std::atomic<bool> stopping_{false};
  std::optional<failure> failure_;  // the last one
  std::thread thread_;
};

}  // namespace unscripted::storage
