#include "storage/sync_logs.hpp"

#include <memory>
#include <string>
#include <vector>

namespace unscripted::storage {

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

}  // namespace unscripted::storage
