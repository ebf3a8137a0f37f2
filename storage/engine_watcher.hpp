// Hears of RocksDB's background work, and of errors in it. Internal to storage.
#pragma once

#include "storage/engine.hpp"
#include "storage/manifest_mark.hpp"

#include <rocksdb/listener.h>

namespace unscripted::storage {

/// Syncs a log when the next one begins. A failed flush breaks the engine: there is no recovery at
/// run time, only a restart. A compaction that meets damaged bytes takes nothing away: all but
/// those bytes can be read and written as before.
class engine::watcher final : public rocksdb::EventListener {
public:
  explicit watcher(engine& owner) : owner_(owner) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override {
    if (reason == rocksdb::BackgroundErrorReason::kCompaction && status->IsCorruption())
      *status = rocksdb::Status::OK();  // else RocksDB takes no more writes
    else owner_.break_with("background work", status->ToString());
  }
  /// RocksDB would go on by itself once a full disk has room.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* goes_on) override {
    *goes_on = false;
  }
  /// A log is done, and nothing is in the next one yet. A power cut could take the unsynced end of
  /// the one and leave the beginning of the other, and a history would have a hole instead of an
  /// end. (RocksDB syncs that one itself, but only when what it holds is flushed, later.)
  void OnMemTableSealed(const rocksdb::MemTableInfo&) override { static_cast<void>(owner_.sync()); }
  void OnFlushCompleted(rocksdb::DB* of, const rocksdb::FlushJobInfo&) override {
    mark_manifest(owner_.folder(), *of);
  }
  void OnCompactionCompleted(rocksdb::DB* of, const rocksdb::CompactionJobInfo& job) override {
    const bool is_asked_for = job.compaction_reason == rocksdb::CompactionReason::kManualCompaction;
    if (job.status.IsCorruption() && !is_asked_for) owner_.hold_compactions(job.cf_id, job.status);
    mark_manifest(owner_.folder(), *of);
  }

private:
  engine& owner_;
};

}  // namespace unscripted::storage
