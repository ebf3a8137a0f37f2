#include "storage/backup.hpp"

#include "storage/engine.hpp"

#include <rocksdb/utilities/backup_engine.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <set>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace unscripted::storage {

namespace {

namespace fs = std::filesystem;

// Says that a folder is ours to write in, and is locked by whoever uses it.
constexpr std::uint64_t progress_bytes = std::uint64_t{4} << 20;

std::string words_of(int error) { return std::generic_category().message(error); }

failure unusable(const fs::path& folder, const std::string& why) {
  return {failure_kind::unusable_folder,
          "backup folder '" + folder.string() + "' " + why + ": choose another folder"};
}

failure to_failure(const std::string& what, const rocksdb::Status& status) {
  std::string words = status.ToString();
  std::replace(words.begin(), words.end(), '\n', ' ');
  if (status.IsCorruption())
    return {failure_kind::corrupt, what + " (" + words + "): look at the disk, use another backup"};
  if (status.IsNoSpace())
    return {failure_kind::no_room, what + " (" + words + "): make room on that disk and try again"};
  return {failure_kind::io, what + " (" + words + "): see to the disk and try again"};
}

rocksdb::BackupEngineOptions options_for(const fs::path& folder) {
  rocksdb::BackupEngineOptions o(folder.string());
  o.share_table_files = true;
  o.share_files_with_checksum = true;
  o.sync = true;
  o.callback_trigger_interval_size = progress_bytes;
  return o;
}

// -- folders -------------------------------------------------------------------------------------

/// Absolute, without a separator at its end, and without links as far as it exists.
fs::path plain(const fs::path& path) {
  std::error_code error;
  fs::path whole = fs::weakly_canonical(fs::absolute(path, error), error);
  if (error) whole = path.lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

bool is_within(const fs::path& inner, const fs::path& outer) {
  const fs::path in = plain(inner), out = plain(outer);
  return std::mismatch(out.begin(), out.end(), in.begin(), in.end()).first == out.end();
}

/// Keeps a backup folder to one who writes in it, or to several who read.
class mark_lock {
public:
  explicit mark_lock(int file) : file_(file) {}
  mark_lock(mark_lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  mark_lock& operator=(mark_lock&&) = delete;
  ~mark_lock() {
    if (file_ >= 0) close(file_);
  }

private:
  int file_;
};

result<mark_lock> lock_mark(const fs::path& folder, int flags, int kind) {
  const int file = open((folder / backup_mark).c_str(), flags | O_CLOEXEC, 0644);
  if (file < 0) return unusable(folder, "cannot be used (" + words_of(errno) + ")");
  mark_lock lock(file);
  if (flock(file, kind | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return unusable(folder, "cannot be locked (" + words_of(errno) + ")");
  return failure{failure_kind::in_use, "backup folder '" + folder.string() +
                                           "' is in use by another backup or restore: wait until "
                                           "it is done, or choose another folder"};
}

result<mark_lock> claim(const fs::path& folder) {
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (fs::exists(status) && !fs::is_directory(status))
    return unusable(folder, "is a file, not a folder");
  error.clear();
  if (!fs::exists(status)) fs::create_directories(folder, error);
  if (error) return unusable(folder, "cannot be created (" + error.message() + ")");

  const bool is_ours = fs::exists(folder / backup_mark, error);
  if (!is_ours && !fs::is_empty(folder, error))
    return unusable(folder, error ? "cannot be read (" + error.message() + ")"
                                  : "holds something other than backups");
  return lock_mark(folder, O_RDWR | O_CREAT, LOCK_EX);
}

result<mark_lock> share(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder / backup_mark, error)) return unusable(folder, "holds no backup");
  return lock_mark(folder, O_RDONLY, LOCK_SH);
}

/// The files of all backups, without the lists of what is in each.
std::set<fs::path> files_in(const fs::path& folder) {
  std::set<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().filename() == "meta") it.disable_recursion_pending();
    else if (it->is_regular_file(error)) files.insert(it->path());
  }
  return files;
}

std::uint64_t bytes_added(const fs::path& folder, const std::set<fs::path>& before) {
  std::uint64_t bytes = 0;
  for (const fs::path& file : files_in(folder)) {
    std::error_code error;
    const auto size = before.count(file) > 0 ? 0 : fs::file_size(file, error);
    if (!error) bytes += size;
  }
  return bytes;
}

// -- lists ---------------------------------------------------------------------------------------

backup_info info_of(const rocksdb::BackupInfo& b) {
  return {b.backup_id, b.timestamp * 1000, b.size, b.number_files, false, 0};
}

result<std::unique_ptr<rocksdb::BackupEngineReadOnly>> open_backups(const fs::path& folder) {
  rocksdb::BackupEngineReadOnly* opened = nullptr;
  const auto status =
      rocksdb::BackupEngineReadOnly::Open(options_for(folder), rocksdb::Env::Default(), &opened);
  std::unique_ptr<rocksdb::BackupEngineReadOnly> backups(opened);
  if (status.ok()) return backups;
  return to_failure("cannot read backup folder '" + folder.string() + "'", status);
}

std::vector<backup_info> list(const rocksdb::BackupEngineReadOnly& backups) {
  std::vector<rocksdb::BackupInfo> good;
  std::vector<rocksdb::BackupID> damaged;
  backups.GetBackupInfo(&good);
  backups.GetCorruptedBackups(&damaged);
  std::vector<backup_info> all;
  all.reserve(good.size() + damaged.size());
  for (const auto& b : good) all.push_back(info_of(b));
  for (const auto number : damaged) {
    all.emplace_back().number = number;
    all.back().is_damaged = true;
  }
  std::sort(all.begin(), all.end(),
            [](const backup_info& a, const backup_info& b) { return a.number < b.number; });
  return all;
}

std::string name_of(std::uint32_t number, const fs::path& folder) {
  return "backup " + std::to_string(number) + " in '" + folder.string() + "'";
}

/// The number of the backup that is wanted, if it can be restored.
result<std::uint32_t> choose(const std::vector<backup_info>& all,
                             std::optional<std::uint32_t> number, const fs::path& folder) {
  const auto chosen = std::find_if(all.rbegin(), all.rend(), [&](const backup_info& b) {
    return !number || b.number == *number;
  });
  if (chosen == all.rend())
    return failure{failure_kind::not_found,
                   "there is no " +
                       (number ? name_of(*number, folder) : "backup in '" + folder.string() + "'") +
                       ": ask for the list of backups"};
  if (!chosen->is_damaged) return chosen->number;
  return failure{failure_kind::corrupt, name_of(chosen->number, folder) +
                                            " is damaged (files are missing): restore "
                                            "another one by its number"};
}

// -- restoring -----------------------------------------------------------------------------------

failure bad_target(const fs::path& data, const std::string& why) {
  return {failure_kind::unusable_folder,
          "cannot restore into '" + data.string() + "', which " + why +
              ": name a folder that does not exist, or an empty one"};
}

std::optional<failure> refuse_target(const fs::path& data) {
  std::error_code error;
  const auto status = fs::status(data, error);
  if (!fs::exists(status)) return {};
  if (!fs::is_directory(status)) return bad_target(data, "is a file");
  if (!fs::is_empty(data, error))
    return bad_target(data, error ? "cannot be read (" + error.message() + ")" : "is not empty");
  return {};
}

/// Empty but for its lock, and ours alone. Takes away what an interrupted restore left.
result<folder_lock> take_workplace(const fs::path& place) {
  std::error_code error;
  if (fs::exists(place, error) && !fs::exists(place / lock_file_name, error) &&
      !fs::is_empty(place, error))
    return bad_target(place, "was not left by an interrupted restore");
  auto lock = folder_lock::take(place);
  if (!lock) return lock;
  std::vector<fs::path> left;
  for (fs::directory_iterator it(place, error), end; !error && it != end; it.increment(error))
    if (it->path().filename() != lock_file_name) left.push_back(it->path());
  for (const fs::path& file : left)
    if (!error) fs::remove_all(file, error);
  if (error) return bad_target(place, "cannot be emptied (" + error.message() + ")");
  return lock;
}

/// Ends the backups: after a failure RocksDB goes on copying until they go.
std::optional<failure> copy_back(std::unique_ptr<rocksdb::BackupEngineReadOnly> backups,
                                 std::uint32_t number, const fs::path& folder,
                                 const fs::path& place) {
  const auto status = backups->RestoreDBFromBackup(rocksdb::RestoreOptions(), number,
                                                   place.string(), place.string());
  if (!status.ok()) return to_failure("cannot restore " + name_of(number, folder), status);
  return {};
}

/// An empty folder is replaced, one that is not empty any more is not.
std::optional<failure> put_in_place(const fs::path& place, const fs::path& data) {
  std::error_code error;
  if (!sync_folder(place)) return bad_target(data, "cannot be synced (" + words_of(errno) + ")");
  fs::rename(place, data, error);
  if (error) return bad_target(data, "cannot be put in place (" + error.message() + ")");
  if (!sync_folder(data.parent_path()))
    return failure{failure_kind::io, "'" + data.string() + "' is restored, but not synced (" +
                                         words_of(errno) + "): see to the disk"};
  return {};
}

}  // namespace

result<backup_info> back_up(engine& from, const fs::path& into, const backup_progress& progress) {
  if (from.is_read_only())
    return failure{failure_kind::misuse, "data folder '" + from.folder().string() +
                                             "' is opened to read only: open it to write"};
  if (from.broken()) return from.why_broken();
  if (is_within(into, from.folder())) return unusable(into, "is inside the data folder");
  const auto lock = claim(into);
  if (!lock) return lock.why();

  const std::string what = "cannot back up to '" + into.string() + "'";
  rocksdb::BackupEngine* opened = nullptr;
  rocksdb::Status status =
      rocksdb::BackupEngine::Open(options_for(into), rocksdb::Env::Default(), &opened);
  const std::unique_ptr<rocksdb::BackupEngine> backups(opened);
  if (!status.ok()) return to_failure(what, status);

  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;
  std::uint64_t copied = 0;  // one thread copies
  if (progress)
    options.progress_callback = [&] {
      if (!progress(copied += progress_bytes)) backups->StopBackup();
    };
  const auto before = files_in(into);
  rocksdb::BackupID number = 0;
  status = backups->CreateNewBackup(options, &from.db(), &number);
  if (from.broken()) return from.why_broken();
  if (!status.ok()) return to_failure(what, status);

  status = backups->VerifyBackup(number, /*verify_with_checksum=*/true);
  rocksdb::BackupInfo info;
  if (status.ok()) status = backups->GetBackupInfo(number, &info);
  if (status.ok()) {
    backup_info made = info_of(info);
    made.new_bytes = bytes_added(into, before);
    return made;
  }
  backups->DeleteBackup(number).PermitUncheckedError();
  return to_failure(what + ", what was written there is damaged", status);
}

result<std::vector<backup_info>> list_backups(const fs::path& folder) {
  const auto lock = share(folder);
  if (!lock) return lock.why();
  const auto backups = open_backups(folder);
  if (!backups) return backups.why();
  return list(**backups);
}

std::optional<failure> restore(const fs::path& backup, std::optional<std::uint32_t> number,
                               const fs::path& data) {
  const fs::path target = plain(data);
  if (is_within(target, backup)) return bad_target(data, "is inside the backup folder");
  if (auto why = refuse_target(target)) return why;
  const auto lock = share(backup);
  if (!lock) return lock.why();
  auto backups = open_backups(backup);
  if (!backups) return backups.why();
  const auto chosen = choose(list(**backups), number, backup);
  if (!chosen) return chosen.why();

  fs::path place = target;
  place += ".restoring";
  const auto work = take_workplace(place);
  if (!work) return work.why();
  auto why = copy_back(std::move(*backups), *chosen, backup, place);
  if (!why) why = put_in_place(place, target);
  std::error_code ignored;
  if (why) fs::remove_all(place, ignored);
  return why;
}

}  // namespace unscripted::storage
