// Whether the tables that a compaction would read are whole. RocksDB takes no more writes once a
// compaction has met a wrong checksum, not even in a folder whose worlds are all fine but one.
// Internal to storage.
#pragma once

#include "storage/engine.hpp"

#include <optional>
#include <string>
#include <unordered_set>

namespace unscripted::storage {

/// Used by one thread. Remembers which tables are whole: they never change.
class table_check {
public:
  explicit table_check(const engine& of) : engine_(of) {}

  /// Reads each table of the family that a compaction of the keys from `begin` to before `end` may
  /// read, with what is in memory now, which may be of any key. `is_dropped`: tables below level 0
  /// that hold nothing else will not be there any more. Failures: corrupt, io; they name the table.
  /// Cost: of these tables, read once. [blocking]
  std::optional<failure> run(family f, const rocksdb::Slice& begin, const rocksdb::Slice& end,
                             bool is_dropped);

private:
  const engine& engine_;
  std::unordered_set<std::string> whole_;  // paths
};

}  // namespace unscripted::storage
