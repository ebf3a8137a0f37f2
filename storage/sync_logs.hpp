// Syncing write-ahead logs before RocksDB begins another. Internal to storage.
#pragma once

#include <rocksdb/file_system.h>

#include <filesystem>

namespace unscripted::storage {

/// Brings all write-ahead logs in the folder to the disk. Called whenever RocksDB begins a new one,
/// before anything is written to it: a power cut could take the unsynced end of the old one and
/// leave the beginning of the new one, and a history would have a hole instead of an end. (RocksDB
/// syncs the old one itself, but only when what it holds is flushed, some time later.) [blocking]
rocksdb::IOStatus sync_logs(rocksdb::FileSystem& disk, const std::filesystem::path& folder);

}  // namespace unscripted::storage
