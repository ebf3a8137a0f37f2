// The one RocksDB of a data folder: opening, writing, syncing, and what a failed write means.
// Internal to storage: the only header besides keys.hpp and its users that shows RocksDB.
#pragma once

#include "storage/durability.hpp"
#include "storage/failure.hpp"
#include "storage/folder_lock.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace unscripted::storage {

/// The column families. What they hold is in format.md.
enum class family : std::uint8_t { meta, commits, heads, snapshots, worlds, plugins };

inline constexpr std::size_t family_count = 6;

/// Never written by this version under another number.
inline constexpr std::uint64_t store_format = 1;

/// Free space on the disk below which nothing more should be begun.
inline constexpr std::uint64_t reserve_bytes = std::uint64_t{256} << 20;

enum class sync_now : bool { no, yes };

/// [any thread] unless said otherwise. Must outlive every iterator on it.
class engine {
public:
  /// `mode` is wal or fsync. [blocking]
  static result<std::unique_ptr<engine>> open(const std::filesystem::path& folder, durability mode);
  /// Syncs what is not on disk yet, and closes. [blocking]
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  durability mode() const { return mode_; }
  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* handle(family f) const {
    return handles_[static_cast<std::size_t>(f)];
  }

  /// Writes all of the batch or nothing; as durable as the mode says, or synced with sync_now::yes.
  /// After a failure the outcome is unknown and the engine broken().
  std::optional<failure> write(rocksdb::WriteBatch& batch, sync_now sync = sync_now::no);

  /// Returns once everything written before is on disk. [blocking]
  std::optional<failure> sync();

  /// Nothing where there is no such key.
  result<std::optional<std::string>> get(family f, const rocksdb::Slice& key) const;

  bool broken() const { return broken_.load(std::memory_order_acquire); }
  /// Why it is broken(), in the words that write() returns from then on.
  failure why_broken() const;
  /// Nothing is written from now on. The first reason stays.
  void break_with(const std::string& what, const std::string& why);

  /// Whether more than reserve_bytes are free. Looks at the disk once per 4 MiB written, and once a
  /// second while there is no room.
  bool has_room();

  /// A status of RocksDB as a failure: "what: status".
  failure to_failure(const std::string& what, const rocksdb::Status& status) const;

private:
  class watcher;

  engine(std::filesystem::path folder, durability mode, folder_lock lock);

  std::optional<failure> open_database();
  std::optional<failure> refuse_wreck(bool& is_new) const;
  std::optional<failure> refuse_unknown_families() const;
  std::optional<failure> check_format(bool is_new);
  void start_syncing();
  void keep_synced();
  void note_unsynced();
  void note_written(std::size_t bytes);
  void measure_room();

  std::filesystem::path folder_;
  durability mode_;
  folder_lock lock_;
  std::shared_ptr<watcher> watcher_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, family_count> handles_{};

  std::atomic<bool> broken_{false};
  mutable std::mutex reason_mutex_;
  std::string reason_;

  std::atomic<bool> has_room_{true};
  std::atomic<std::uint64_t> unmeasured_bytes_{0};
  std::atomic<std::int64_t> measured_ms_{0};

  std::atomic<bool> unsynced_{false};
  std::mutex sync_mutex_;
  std::condition_variable sync_wanted_;
  bool stopping_ = false;
  std::thread syncer_;
};

}  // namespace unscripted::storage
