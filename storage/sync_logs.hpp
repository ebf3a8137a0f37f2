// Syncing write-ahead logs. RocksDB 7.8 aborts by an assertion where anything more is asked of a
// log of which a call has failed, and its own threads do ask: so its SyncWAL() is not used, and
// that a sync failed is told to the engine alone. Internal to storage.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace unscripted::storage {

/// Brings all write-ahead logs in the folder to the disk, and their names. RocksDB hands each write
/// to the operating system, so nothing of them is anywhere else. In the place of SyncWAL(), which
/// aborts where a write of another thread has failed a moment before. [any thread] [blocking]
rocksdb::IOStatus sync_logs(rocksdb::FileSystem& disk, const std::filesystem::path& folder);

/// What RocksDB is to run in: `of`, but that where a sync of a write-ahead log fails, `failed`
/// hears why, in the thread that synced, and RocksDB goes on as if it had not. Whoever writes must
/// look whether anything was heard before it takes a write for done. `of` must outlive it.
std::unique_ptr<rocksdb::Env>
with_syncs_of_logs_told(rocksdb::Env& of, std::function<void(const std::string& why)> failed);

}  // namespace unscripted::storage
