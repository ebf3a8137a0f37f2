// The folder of an examination that does not open: why, and what a server would do with it.
#include "storage/doctor_parts.hpp"
#include "storage/folder_lock.hpp"
#include "storage/manifest_mark.hpp"
#include "storage/salvage.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <cstdarg>
#include <memory>
#include <optional>
#include <system_error>

namespace unscripted::storage::doctor {

namespace {

class silent_log final : public rocksdb::Logger {
public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {
    // nop
  }
};

/// What a trial to read the folder leads to: the number of the last write that is readable.
struct trial {
  rocksdb::Status status;
  std::uint64_t last_write = 0;
};

/// Writes nothing. The caller holds the lock.
trial try_to_read(const std::filesystem::path& folder, rocksdb::WALRecoveryMode recovery) {
  rocksdb::DBOptions options;
  options.info_log = std::make_shared<silent_log>();
  options.wal_recovery_mode = recovery;
  options.paranoid_checks = true;
  std::vector<std::string> names;
  trial t;
  t.status = rocksdb::DB::ListColumnFamilies(options, folder.string(), &names);
  if (!t.status.ok()) return t;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.reserve(names.size());
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());

  rocksdb::DB* opened = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  t.status = rocksdb::DB::OpenForReadOnly(options, folder.string(), families, &handles, &opened);
  const std::unique_ptr<rocksdb::DB> db(opened);
  if (!t.status.ok()) return t;
  t.last_write = db->GetLatestSequenceNumber();
  for (rocksdb::ColumnFamilyHandle* h : handles) db->DestroyColumnFamilyHandle(h);
  return t;
}

/// Where only the write-ahead log is garbled: what a server makes of it.
std::optional<finding> judge_log(const std::filesystem::path& folder) {
  const auto lock = folder_lock::share(folder);
  if (!lock || find_cut_manifest(folder)) return std::nullopt;
  const auto strict = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  const auto up_to_damage = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  const trial whole = try_to_read(folder, strict);
  if (whole.status.ok()) return std::nullopt;
  const trial part = try_to_read(folder, up_to_damage);
  if (!part.status.ok()) return std::nullopt;
  const auto verdict_of_server = judge_garbled(
      {folder, whole.status.ToString(), part.last_write, watermark::read(folder)}, false);
  if (verdict_of_server)
    return finding{verdict::usable_with_care, *verdict_of_server,
                   "a server opens it like that, and drops the garbled end; its worlds can be "
                   "examined after that"};
  return finding{verdict::damaged, symptom(verdict_of_server.why()),
                 "a server refuses it as it is; take a copy of the folder before anything is "
                 "accepted, and examine the worlds after that"};
}

/// The newest file that CURRENT could name; empty where there is none.
std::string newest_manifest(const std::filesystem::path& folder) {
  std::string newest;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with("MANIFEST-")) newest = std::max(newest, name);
  }
  return newest;
}

finding examine_damaged(const std::filesystem::path& folder, const failure& why) {
  finding f{verdict::damaged, symptom(why),
            std::string("a server refuses the folder and changes nothing in it: ") +
                restore_backup};
  std::error_code error;
  const std::string manifest = newest_manifest(folder);
  if (!std::filesystem::exists(folder / "CURRENT", error) && !manifest.empty())
    f.remedy += "; CURRENT holds one line, the name of the newest manifest, which is " + manifest +
                " here: in a copy of the folder it can be written anew";
  return f;
}

}  // namespace

std::vector<finding> examine_closed(const std::filesystem::path& folder, const failure& why) {
  switch (why.kind) {
    case failure_kind::in_use:
      return {
          {verdict::not_examined, symptom(why),
           "nothing was looked at: stop that process first, or look at a backup, once restored"}};
    case failure_kind::newer_format:
      return {{verdict::not_examined, symptom(why), "nothing was looked at, and nothing is said"}};
    case failure_kind::corrupt: {
      if (auto log = judge_log(folder)) return {*std::move(log)};
      return {examine_damaged(folder, why)};
    }
    default: return {{verdict::not_examined, symptom(why), "nothing was looked at"}};
  }
}

}  // namespace unscripted::storage::doctor
