// The one RocksDB of a data folder: opening, writing, syncing, and what a failed write means.
// Internal to storage: the only header besides keys.hpp and its users that shows RocksDB.
#pragma once

#include "storage/durability.hpp"
#include "storage/failure.hpp"
#include "storage/folder_lock.hpp"
#include "storage/watermark.hpp"

#include <rocksdb/db.h>
#include <rocksdb/io_status.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace unscripted::storage {

/// The column families. What they hold is in format.md.
enum class family : std::uint8_t {
  meta,
  commits,
  heads,
  snapshots,
  worlds,
  plugins,
  bases,
  answers
};

inline constexpr std::size_t family_count = 8;

/// What this program writes. Older formats are read, and take this number when they are opened to
/// write.
inline constexpr std::uint64_t store_format = 4;

/// Free space on the disk below which nothing more should be begun.
inline constexpr std::uint64_t reserve_bytes = std::uint64_t{256} << 20;

enum class sync_now : bool { no, yes };

/// [any thread] unless said otherwise. Must outlive every iterator on it.
class engine {
public:
  /// `mode` is wal or fsync. A write-ahead log with garbled bytes is opened up to them where
  /// nothing acknowledged is missing then, and refused as corrupt otherwise. [blocking]
  static result<std::unique_ptr<engine>> open(const std::filesystem::path& folder, durability mode,
                                              open_options options = {});
  /// Opens a folder that nobody else has open to write, without changing a byte in it. Families
  /// that an older format lacks are not there. [blocking]
  static result<std::unique_ptr<engine>> open_to_read(const std::filesystem::path& folder);
  /// Syncs what is not on disk yet, unless open_options say otherwise, and closes. [blocking]
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  durability mode() const { return mode_; }
  bool is_read_only() const { return access_ == access::read; }
  /// What the operator should know about the opening, a line each; empty when all was well.
  const std::vector<std::string>& warnings() const { return warnings_; }
  rocksdb::DB& db() const { return *db_; }
  /// Null where the folder is opened to read and lacks the family.
  rocksdb::ColumnFamilyHandle* handle(family f) const {
    return handles_[static_cast<std::size_t>(f)];
  }

  /// Writes all of the batch or nothing; as durable as the mode says, or synced with sync_now::yes.
  /// After a failure the outcome is unknown and the engine broken(); but misuse changes nothing:
  /// the folder is opened to read only.
  std::optional<failure> write(rocksdb::WriteBatch& batch, sync_now sync = sync_now::no);

  /// Returns once everything written before is on disk. [blocking]
  std::optional<failure> sync();

  /// Nothing where there is no such key.
  result<std::optional<std::string>> get(family f, const rocksdb::Slice& key) const;
  /// Over nothing where the family is not there.
  std::unique_ptr<rocksdb::Iterator> iterate(family f, const rocksdb::ReadOptions& options) const;

  /// Makes `to` a data folder of its own that holds what is written now, with hard links where the
  /// disk allows it. `to` must not exist. Failures: unusable_folder, misuse, io, broken. [blocking]
  std::optional<failure> checkpoint(const std::filesystem::path& to);
  /// Brings the keys from `begin` to before `end` to their final form on the disk, and returns the
  /// bytes they take there. Failures: misuse, io, broken. [blocking]
  result<std::uint64_t> compact(family f, const rocksdb::Slice& begin, const rocksdb::Slice& end);

  bool broken() const { return broken_.load(std::memory_order_acquire); }
  /// Why it is broken(), in the words that write() returns from then on.
  failure why_broken() const;
  /// Nothing is written from now on. The first reason stays.
  void break_with(const std::string& what, const std::string& why);
  /// Syncs a write-ahead log, one after the other: a kernel tells of bytes that it could not write
  /// once, and whoever syncs them next must find the engine broken. [blocking]
  void sync_or_break(const std::function<rocksdb::IOStatus()>& sync);

  /// The damaged bytes that RocksDB met as it compacted by itself. It leaves off doing so in that
  /// family until the folder is opened again: it would choose them for ever. Reads, writes and
  /// compact() of other bytes go on. Failures: corrupt.
  std::optional<failure> damage() const;

  /// Whether more than reserve_bytes are free. Looks at the disk once per 4 MiB written and once a
  /// second, while something is written or there is no room.
  bool has_room();

  /// A status of RocksDB as a failure: "what: status".
  failure to_failure(const std::string& what, const rocksdb::Status& status) const;

private:
  class watcher;
  enum class access : bool { read, write };

  engine(std::filesystem::path folder, durability mode, folder_lock lock, access a,
         rocksdb::Env* env = nullptr);

  std::optional<failure> open_to_write(bool accept_data_loss);
  std::optional<failure> open_reading(rocksdb::WALRecoveryMode recovery);
  rocksdb::Status open_families(const std::vector<family>& families,
                                rocksdb::WALRecoveryMode recovery);
  std::optional<failure> refuse_wreck(bool& is_new) const;
  result<std::vector<family>> find_families() const;
  std::optional<failure> salvage(const std::string& damage, bool accept_data_loss);
  std::optional<failure> compare_with_watermark(bool accept_data_loss);
  std::optional<failure> refuse_upkeep() const;
  std::optional<failure> check_format(bool is_new);
  std::optional<failure> write_format();
  void hold_compactions(std::uint32_t family_id, const rocksdb::Status& why);
  void start_syncing();
  void keep_synced();
  void note_unsynced();
  void note_written(std::size_t bytes);
  void measure_room();

  std::filesystem::path folder_;
  durability mode_;
  std::unique_ptr<rocksdb::Env> env_;  // what RocksDB runs in
  folder_lock lock_;
  access access_;
  std::shared_ptr<watcher> watcher_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, family_count> handles_{};
  std::atomic<bool> has_handles_{false};  // for the threads of RocksDB, which run before that
  std::unique_ptr<watermark> watermark_;  // null while opening, and where it is opened to read
  std::vector<std::string> warnings_;

  std::atomic<bool> broken_{false};
  mutable std::mutex reason_mutex_;
  std::string reason_;
  std::mutex log_sync_mutex_;
  std::optional<failure> damage_;

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
