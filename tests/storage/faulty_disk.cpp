#include "tests/storage/faulty_disk.hpp"

#include <algorithm>
#include <fstream>
#include <sys/stat.h>
#include <utility>

namespace unscripted::storage::testing {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t sector_bytes = 512;

ino_t inode_of(const fs::path& file) {
  struct stat found {};
  return stat(file.c_str(), &found) == 0 ? found.st_ino : 0;
}

class sequential_file final : public rocksdb::FSSequentialFileOwnerWrapper {
public:
  sequential_file(std::unique_ptr<rocksdb::FSSequentialFile>&& file, faulty_disk& disk)
    : FSSequentialFileOwnerWrapper(std::move(file)), disk_(disk) {}

  rocksdb::IOStatus Read(std::size_t n, const rocksdb::IOOptions& how, rocksdb::Slice* into,
                         char* scratch, rocksdb::IODebugContext* dbg) override {
    if (auto why = disk_.begin(faulty_disk::io::read); !why.ok()) return why;
    return target()->Read(n, how, into, scratch, dbg);
  }

private:
  faulty_disk& disk_;
};

class random_access_file final : public rocksdb::FSRandomAccessFileOwnerWrapper {
public:
  random_access_file(std::unique_ptr<rocksdb::FSRandomAccessFile>&& file, faulty_disk& disk)
    : FSRandomAccessFileOwnerWrapper(std::move(file)), disk_(disk) {}

  rocksdb::IOStatus Read(std::uint64_t offset, std::size_t n, const rocksdb::IOOptions& how,
                         rocksdb::Slice* into, char* scratch,
                         rocksdb::IODebugContext* dbg) const override {
    if (auto why = disk_.begin(faulty_disk::io::read); !why.ok()) return why;
    return target()->Read(offset, n, how, into, scratch, dbg);
  }
  rocksdb::IOStatus MultiRead(rocksdb::FSReadRequest* all, std::size_t count,
                              const rocksdb::IOOptions& how,
                              rocksdb::IODebugContext* dbg) override {
    if (auto why = disk_.begin(faulty_disk::io::read); !why.ok()) return why;
    return target()->MultiRead(all, count, how, dbg);
  }

private:
  faulty_disk& disk_;
};

class writable_file final : public rocksdb::FSWritableFileOwnerWrapper {
public:
  writable_file(std::unique_ptr<rocksdb::FSWritableFile>&& file, faulty_disk& disk, ino_t inode)
    : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), inode_(inode) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& how,
                           rocksdb::IODebugContext* dbg) override {
    bool half = false;
    auto why = disk_.begin(faulty_disk::io::append, &half);
    if (!why.ok() && !half) return why;
    const rocksdb::Slice part(data.data(), half ? data.size() / 2 : data.size());
    const auto done = target()->Append(part, how, dbg);
    if (done.ok()) disk_.note_written(inode_, part.size());
    return half ? why : done;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& how,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* dbg) override {
    return Append(data, how, dbg);
  }
  // Room set aside for a file holds nothing to lose. On a disk in memory making and clearing it for
  // each new log took two fifths of a simulated life.
  void SetPreallocationBlockSize(std::size_t) override {}
  rocksdb::IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions& how,
                             rocksdb::IODebugContext* dbg) override {
    if (auto why = disk_.begin(faulty_disk::io::append); !why.ok()) return why;
    const auto done = target()->Truncate(size, how, dbg);
    if (done.ok()) disk_.note_cut(inode_, size);
    return done;
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* dbg) override {
    return sync([&] { return target()->Sync(how, dbg); });
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* dbg) override {
    return sync([&] { return target()->Fsync(how, dbg); });
  }

private:
  template <class Work>
  rocksdb::IOStatus sync(const Work& work) {
    if (auto why = disk_.begin(faulty_disk::io::sync); !why.ok()) return why;
    const auto done = work();
    if (done.ok()) disk_.note_synced(inode_);
    return done;
  }

  faulty_disk& disk_;
  ino_t inode_;
};

/// Only synced.
class shared_file final : public rocksdb::FSRandomRWFileOwnerWrapper {
public:
  shared_file(std::unique_ptr<rocksdb::FSRandomRWFile>&& file, faulty_disk& disk, ino_t inode)
    : FSRandomRWFileOwnerWrapper(std::move(file)), disk_(disk), inode_(inode) {}

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* dbg) override {
    if (auto why = disk_.begin(faulty_disk::io::sync); !why.ok()) return why;
    const auto done = target()->Fsync(how, dbg);
    if (done.ok()) disk_.note_synced(inode_);
    return done;
  }

private:
  faulty_disk& disk_;
  ino_t inode_;
};

class directory final : public rocksdb::FSDirectoryWrapper {
public:
  directory(std::unique_ptr<rocksdb::FSDirectory>&& made, faulty_disk& disk)
    : FSDirectoryWrapper(std::move(made)), disk_(disk) {}

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* dbg) override {
    return sync([&] { return FSDirectoryWrapper::Fsync(how, dbg); });
  }
  rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& how, rocksdb::IODebugContext* dbg,
                                        const rocksdb::DirFsyncOptions& more) override {
    return sync([&] { return FSDirectoryWrapper::FsyncWithDirOptions(how, dbg, more); });
  }

private:
  template <class Work>
  rocksdb::IOStatus sync(const Work& work) {
    if (auto why = disk_.begin(faulty_disk::io::sync); !why.ok()) return why;
    const auto done = work();
    if (done.ok()) disk_.note_folder_synced();
    return done;
  }

  faulty_disk& disk_;
};

}  // namespace

faulty_disk::faulty_disk(fs::path folder)
  : FileSystemWrapper(rocksdb::FileSystem::Default()), folder_(std::move(folder)),
    attic_(folder_.string() + "-attic") {
  fs::create_directories(attic_);
}

faulty_disk::~faulty_disk() {
  std::error_code ignored;
  fs::remove_all(attic_, ignored);
}

// -- what is to fail -----------------------------------------------------------------------------

void faulty_disk::fail(io what, std::uint64_t n, fault how, std::optional<std::thread::id> whose) {
  const std::lock_guard guard(mutex_);
  plan_ = plan{what, n, how, whose};
  calls_ = {};
  has_failed_ = false;
}

bool faulty_disk::has_failed() const {
  const std::lock_guard guard(mutex_);
  return has_failed_;
}

void faulty_disk::cut_power_at(std::uint64_t change) {
  const std::lock_guard guard(mutex_);
  cut_at_ = change;
}

void faulty_disk::cut_power() {
  const std::lock_guard guard(mutex_);
  switch_off();
}

void faulty_disk::switch_off() {
  if (std::exchange(is_off_, true)) return;
  deeds_with_power_ = deeds_.size();
}

bool faulty_disk::is_off() const {
  const std::lock_guard guard(mutex_);
  return is_off_;
}

std::uint64_t faulty_disk::changes() const {
  const std::lock_guard guard(mutex_);
  return changes_;
}

rocksdb::IOStatus faulty_disk::begin(io what, bool* half) {
  const std::lock_guard guard(mutex_);
  if (what != io::read && what != io::open && ++changes_ == cut_at_) switch_off();
  if (!plan_ || plan_->what != what) return status::OK();
  if (plan_->whose && *plan_->whose != std::this_thread::get_id()) return status::OK();
  if (++calls_[static_cast<std::size_t>(what)] != plan_->n) return status::OK();
  has_failed_ = true;
  if (plan_->how == fault::enospc) return status::NoSpace("as the test wants it");
  if (half && plan_->how == fault::short_write) *half = true;
  return status::IOError("as the test wants it");
}

// -- files ---------------------------------------------------------------------------------------

bool faulty_disk::is_ours(const std::string& name) const {
  return fs::path(name).lexically_normal().parent_path() == folder_.lexically_normal();
}

rocksdb::IOStatus faulty_disk::NewSequentialFile(const std::string& name,
                                                 const rocksdb::FileOptions& how,
                                                 std::unique_ptr<rocksdb::FSSequentialFile>* made,
                                                 context* dbg) {
  if (auto why = begin(io::open); !why.ok()) return why;
  auto done = target()->NewSequentialFile(name, how, made, dbg);
  if (done.ok()) *made = std::make_unique<sequential_file>(std::move(*made), *this);
  return done;
}

rocksdb::IOStatus
faulty_disk::NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& how,
                                 std::unique_ptr<rocksdb::FSRandomAccessFile>* made, context* dbg) {
  if (auto why = begin(io::open); !why.ok()) return why;
  auto done = target()->NewRandomAccessFile(name, how, made, dbg);
  if (done.ok()) *made = std::make_unique<random_access_file>(std::move(*made), *this);
  return done;
}

rocksdb::IOStatus faulty_disk::NewWritableFile(const std::string& name,
                                               const rocksdb::FileOptions& how,
                                               std::unique_ptr<rocksdb::FSWritableFile>* made,
                                               context* dbg) {
  if (auto why = begin(io::open); !why.ok()) return why;
  auto done = target()->NewWritableFile(name, how, made, dbg);
  if (!done.ok() || !is_ours(name)) return done;
  const ino_t inode = inode_of(name);
  {
    const std::lock_guard guard(mutex_);
    files_[inode] = {};
    deeds_.push_back({deed::kind::made, name, {}, {}});
  }
  *made = std::make_unique<writable_file>(std::move(*made), *this, inode);
  return done;
}

rocksdb::IOStatus faulty_disk::ReopenWritableFile(const std::string& name,
                                                  const rocksdb::FileOptions& how,
                                                  std::unique_ptr<rocksdb::FSWritableFile>* made,
                                                  context* dbg) {
  if (auto why = begin(io::open); !why.ok()) return why;
  auto done = target()->ReopenWritableFile(name, how, made, dbg);
  if (!done.ok() || !is_ours(name)) return done;
  const ino_t inode = inode_of(name);
  {
    const std::lock_guard guard(mutex_);
    const std::uint64_t size = fs::file_size(name);
    files_.try_emplace(inode, extent{size, size});
  }
  *made = std::make_unique<writable_file>(std::move(*made), *this, inode);
  return done;
}

rocksdb::IOStatus faulty_disk::NewRandomRWFile(const std::string& name,
                                               const rocksdb::FileOptions& how,
                                               std::unique_ptr<rocksdb::FSRandomRWFile>* made,
                                               context* dbg) {
  if (auto why = begin(io::open); !why.ok()) return why;
  auto done = target()->NewRandomRWFile(name, how, made, dbg);
  if (done.ok() && is_ours(name))
    *made = std::make_unique<shared_file>(std::move(*made), *this, inode_of(name));
  return done;
}

rocksdb::IOStatus faulty_disk::NewDirectory(const std::string& name, const rocksdb::IOOptions& how,
                                            std::unique_ptr<rocksdb::FSDirectory>* made,
                                            context* dbg) {
  auto done = target()->NewDirectory(name, how, made, dbg);
  if (done.ok() && fs::path(name).lexically_normal() == folder_.lexically_normal())
    *made = std::make_unique<directory>(std::move(*made), *this);
  return done;
}

/// A second name, out of the way, for what stands at this one; nothing where nothing does.
fs::path faulty_disk::keep(const std::string& name) {
  const std::lock_guard guard(mutex_);
  fs::path kept = attic_ / std::to_string(++kept_);
  std::error_code error;
  fs::create_hard_link(name, kept, error);
  return error ? fs::path() : kept;
}

rocksdb::IOStatus faulty_disk::RenameFile(const std::string& from, const std::string& to,
                                          const rocksdb::IOOptions& how, context* dbg) {
  if (auto why = begin(io::rename); !why.ok()) return why;
  if (!is_ours(to)) return target()->RenameFile(from, to, how, dbg);
  fs::path kept = keep(to);
  auto done = target()->RenameFile(from, to, how, dbg);
  const std::lock_guard guard(mutex_);
  if (done.ok()) deeds_.push_back({deed::kind::renamed, to, from, std::move(kept)});
  return done;
}

rocksdb::IOStatus faulty_disk::DeleteFile(const std::string& name, const rocksdb::IOOptions& how,
                                          context* dbg) {
  if (auto why = begin(io::remove); !why.ok()) return why;
  if (!is_ours(name)) return target()->DeleteFile(name, how, dbg);
  fs::path kept = keep(name);
  auto done = target()->DeleteFile(name, how, dbg);
  const std::lock_guard guard(mutex_);
  if (done.ok()) deeds_.push_back({deed::kind::removed, name, {}, std::move(kept)});
  return done;
}

void faulty_disk::note_written(ino_t file, std::uint64_t bytes) {
  const std::lock_guard guard(mutex_);
  if (!is_off_) files_[file].written += bytes;
}

void faulty_disk::note_cut(ino_t file, std::uint64_t size) {
  const std::lock_guard guard(mutex_);
  if (is_off_) return;
  extent& e = files_[file];
  e.written = size;
  e.synced = std::min(e.synced, size);
}

void faulty_disk::note_synced(ino_t file) {
  const std::lock_guard guard(mutex_);
  if (!is_off_) files_[file].synced = files_[file].written;
}

void faulty_disk::note_folder_synced() {
  const std::lock_guard guard(mutex_);
  if (is_off_) return;
  for (const deed& d : deeds_)
    if (!d.kept.empty()) fs::remove(d.kept);
  deeds_.clear();
}

// -- what is lost --------------------------------------------------------------------------------

void faulty_disk::undo(const deed& d) {
  switch (d.what) {
    case deed::kind::made: fs::remove(d.name); break;
    case deed::kind::renamed: fs::rename(d.name, d.from); [[fallthrough]];
    case deed::kind::removed:
      if (!d.kept.empty()) fs::rename(d.kept, d.name);
      break;
  }
}

void faulty_disk::cut(const fs::path& file, const extent& e, loss how, std::mt19937_64& chance) {
  std::uint64_t size = how == loss::none ? e.written : e.synced;
  if (how == loss::some || how == loss::torn) size += chance() % (e.written - e.synced + 1);
  fs::resize_file(file, size);
  if (how != loss::torn || size == e.synced) return;
  const std::uint64_t from = std::max(e.synced, size - std::min<std::uint64_t>(size, sector_bytes));
  const bool zeros = chance() % 2 == 0;
  std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
  bytes.seekp(static_cast<std::streamoff>(from));
  for (std::uint64_t i = from; i < size; ++i) bytes.put(zeros ? '\0' : static_cast<char>(chance()));
}

// Names first, last to first up to some moment: file systems keep the order of these.
void faulty_disk::lose(loss how, std::mt19937_64& chance) {
  const std::lock_guard guard(mutex_);
  std::size_t kept = how == loss::none ? deeds_with_power_ : 0;
  if (how == loss::some || how == loss::torn) kept = chance() % (deeds_with_power_ + 1);
  for (; deeds_.size() > kept; deeds_.pop_back()) undo(deeds_.back());
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const auto known = files_.find(inode_of(entry.path()));
    if (known == files_.end() || entry.file_size() == known->second.synced) continue;
    cut(entry.path(), known->second, how, chance);
  }
}

}  // namespace unscripted::storage::testing
