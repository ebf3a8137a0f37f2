// Opening the RocksDB of a data folder: options, the checks before and after, the format's version.
#include "core/bytes.hpp"
#include "storage/backup.hpp"
#include "storage/engine.hpp"
#include "storage/engine_watcher.hpp"
#include "storage/manifest_mark.hpp"
#include "storage/salvage.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/sst_partitioner.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdarg>
#include <system_error>
#include <vector>

namespace unscripted::storage {

namespace {

constexpr std::array<const char*, family_count> family_names{
    "default", "commits", "heads", "snapshots", "worlds", "plugins", "bases", "answers"};
constexpr const char* format_key = "format";
constexpr std::size_t mebibyte = std::size_t{1} << 20;

// Copes with a tail cut by kill -9, refuses any wrong checksum: never a silently shorter history.
constexpr auto strict = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;

/// In the place of the file that RocksDB would write in the folder.
class silent_log final : public rocksdb::Logger {
public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {
    // nop
  }
};

std::vector<family> all_families() {
  std::vector<family> all;
  for (std::size_t i = 0; i < family_count; ++i) all.push_back(static_cast<family>(i));
  return all;
}

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions o;
  o.create_if_missing = true;
  o.create_missing_column_families = true;
  o.paranoid_checks = true;
  o.wal_recovery_mode = strict;
  o.max_open_files = -1;  // DeleteRange needs it
  o.max_background_jobs = 2;
  o.max_total_wal_size = 256 * mebibyte;
  o.db_write_buffer_size = 128 * mebibyte;
  o.bytes_per_sync = mebibyte;
  // Who fills a memtable has its log synced before anybody writes on (see the watcher): what the
  // disk has not begun with by then, all worlds wait for, 10 to 29 ms of each 32 MiB; 2 to 3 ms so.
  o.wal_bytes_per_sync = mebibyte;
  o.recycle_log_file_num = 0;                   // guarded_env looks after new logs
  o.manual_wal_flush = false;                   // kill -9 would lose what was acknowledged
  o.track_and_verify_wals_in_manifest = false;  // it never hears that a sync failed
  o.max_bgerror_resume_count = 0;               // we exit and recover instead
  o.keep_log_file_num = 3;
  o.max_log_file_size = 16 * mebibyte;
  o.max_manifest_file_size = 64 * mebibyte;
  o.stats_dump_period_sec = 0;
  o.stats_persist_period_sec = 0;
  return o;
}

rocksdb::DBOptions reading_options() {
  rocksdb::DBOptions o = database_options();
  o.create_if_missing = false;
  o.create_missing_column_families = false;
  o.info_log = std::make_shared<silent_log>();
  return o;
}

rocksdb::ColumnFamilyOptions family_options(family f,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  const bool is_commits = f == family::commits;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.block_size = (is_commits ? 32UL : 16UL) * 1024;
  table.format_version = 5;

  rocksdb::ColumnFamilyOptions o;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  o.level_compaction_dynamic_level_bytes = true;
  o.compression = rocksdb::kLZ4Compression;
  o.bottommost_compression = rocksdb::kZSTD;
  if (!is_commits && f != family::snapshots) {
    o.write_buffer_size = 4 * mebibyte;
    return o;
  }
  // Files end where worlds end, so that a deleted world takes whole files with it.
  o.sst_partitioner_factory = rocksdb::NewSstPartitionerFixedPrefixFactory(4);
  o.write_buffer_size = 32 * mebibyte;
  o.max_write_buffer_number = 3;
  o.target_file_size_base = 32 * mebibyte;
  o.bottommost_compression_opts.enabled = true;
  if (is_commits) {
    // A block of commits holds hundreds of records like each other: a dictionary saves nothing
    // there, costs as much time as this level does, and each file would carry one. Files are merged
    // while worlds live: level 6 makes commits of ten 4 % smaller, and leaves two worlds of a
    // hundred hosted bots on two processors 0.84 of their acts (5 pairs of six seconds).
    o.bottommost_compression_opts.level = 2;
  } else {
    o.bottommost_compression_opts.max_dict_bytes = 16 * 1024;
    o.bottommost_compression_opts.zstd_max_train_bytes = 100 * 16 * 1024;
  }
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

/// Of what is in a folder before the database in it has its first CURRENT there is only this one: a
/// crash while it was made leaves it behind.
constexpr const char* first_manifest = "MANIFEST-000001";

bool belongs_to_database(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  if (name == first_manifest) return false;
  return name.starts_with("MANIFEST-") || name.ends_with(".sst") || name.ends_with(".log");
}

/// Worlds that began there would look like all that is left of those in the backups.
std::optional<failure> refuse_backups(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder / backup_mark, ignored)) return {};
  return failure{failure_kind::unusable_folder,
                 "'" + folder.string() +
                     "' holds backups, not worlds: make a data folder of one "
                     "with `unscripted restore`, or choose another folder with --data"};
}

}  // namespace

result<std::unique_ptr<engine>> engine::open(const std::filesystem::path& folder, durability mode,
                                             open_options options) {
  if (mode == durability::memory)
    return failure{failure_kind::misuse, "durability memory keeps nothing: open no store for it"};
  if (auto why = refuse_backups(folder)) return *std::move(why);
  auto lock = folder_lock::take(folder);
  if (!lock) return std::move(lock.why());

  std::unique_ptr<engine> e(new engine(folder, mode, std::move(*lock), access::write, options.env));
  if (auto why = e->open_to_write(options.accept_data_loss)) return *std::move(why);
  e->measure_room();
  try {
    if (options.syncs_by_itself) e->start_syncing();
  } catch (const std::system_error& error) {
    return failure{failure_kind::io, std::string("no thread for syncing the history (") +
                                         error.what() + "): raise the limit on processes"};
  }
  return e;
}

result<std::unique_ptr<engine>> engine::open_to_read(const std::filesystem::path& folder) {
  if (auto why = refuse_backups(folder)) return *std::move(why);
  auto lock = folder_lock::share(folder);
  if (!lock) return std::move(lock.why());
  std::unique_ptr<engine> e(new engine(folder, durability::wal, std::move(*lock), access::read));
  if (auto why = e->open_reading(strict)) return *std::move(why);
  if (auto why = e->compare_with_watermark(/*accept_data_loss=*/false)) return *std::move(why);
  return e;
}

std::optional<failure> engine::open_to_write(bool accept_data_loss) {
  bool is_new = false;
  if (auto why = refuse_wreck(is_new)) return why;
  if (!is_new)
    if (const auto found = find_families(); !found) return found.why();

  const auto status = open_families(all_families(), strict);
  if (status.IsCorruption()) {
    if (auto why = salvage(status.ToString(), accept_data_loss)) return why;
  } else if (!status.ok()) {
    return to_failure("cannot open data folder '" + folder_.string() + "'", status);
  } else if (auto why = compare_with_watermark(accept_data_loss)) {
    return why;
  }
  if (auto why = check_format(is_new)) return why;
  mark_manifest(folder_, *db_);
  if (broken()) return why_broken();

  auto begun = watermark::begin(folder_, db_->GetLatestSequenceNumber());
  if (!begun) return std::move(begun.why());
  watermark_ = std::move(*begun);
  return {};
}

std::optional<failure> engine::open_reading(rocksdb::WALRecoveryMode recovery) {
  bool is_new = false;
  if (auto why = refuse_wreck(is_new)) return why;
  if (is_new)
    return failure{failure_kind::unusable_folder, "data folder '" + folder_.string() +
                                                      "' holds no history: choose another folder "
                                                      "with --data"};
  const auto families = find_families();
  if (!families) return families.why();
  const auto status = open_families(*families, recovery);
  if (status.IsCorruption()) return corrupt(folder_, status.ToString());
  if (!status.ok()) return to_failure("cannot read data folder '" + folder_.string() + "'", status);
  return check_format(is_new);
}

rocksdb::Status engine::open_families(const std::vector<family>& families,
                                      rocksdb::WALRecoveryMode recovery) {
  rocksdb::DBOptions options = is_read_only() ? reading_options() : database_options();
  options.wal_recovery_mode = recovery;
  options.env = env_.get();
  if (!is_read_only()) options.listeners.push_back(watcher_);
  const auto cache = rocksdb::NewLRUCache(64 * mebibyte);
  std::vector<rocksdb::ColumnFamilyDescriptor> wanted;
  wanted.reserve(families.size());
  for (const family f : families)
    wanted.emplace_back(family_names[static_cast<std::size_t>(f)], family_options(f, cache));

  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const std::string name = folder_.string();
  auto status = is_read_only() ? rocksdb::DB::OpenForReadOnly(options, name, wanted, &handles, &db)
                               : rocksdb::DB::Open(options, name, wanted, &handles, &db);
  if (!status.ok()) return status;
  db_.reset(db);
  for (std::size_t i = 0; i < families.size(); ++i)
    handles_[static_cast<std::size_t>(families[i])] = handles[i];
  has_handles_.store(true, std::memory_order_release);
  return status;
}

/// The log has garbled bytes. How far it is readable is tried out by a reader, who changes nothing:
/// only then is it known whether the folder may be opened.
std::optional<failure> engine::salvage(const std::string& damage, bool accept_data_loss) {
  engine trial(folder_, mode_, folder_lock(), access::read, env_.get());
  constexpr auto up_to_damage = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  if (auto why = trial.open_reading(up_to_damage))
    return why->kind == failure_kind::corrupt ? corrupt(folder_, damage) : *std::move(why);

  const std::uint64_t kept = trial.db().GetLatestSequenceNumber();
  auto verdict = judge_garbled({folder_, damage, kept, watermark::read(folder_)}, accept_data_loss);
  if (!verdict) return std::move(verdict.why());

  const auto status = open_families(all_families(), up_to_damage);
  if (status.IsCorruption()) return corrupt(folder_, status.ToString());
  if (!status.ok()) return to_failure("cannot open data folder '" + folder_.string() + "'", status);
  if (db_->GetLatestSequenceNumber() != kept)
    return corrupt(folder_, damage + "; it was readable up to write " + std::to_string(kept) +
                                ", then up to " + std::to_string(db_->GetLatestSequenceNumber()));
  warnings_.push_back(std::move(*verdict));
  return {};
}

/// A log that is cut shows no wrong byte. RocksDB goes on with what is left of it.
std::optional<failure> engine::compare_with_watermark(bool accept_data_loss) {
  auto verdict = judge_end({folder_, "", db_->GetLatestSequenceNumber(), watermark::read(folder_)},
                           mode_, accept_data_loss);
  if (!verdict) return std::move(verdict.why());
  if (*verdict) warnings_.push_back(**std::move(verdict));
  return {};
}

/// RocksDB would begin anew, and delete what is left, where only the file CURRENT is missing; and
/// go back to an older state, and delete what came after, where its manifest is cut.
std::optional<failure> engine::refuse_wreck(bool& is_new) const {
  std::error_code error;
  is_new = !std::filesystem::exists(folder_ / "CURRENT", error);
  if (!is_new) {
    const auto cut = find_cut_manifest(folder_);
    return cut ? std::optional(corrupt(folder_, *cut)) : std::nullopt;
  }
  for (std::filesystem::directory_iterator it(folder_, error), end; !error && it != end;
       it.increment(error))
    if (belongs_to_database(it->path())) return corrupt(folder_, "its file CURRENT is missing");
  if (error)
    return failure{failure_kind::unusable_folder, "data folder '" + folder_.string() +
                                                      "' cannot be read (" + error.message() +
                                                      "): choose another folder with --data"};
  return {};
}

result<std::vector<family>> engine::find_families() const {
  std::vector<std::string> names;
  rocksdb::DBOptions options = database_options();
  options.env = env_.get();
  const auto status = rocksdb::DB::ListColumnFamilies(options, folder_.string(), &names);
  if (status.IsCorruption()) return corrupt(folder_, status.ToString());
  if (!status.ok()) return to_failure("cannot open data folder '" + folder_.string() + "'", status);
  std::vector<family> families;
  for (const std::string& name : names) {
    const auto at = std::find(family_names.begin(), family_names.end(), name);
    if (at == family_names.end())
      return newer(folder_, "a part '" + name + "' of a format that is not known");
    families.push_back(static_cast<family>(at - family_names.begin()));
  }
  return families;
}

std::optional<failure> engine::check_format(bool is_new) {
  auto stored = get(family::meta, format_key);
  if (!stored) return std::move(stored.why());
  if (!*stored) {
    const auto some = iterate(family::worlds, rocksdb::ReadOptions());
    some->SeekToFirst();
    // A crash between the making of the folder and this write leaves an empty one without a format.
    if (!is_new && some->Valid()) return corrupt(folder_, "the number of its format is missing");
    return is_read_only() ? std::nullopt : write_format();
  }
  core::byte_reader in(**stored);
  const std::uint64_t format = in.varint();
  if (!in.ok()) return corrupt(folder_, "the number of its format is not readable");
  if (format > store_format) return newer(folder_, "format " + std::to_string(format));
  return format < store_format && !is_read_only() ? write_format() : std::nullopt;
}

std::optional<failure> engine::write_format() {
  std::string value;
  core::byte_writer(value).varint(store_format);
  rocksdb::WriteBatch batch;
  batch.Put(handle(family::meta), format_key, value);
  return write(batch, sync_now::yes);
}

}  // namespace unscripted::storage
