#include "storage/guarded_env.hpp"

#include <rocksdb/file_system.h>

#include <string>
#include <utility>

namespace unscripted::storage {

namespace {

using status = rocksdb::IOStatus;
using context = rocksdb::IODebugContext;

class guarded_log final : public rocksdb::FSWritableFileOwnerWrapper {
public:
  guarded_log(std::unique_ptr<rocksdb::FSWritableFile>&& file, engine& owner)
    : FSWritableFileOwnerWrapper(std::move(file)), owner_(owner) {}

  status Sync(const rocksdb::IOOptions& how, context* dbg) override {
    owner_.sync_or_break([&] { return target()->Sync(how, dbg); });
    return status::OK();
  }
  status Fsync(const rocksdb::IOOptions& how, context* dbg) override {
    owner_.sync_or_break([&] { return target()->Fsync(how, dbg); });
    return status::OK();
  }

private:
  engine& owner_;
};

class guarded_directory final : public rocksdb::FSDirectoryWrapper {
public:
  guarded_directory(std::unique_ptr<rocksdb::FSDirectory>&& made, engine& owner)
    : FSDirectoryWrapper(std::move(made)), owner_(owner) {}

  status Fsync(const rocksdb::IOOptions& how, context* dbg) override {
    return owner_.broken() ? refusal() : FSDirectoryWrapper::Fsync(how, dbg);
  }
  status FsyncWithDirOptions(const rocksdb::IOOptions& how, context* dbg,
                             const rocksdb::DirFsyncOptions& more) override {
    return owner_.broken() ? refusal() : FSDirectoryWrapper::FsyncWithDirOptions(how, dbg, more);
  }

private:
  status refusal() const { return status::IOError(owner_.why_broken().message); }

  engine& owner_;
};

class guarded_disk final : public rocksdb::FileSystemWrapper {
public:
  guarded_disk(const std::shared_ptr<rocksdb::FileSystem>& disk, engine& owner)
    : FileSystemWrapper(disk), owner_(owner) {}
  const char* Name() const override { return "guarded_disk"; }

  status NewWritableFile(const std::string& name, const rocksdb::FileOptions& how,
                         std::unique_ptr<rocksdb::FSWritableFile>* made, context* dbg) override {
    auto done = target()->NewWritableFile(name, how, made, dbg);
    if (done.ok() && name.ends_with(".log"))
      *made = std::make_unique<guarded_log>(std::move(*made), owner_);
    return done;
  }
  status NewDirectory(const std::string& name, const rocksdb::IOOptions& how,
                      std::unique_ptr<rocksdb::FSDirectory>* made, context* dbg) override {
    auto done = target()->NewDirectory(name, how, made, dbg);
    if (done.ok()) *made = std::make_unique<guarded_directory>(std::move(*made), owner_);
    return done;
  }

private:
  engine& owner_;
};

class guarded_env final : public rocksdb::EnvWrapper {
public:
  guarded_env(rocksdb::Env& of, engine& owner) : EnvWrapper(&of) {
    file_system_ = std::make_shared<guarded_disk>(of.GetFileSystem(), owner);
  }
  const char* Name() const override { return "guarded_env"; }
};

}  // namespace

std::unique_ptr<rocksdb::Env> make_guarded_env(rocksdb::Env& of, engine& owner) {
  return std::make_unique<guarded_env>(of, owner);
}

}  // namespace unscripted::storage
