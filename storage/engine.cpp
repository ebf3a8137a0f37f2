#include "storage/engine.hpp"

#include "storage/engine_watcher.hpp"
#include "storage/guarded_env.hpp"
#include "storage/sync_logs.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>

namespace unscripted::storage {

namespace {

// A little less than the second that is promised, so that the sync itself fits in.
constexpr auto sync_delay = std::chrono::milliseconds(900);
constexpr std::uint64_t measure_after_bytes = std::uint64_t{4} << 20;
constexpr std::int64_t measure_again_ms = 1000;

std::int64_t steady_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

engine::engine(std::filesystem::path folder, durability mode, folder_lock lock, access a,
               rocksdb::Env* env)
  : folder_(std::move(folder)), mode_(mode),
    env_(make_guarded_env(env ? *env : *rocksdb::Env::Default(), *this)), lock_(std::move(lock)),
    access_(a), watcher_(std::make_shared<watcher>(*this)) {}

engine::~engine() {
  if (syncer_.joinable()) {
    {
      const std::lock_guard guard(sync_mutex_);
      stopping_ = true;
    }
    sync_wanted_.notify_one();
    syncer_.join();
  }
  if (!db_) return;
  for (rocksdb::ColumnFamilyHandle* h : handles_)
    if (h) db_->DestroyColumnFamilyHandle(h);
  db_->Close();
}

std::optional<failure> engine::write(rocksdb::WriteBatch& batch, sync_now sync) {
  if (is_read_only())
    return failure{failure_kind::misuse, "data folder '" + folder_.string() +
                                             "' is opened to read only: open it to write"};
  if (broken()) return why_broken();
  rocksdb::WriteOptions options;
  options.sync = sync == sync_now::yes || mode_ == durability::fsync;
  options.protection_bytes_per_key = 8;

  const std::size_t bytes = batch.GetDataSize();
  const auto status = db_->Write(options, &batch);
  if (!status.ok()) {
    break_with("a write", status.ToString());
    return why_broken();
  }
  // May count a write of another thread that is not acknowledged yet, but is in the log already. It
  // is synced too where it asked for that, or the engine is broken.
  const std::uint64_t in_log = db_->GetLatestSequenceNumber();
  if (broken()) return why_broken();
  if (watermark_) {
    if (const auto error = watermark_->raise(in_log)) {
      break_with("the watermark", error->message());
      return why_broken();
    }
  }
  if (!options.sync) note_unsynced();
  note_written(bytes);
  return {};
}

result<std::optional<std::string>> engine::get(family f, const rocksdb::Slice& key) const {
  if (!handle(f)) return std::optional<std::string>();
  std::string value;
  const auto status = db_->Get(rocksdb::ReadOptions(), handle(f), key, &value);
  if (status.ok()) return std::optional<std::string>(std::move(value));
  if (status.IsNotFound()) return std::optional<std::string>();
  return to_failure("cannot read data folder '" + folder_.string() + "'", status);
}

std::unique_ptr<rocksdb::Iterator> engine::iterate(family f,
                                                   const rocksdb::ReadOptions& options) const {
  return std::unique_ptr<rocksdb::Iterator>(handle(f) ? db_->NewIterator(options, handle(f))
                                                      : rocksdb::NewEmptyIterator());
}

failure engine::why_broken() const {
  const std::lock_guard guard(reason_mutex_);
  return {failure_kind::broken, reason_};
}

void engine::break_with(const std::string& what, const std::string& why) {
  const std::lock_guard guard(reason_mutex_);
  if (broken()) return;
  reason_ = what + " to data folder '" + folder_.string() + "' failed (" + why +
            "), its outcome is unknown: see to the disk and start again; what was acknowledged "
            "is recovered";
  broken_.store(true, std::memory_order_release);
}

std::optional<failure> engine::damage() const {
  const std::lock_guard guard(reason_mutex_);
  return damage_;
}

void engine::hold_compactions(std::uint32_t family_id, const rocksdb::Status& why) {
  if (!has_handles_.load(std::memory_order_acquire)) return;  // RocksDB tries again in a second
  for (rocksdb::ColumnFamilyHandle* h : handles_)
    if (h && h->GetID() == family_id) db_->SetOptions(h, {{"disable_auto_compactions", "true"}});
  const std::lock_guard guard(reason_mutex_);
  damage_ = to_failure("the database cannot tidy data folder '" + folder_.string() + "'", why);
}

failure engine::to_failure(const std::string& what, const rocksdb::Status& status) const {
  std::string words = status.ToString();
  std::replace(words.begin(), words.end(), '\n', ' ');
  if (status.IsCorruption())
    return {failure_kind::corrupt, what + " (" + words + "): restore the folder from a backup"};
  if (status.IsNoSpace())
    return {failure_kind::no_room, what + " (" + words + "): make room on the disk and try again"};
  return {failure_kind::io, what + " (" + words + "): see to the disk and try again"};
}

// -- room ----------------------------------------------------------------------------------------

bool engine::has_room() {
  if (has_room_.load(std::memory_order_relaxed)) return true;
  if (steady_ms() - measured_ms_.load(std::memory_order_relaxed) >= measure_again_ms)
    measure_room();
  return has_room_.load(std::memory_order_relaxed);
}

void engine::note_written(std::size_t bytes) {
  const bool is_much =
      unmeasured_bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes >= measure_after_bytes;
  // Others fill disks too: a write that finds none left breaks the store.
  const bool is_long_ago =
      steady_ms() - measured_ms_.load(std::memory_order_relaxed) >= measure_again_ms;
  if (!is_much && !is_long_ago) return;
  unmeasured_bytes_.store(0, std::memory_order_relaxed);
  measure_room();
}

void engine::measure_room() {
  std::error_code error;
  const auto space = std::filesystem::space(folder_, error);
  measured_ms_.store(steady_ms(), std::memory_order_relaxed);
  if (!error) has_room_.store(space.available >= reserve_bytes, std::memory_order_relaxed);
}

// -- syncing -------------------------------------------------------------------------------------

void engine::start_syncing() {
  if (mode_ == durability::wal) syncer_ = std::thread([this] { keep_synced(); });
}

void engine::note_unsynced() {
  if (unsynced_.load()) return;
  {
    const std::lock_guard guard(sync_mutex_);
    unsynced_.store(true);
  }
  sync_wanted_.notify_one();
}

std::optional<failure> engine::sync() {
  if (is_read_only())
    return failure{failure_kind::misuse, "data folder '" + folder_.string() +
                                             "' is opened to read only: nothing is to be synced"};
  if (broken()) return why_broken();
  sync_or_break([this] { return sync_logs(*env_->GetFileSystem(), folder_); });
  if (broken()) return why_broken();
  return {};
}

void engine::sync_or_break(const std::function<rocksdb::IOStatus()>& sync) {
  const std::lock_guard guard(log_sync_mutex_);
  const auto done = sync();
  if (!done.ok()) break_with("a sync", done.ToString());
}

/// Sleeps until something is unsynced, then syncs once for all that is written in the next moment.
void engine::keep_synced() {
  std::unique_lock lock(sync_mutex_);
  while (true) {
    sync_wanted_.wait(lock, [this] { return stopping_ || unsynced_.load(); });
    if (!unsynced_.load()) return;
    sync_wanted_.wait_for(lock, sync_delay, [this] { return stopping_; });
    unsynced_.store(false);  // before the sync: what is written from here on asks for another one
    lock.unlock();
    if (sync()) return;
    lock.lock();
  }
}

}  // namespace unscripted::storage
