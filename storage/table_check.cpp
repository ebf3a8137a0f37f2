#include "storage/table_check.hpp"

#include <rocksdb/metadata.h>
#include <rocksdb/sst_file_reader.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace unscripted::storage {

namespace {

using table = rocksdb::SstFileMetaData;

/// Keys from the first to the last, both included.
struct hull {
  std::string first, last;

  bool holds(const table& t) const { return first <= t.smallestkey && t.largestkey < last; }
  bool meets(const table& t) const { return t.smallestkey <= last && first <= t.largestkey; }
  void add(const table& t) {
    first = std::min(first, t.smallestkey);
    last = std::max(last, t.largestkey);
  }
};

/// Tables of level 0 and what is in memory may be of any key: all of the next level that has any
/// belong to them. Below that it is those which hold some of the range, and those beneath them.
/// Each with its level.
std::vector<std::pair<table, int>> tables_met(const rocksdb::ColumnFamilyMetaData& all,
                                              const hull& range) {
  std::vector<std::pair<table, int>> met;
  bool meets_all = true;
  hull above = range;
  for (const auto& level : all.levels) {
    if (level.files.empty()) continue;
    hull own = range;
    for (const table& t : level.files) {
      if (meets_all || above.meets(t)) met.emplace_back(t, level.level);
      if (range.meets(t)) own.add(t);
    }
    if (level.level == 0) continue;
    meets_all = false;
    above = own;
  }
  return met;
}

}  // namespace

std::optional<failure> table_check::run(family f, const rocksdb::Slice& begin,
                                        const rocksdb::Slice& end, bool is_dropped) {
  rocksdb::ColumnFamilyMetaData all;
  engine_.db().GetColumnFamilyMetaData(engine_.handle(f), &all);
  const rocksdb::Options options = engine_.db().GetOptions(engine_.handle(f));
  rocksdb::ReadOptions reading;
  reading.fill_cache = false;
  reading.readahead_size = std::size_t{2} << 20;
  const hull range{begin.ToString(), end.ToString()};
  for (const auto& [t, level] : tables_met(all, range)) {
    if (is_dropped && level > 0 && range.holds(t)) continue;
    const std::string path = t.directory + "/" + t.relative_filename;
    if (whole_.contains(path)) continue;
    rocksdb::SstFileReader reader(options);
    auto status = reader.Open(path);
    if (status.IsPathNotFound()) continue;  // compacted meanwhile
    if (status.ok()) status = reader.VerifyChecksum(reading);
    if (!status.ok()) return engine_.to_failure("the table '" + path + "' is damaged", status);
    whole_.insert(path);
  }
  return {};
}

}  // namespace unscripted::storage
