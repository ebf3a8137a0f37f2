// Hears of RocksDB's background work, and of errors in it. Internal to storage.
#pragma once

#include "storage/engine.hpp"
#include "storage/manifest_mark.hpp"
#include "storage/sync_logs.hpp"

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
  void OnMemTableSealed(const rocksdb::MemTableInfo&) override {
    const auto env = owner_.env_ ? owner_.env_ : rocksdb::Env::Default();
    const auto done = sync_logs(*env->GetFileSystem(), owner_.folder());
    if (!done.ok()) owner_.break_with("syncing a log", done.ToString());
  }
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
