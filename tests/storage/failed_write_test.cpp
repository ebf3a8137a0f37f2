// A call for a write-ahead log fails while other threads have begun something of their own: the
// database ends with its reason, never by an assertion of RocksDB.
#include "storage/engine.hpp"
#include "tests/storage/test_world.hpp"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>

using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

using status = rocksdb::IOStatus;

/// What is done before a log is written to or synced. Its error is that of the disk.
struct log_calls {
  std::function<status()> append = [] { return status::OK(); };
  std::function<status()> sync = [] { return status::OK(); };
};

class watched_log final : public rocksdb::FSWritableFileOwnerWrapper {
public:
  watched_log(std::unique_ptr<rocksdb::FSWritableFile>&& file, log_calls& calls)
    : FSWritableFileOwnerWrapper(std::move(file)), calls_(calls) {}

  status Append(const rocksdb::Slice& data, const rocksdb::IOOptions& how,
                rocksdb::IODebugContext* dbg) override {
    if (auto why = calls_.append(); !why.ok()) return why;
    return target()->Append(data, how, dbg);
  }
  status Append(const rocksdb::Slice& data, const rocksdb::IOOptions& how,
                const rocksdb::DataVerificationInfo&, rocksdb::IODebugContext* dbg) override {
    return Append(data, how, dbg);
  }
  status Sync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* dbg) override {
    if (auto why = calls_.sync(); !why.ok()) return why;
    return target()->Sync(how, dbg);
  }

private:
  log_calls& calls_;
};

class watched_disk final : public rocksdb::FileSystemWrapper {
public:
  explicit watched_disk(log_calls& calls)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), calls_(calls) {}
  const char* Name() const override { return "watched_disk"; }

  status NewWritableFile(const std::string& name, const rocksdb::FileOptions& how,
                         std::unique_ptr<rocksdb::FSWritableFile>* made,
                         rocksdb::IODebugContext* dbg) override {
    auto done = target()->NewWritableFile(name, how, made, dbg);
    if (done.ok() && name.ends_with(".log"))
      *made = std::make_unique<watched_log>(std::move(*made), calls_);
    return done;
  }

private:
  log_calls& calls_;
};

struct watched_place {
  explicit watched_place(durability mode) {
    auto opened = engine::open(folder.path(), mode, {.env = env.get()});
    REQUIRE(opened);
    db = std::move(*opened);
    REQUIRE_FALSE(put("before"));
  }

  std::optional<failure> put(const char* key, sync_now sync = sync_now::no) {
    rocksdb::WriteBatch batch;
    batch.Put(db->handle(family::meta), key, "");
    return db->write(batch, sync);
  }
  rocksdb::Status flush(bool wait) {
    rocksdb::FlushOptions how;
    how.wait = wait;
    return db->db().Flush(how, db->handle(family::meta));
  }

  temp_folder folder{place_in_memory()};
  log_calls calls;
  std::unique_ptr<rocksdb::Env> env =
      rocksdb::NewCompositeEnv(std::make_shared<watched_disk>(calls));
  std::unique_ptr<engine> db;
};

constexpr std::chrono::seconds patience{20};

/// Returns once that holds, or is not to be expected any more.
void await(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!holds() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
}

/// Returns once the thread waits for another one, or has ended.
void await_asleep(pid_t thread) {
  await([file = "/proc/self/task/" + std::to_string(thread) + "/stat"] {
    std::string line;
    if (!std::getline(std::ifstream(file), line)) return true;
    const std::size_t name_end = line.rfind(')');
    return name_end != std::string::npos && line.substr(name_end + 2, 1) == "S";
  });
}

}  // namespace

TEST_CASE("a flush that waits behind a write that fails is refused") {
  watched_place p(durability::wal);
  const pid_t writer = gettid();
  std::thread flusher;
  std::optional<rocksdb::Status> flushed;
  p.calls.append = [&] {
    if (gettid() != writer || flusher.joinable()) return status::OK();
    std::atomic<pid_t> id = 0;
    flusher = std::thread([&] {
      id = gettid();
      flushed = p.flush(true);
    });
    await([&] { return id != 0; });
    await_asleep(id);  // until this write is over
    return status::IOError("as the test wants it");
  };
  const auto why = p.put("lost");
  flusher.join();
  REQUIRE(why);
  CHECK(why->kind == failure_kind::broken);
  CHECK_FALSE(flushed->ok());
}

TEST_CASE("a write that waits while a log's sync fails is refused") {
  watched_place p(durability::wal);
  const pid_t writer = gettid();
  std::atomic<bool> is_syncing = false;
  p.calls.sync = [&] {
    if (gettid() == writer || is_syncing.exchange(true)) return status::OK();
    await_asleep(writer);  // until the log that is full now is synced
    return status::IOError("as the test wants it");
  };
  REQUIRE(p.flush(false).ok());
  await([&] { return is_syncing.load(); });
  REQUIRE(is_syncing);
  const auto why = p.put("lost", sync_now::yes);
  REQUIRE(why);
  CHECK(why->kind == failure_kind::broken);
}

TEST_CASE("no table takes the place of a log that could not be synced") {
  watched_place p(durability::wal);
  const pid_t writer = gettid();
  p.calls.sync = [&] {
    return gettid() == writer ? status::OK() : status::IOError("as the test wants it");
  };
  CHECK_FALSE(p.flush(true).ok());
  std::string tables;
  REQUIRE(
      p.db->db().GetProperty(p.db->handle(family::meta), "rocksdb.num-files-at-level0", &tables));
  CHECK(tables == "0");
  CHECK(p.put("after")->message.starts_with("a sync to data folder"));
}

TEST_CASE("logs are synced without their writers, which may have failed") {
  watched_place p(durability::wal);
  bool is_asked = false;
  p.calls.sync = [&] {
    is_asked = true;
    return status::OK();
  };
  REQUIRE_FALSE(p.db->sync());
  CHECK_FALSE(is_asked);
}

TEST_CASE("a full disk that has room again does not bring a broken database back") {
  watched_place p(durability::wal);
  bool has_failed = false;
  p.calls.append = [&] {
    return std::exchange(has_failed, true) ? status::OK() : status::NoSpace("as the test wants it");
  };
  REQUIRE(p.put("lost"));
  CHECK(p.put("after"));
  CHECK_FALSE(p.flush(true).ok());
}
