// Syncing write-ahead logs beside RocksDB. Internal to storage.
#pragma once

#include <rocksdb/file_system.h>

#include <filesystem>

namespace unscripted::storage {

/// Brings all write-ahead logs in the folder to the disk, and their names. RocksDB hands each write
/// to the operating system, so nothing of them is anywhere else. Its own SyncWAL() will not do: it
/// aborts (an assertion of 7.8) where a write of another thread has failed a moment before. [any
/// thread] [blocking]
rocksdb::IOStatus sync_logs(rocksdb::FileSystem& disk, const std::filesystem::path& folder);

}  // namespace unscripted::storage
