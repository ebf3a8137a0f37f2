// Opening the RocksDB of a data folder: options, the checks before and after, the format's version.
#include "core/bytes.hpp"
#include "storage/engine.hpp"
#include "storage/engine_watcher.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/sst_partitioner.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <system_error>
#include <vector>

namespace unscripted::storage {

namespace {

constexpr std::array<const char*, family_count> family_names{"default",   "commits", "heads",
                                                             "snapshots", "worlds",  "plugins"};
constexpr const char* format_key = "format";
constexpr std::size_t mebibyte = std::size_t{1} << 20;

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions o;
  o.create_if_missing = true;
  o.create_missing_column_families = true;
  o.paranoid_checks = true;
  // Copes with a tail cut by kill -9, refuses any wrong checksum: never a silently shorter history.
  o.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  o.max_open_files = -1;  // DeleteRange needs it
  o.max_background_jobs = 2;
  o.max_total_wal_size = 256 * mebibyte;
  o.db_write_buffer_size = 128 * mebibyte;
  o.bytes_per_sync = mebibyte;
  o.recycle_log_file_num = 0;
  o.manual_wal_flush = false;                   // kill -9 would lose what was acknowledged
  o.track_and_verify_wals_in_manifest = false;  // false alarms together with SyncWAL before 7.10
  o.max_bgerror_resume_count = 0;               // we exit and recover instead
  o.keep_log_file_num = 3;
  o.max_log_file_size = 16 * mebibyte;
  o.max_manifest_file_size = 64 * mebibyte;
  o.stats_dump_period_sec = 0;
  o.stats_persist_period_sec = 0;
  return o;
}

rocksdb::ColumnFamilyOptions family_options(family f,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.block_size = 16 * 1024;
  table.format_version = 5;

  rocksdb::ColumnFamilyOptions o;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  o.level_compaction_dynamic_level_bytes = true;
  o.compression = rocksdb::kLZ4Compression;
  o.bottommost_compression = rocksdb::kZSTD;
  if (f != family::commits && f != family::snapshots) {
    o.write_buffer_size = 4 * mebibyte;
    return o;
  }
  // Files end where worlds end, so that a deleted world takes whole files with it.
  o.sst_partitioner_factory = rocksdb::NewSstPartitionerFixedPrefixFactory(4);
  o.write_buffer_size = 32 * mebibyte;
  o.max_write_buffer_number = 3;
  o.target_file_size_base = 32 * mebibyte;
  o.bottommost_compression_opts.enabled = true;
  o.bottommost_compression_opts.max_dict_bytes = 16 * 1024;
  o.bottommost_compression_opts.zstd_max_train_bytes = 100 * 16 * 1024;
  return o;
}

failure corrupt(const std::filesystem::path& folder, const std::string& why) {
  return {failure_kind::corrupt, "data folder '" + folder.string() + "' is damaged (" + why +
                                     "): no history was changed; look at the file that is named, "
                                     "or restore the folder from a backup"};
}

failure newer(const std::filesystem::path& folder, const std::string& found) {
  return {failure_kind::newer_format, "data folder '" + folder.string() + "' has " + found +
                                          ", this program reads format " +
                                          std::to_string(store_format) +
                                          ": use the newer program that wrote it, or choose "
                                          "another folder with --data"};
}

bool belongs_to_database(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  return name.starts_with("MANIFEST-") || name.ends_with(".sst") || name.ends_with(".log");
}

}  // namespace

result<std::unique_ptr<engine>> engine::open(const std::filesystem::path& folder, durability mode) {
  if (mode == durability::memory)
    return failure{failure_kind::misuse, "durability memory keeps nothing: open no store for it"};
  auto lock = folder_lock::take(folder);
  if (!lock) return std::move(lock.why());

  std::unique_ptr<engine> e(new engine(folder, mode, std::move(*lock)));
  if (auto why = e->open_database()) return *std::move(why);
  e->measure_room();
  try {
    e->start_syncing();
  } catch (const std::system_error& error) {
    return failure{failure_kind::io, std::string("no thread for syncing the history (") +
                                         error.what() + "): raise the limit on processes"};
  }
  return e;
}

std::optional<failure> engine::open_database() {
  bool is_new = false;
  if (auto why = refuse_wreck(is_new)) return why;
  if (!is_new)
    if (auto why = refuse_unknown_families()) return why;

  rocksdb::DBOptions options = database_options();
  options.listeners.push_back(watcher_);
  const auto cache = rocksdb::NewLRUCache(64 * mebibyte);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < family_count; ++i)
    families.emplace_back(family_names[i], family_options(static_cast<family>(i), cache));

  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status = rocksdb::DB::Open(options, folder_.string(), families, &handles, &db);
  if (status.IsCorruption()) return corrupt(folder_, status.ToString());
  if (!status.ok()) return to_failure("cannot open data folder '" + folder_.string() + "'", status);
  db_.reset(db);
  std::copy(handles.begin(), handles.end(), handles_.begin());
  return check_format(is_new);
}

/// RocksDB would begin anew, and delete what is left, where only the file CURRENT is missing.
std::optional<failure> engine::refuse_wreck(bool& is_new) const {
  std::error_code error;
  is_new = !std::filesystem::exists(folder_ / "CURRENT", error);
  if (!is_new) return {};
  for (std::filesystem::directory_iterator it(folder_, error), end; !error && it != end;
       it.increment(error))
    if (belongs_to_database(it->path())) return corrupt(folder_, "its file CURRENT is missing");
  if (error)
    return failure{failure_kind::unusable_folder, "data folder '" + folder_.string() +
                                                      "' cannot be read (" + error.message() +
                                                      "): choose another folder with --data"};
  return {};
}

std::optional<failure> engine::refuse_unknown_families() const {
  std::vector<std::string> names;
  const auto status = rocksdb::DB::ListColumnFamilies(database_options(), folder_.string(), &names);
  if (status.IsCorruption()) return corrupt(folder_, status.ToString());
  if (!status.ok()) return to_failure("cannot open data folder '" + folder_.string() + "'", status);
  for (const std::string& name : names)
    if (std::find(family_names.begin(), family_names.end(), name) == family_names.end())
      return newer(folder_, "a part '" + name + "' of a format that is not known");
  return {};
}

std::optional<failure> engine::check_format(bool is_new) {
  auto stored = get(family::meta, format_key);
  if (!stored) return std::move(stored.why());
  if (!*stored) {
    auto some = std::unique_ptr<rocksdb::Iterator>(
        db_->NewIterator(rocksdb::ReadOptions(), handle(family::worlds)));
    some->SeekToFirst();
    // A crash between the making of the folder and this write leaves an empty one without a format.
    if (!is_new && some->Valid()) return corrupt(folder_, "the number of its format is missing");
    std::string value;
    core::byte_writer(value).varint(store_format);
    rocksdb::WriteBatch batch;
    batch.Put(handle(family::meta), format_key, value);
    return write(batch, sync_now::yes);
  }
  core::byte_reader in(**stored);
  const std::uint64_t format = in.varint();
  if (!in.ok()) return corrupt(folder_, "the number of its format is not readable");
  if (format > store_format) return newer(folder_, "format " + std::to_string(format));
  return {};
}

}  // namespace unscripted::storage
