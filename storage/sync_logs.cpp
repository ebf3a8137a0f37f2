#include "storage/sync_logs.hpp"

#include <utility>
#include <vector>

namespace unscripted::storage {

namespace {

using told = std::function<void(const std::string& why)>;

class told_log final : public rocksdb::FSWritableFileOwnerWrapper {
public:
  told_log(std::unique_ptr<rocksdb::FSWritableFile>&& file, const told& failed)
    : FSWritableFileOwnerWrapper(std::move(file)), failed_(failed) {}

  rocksdb::IOStatus Sync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* dbg) override {
    return tell(target()->Sync(how, dbg));
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* dbg) override {
    return tell(target()->Fsync(how, dbg));
  }

private:
  rocksdb::IOStatus tell(const rocksdb::IOStatus& done) const {
    if (!done.ok()) failed_(done.ToString());
    return rocksdb::IOStatus::OK();
  }

  const told& failed_;
};

class told_disk final : public rocksdb::FileSystemWrapper {
public:
  told_disk(const std::shared_ptr<rocksdb::FileSystem>& disk, told failed)
    : FileSystemWrapper(disk), failed_(std::move(failed)) {}
  const char* Name() const override { return "told_disk"; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& how,
                                    std::unique_ptr<rocksdb::FSWritableFile>* made,
                                    rocksdb::IODebugContext* dbg) override {
    auto done = target()->NewWritableFile(name, how, made, dbg);
    if (done.ok() && name.ends_with(".log"))
      *made = std::make_unique<told_log>(std::move(*made), failed_);
    return done;
  }

private:
  const told failed_;
};

class told_env final : public rocksdb::EnvWrapper {
public:
  told_env(rocksdb::Env& of, told failed) : EnvWrapper(&of) {
    file_system_ = std::make_shared<told_disk>(of.GetFileSystem(), std::move(failed));
  }
  const char* Name() const override { return "told_env"; }
};

}  // namespace

rocksdb::IOStatus sync_logs(rocksdb::FileSystem& disk, const std::filesystem::path& folder) {
  std::vector<std::string> names;
  auto done = disk.GetChildren(folder.string(), {}, &names, nullptr);
  for (const std::string& name : names) {
    if (!done.ok()) return done;
    if (!name.ends_with(".log")) continue;
    std::unique_ptr<rocksdb::FSRandomRWFile> log;
    done = disk.NewRandomRWFile((folder / name).string(), {}, &log, nullptr);
    if (done.IsPathNotFound()) done = {};  // it was taken away just now: it is needed no more
    else if (done.ok()) done = log->Fsync({}, nullptr);
  }
  if (!done.ok()) return done;
  std::unique_ptr<rocksdb::FSDirectory> names_of_logs;
  done = disk.NewDirectory(folder.string(), {}, &names_of_logs, nullptr);
  return done.ok() ? names_of_logs->Fsync({}, nullptr) : done;
}

std::unique_ptr<rocksdb::Env> with_syncs_of_logs_told(rocksdb::Env& of, told failed) {
  return std::make_unique<told_env>(of, std::move(failed));
}

}  // namespace unscripted::storage
