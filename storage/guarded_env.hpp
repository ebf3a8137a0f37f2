// What RocksDB runs in: the machine, but for what becomes of a failed sync. Internal to storage.
#pragma once

#include "storage/engine.hpp"

#include <rocksdb/env.h>

#include <memory>

namespace unscripted::storage {

/// As `of`, but that a write-ahead log that cannot be synced breaks `owner`, and RocksDB does not
/// hear of it: 7.8 aborts by an assertion where anything more is asked of a log of which a call has
/// failed, and its own threads do ask. Instead no folder can be synced once `owner` is broken, and
/// so no table or manifest takes the place of what the log lacks. Logs that are made over old ones
/// (recycle_log_file_num) are not looked after. Both must outlive it. [any thread]
std::unique_ptr<rocksdb::Env> make_guarded_env(rocksdb::Env& of, engine& owner);

}  // namespace unscripted::storage
