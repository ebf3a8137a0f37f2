// A folder that is opened to read is left exactly as it was.
#include "storage/engine.hpp"
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <map>
#include <unistd.h>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace fs = std::filesystem;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct file_state {
  std::string bytes;
  fs::file_time_type written;

  friend bool operator==(const file_state&, const file_state&) = default;
};

/// Each file with its bytes and when it was written, the folder itself included.
std::map<std::string, file_state> state_of(const fs::path& folder) {
  std::map<std::string, file_state> all{{"", {"", fs::last_write_time(folder)}}};
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    all[entry.path().string()] = {{std::istreambuf_iterator<char>(in), {}},
                                  entry.last_write_time()};
  }
  return all;
}

/// A folder as a kill leaves it, most of it in the log only, and the hash of its world 1.
std::uint64_t make_killed(const fs::path& killed) {
  temp_folder living;
  auto s = open_store(living.path());
  living_world w(*s, new_world(*s, "one"), 3);
  w.found("one");
  w.live(100, 10);
  copy_as_killed(s->internals(), killed);
  return w.state().hash();
}

/// Takes a family away, as if an older version had written the folder.
void drop_family(const fs::path& folder, const std::string& dropped) {
  std::vector<std::string> names;
  REQUIRE(rocksdb::DB::ListColumnFamilies({}, folder.string(), &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const auto& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  REQUIRE(rocksdb::DB::Open({}, folder.string(), families, &handles, &db).ok());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == dropped) REQUIRE(db->DropColumnFamily(handles[i]).ok());
    db->DestroyColumnFamilyHandle(handles[i]);
  }
  delete db;
}

void set_format(const fs::path& folder, std::uint64_t format) {
  auto e = must(engine::open(folder, durability::wal));
  rocksdb::WriteBatch batch;
  batch.Put(e->handle(family::meta), "format", std::string(1, static_cast<char>(format)));
  must(e->write(batch));
}

}  // namespace

TEST_CASE("reading a folder changes no byte, no name and no time in it") {
  temp_folder around;
  const auto folder = around.path() / "data";
  make_killed(folder);
  if (GENERATE(false, true)) set_format(folder, 1);
  const auto before = state_of(folder);
  {
    const auto e = must(engine::open_to_read(folder));
    CHECK(e->is_read_only());
    CHECK(e->warnings().empty());
    const auto it = e->iterate(family::commits, rocksdb::ReadOptions());
    int count = 0;
    for (it->SeekToFirst(); it->Valid(); it->Next()) ++count;
    CHECK(count > 5);
    CHECK(must(e->get(family::worlds, rocksdb::Slice("\0\0\0\1", 4))));
  }
  CHECK(state_of(folder) == before);
}

TEST_CASE("writing to a folder that is opened to read is misuse, and breaks nothing") {
  temp_folder around;
  const auto folder = around.path() / "data";
  make_killed(folder);
  const auto before = state_of(folder);
  {
    const auto e = must(engine::open_to_read(folder));
    rocksdb::WriteBatch batch;
    batch.Put(e->handle(family::meta), "key", "value");

    CHECK(e->write(batch)->kind == failure_kind::misuse);
    CHECK(e->write(batch, sync_now::yes)->kind == failure_kind::misuse);
    CHECK(e->sync()->kind == failure_kind::misuse);
    CHECK(e->checkpoint(around.path() / "copy")->kind == failure_kind::misuse);
    CHECK(e->compact(family::commits, "a", "b").why().kind == failure_kind::misuse);
    CHECK(e->has_room());
    CHECK_FALSE(e->broken());
  }
  CHECK(state_of(folder) == before);
}

TEST_CASE("a family that an older format lacks is read as empty") {
  temp_folder around;
  const auto folder = around.path() / "data";
  make_killed(folder);
  drop_family(folder, "bases");
  const auto before = state_of(folder);
  {
    const auto e = must(engine::open_to_read(folder));

    CHECK(e->handle(family::bases) == nullptr);
    CHECK(e->handle(family::commits) != nullptr);
    CHECK_FALSE(must(e->get(family::bases, "any")));
    const auto it = e->iterate(family::bases, rocksdb::ReadOptions());
    it->SeekToFirst();
    CHECK_FALSE(it->Valid());
    CHECK(it->status().ok());
  }
  CHECK(state_of(folder) == before);
  CHECK(must(engine::open(folder, durability::wal))->handle(family::bases) != nullptr);
}

TEST_CASE("a folder that is open to write is not opened to read") {
  temp_folder folder;
  auto writer = must(engine::open(folder.path(), durability::wal));

  const auto refused = engine::open_to_read(folder.path());
  REQUIRE_FALSE(refused);
  CHECK(refused.why().kind == failure_kind::in_use);
  CHECK(holds(refused.why().message, "process " + std::to_string(getpid())));

  writer.reset();
  CHECK(engine::open_to_read(folder.path()));
}

TEST_CASE("several read a folder at once, and who wants to write is told of them") {
  temp_folder folder;
  must(engine::open(folder.path(), durability::wal));
  auto one = must(engine::open_to_read(folder.path()));
  auto two = must(engine::open_to_read(folder.path()));

  const auto refused = engine::open(folder.path(), durability::wal);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().kind == failure_kind::in_use);
  CHECK(holds(refused.why().message, "being read"));

  one.reset();
  two.reset();
  CHECK(engine::open(folder.path(), durability::wal));
}

TEST_CASE("a folder without the file that is locked can be read") {
  temp_folder around;
  const auto folder = around.path() / "data";
  make_killed(folder);
  fs::remove(folder / lock_file_name);

  CHECK(engine::open_to_read(folder));
  CHECK_FALSE(fs::exists(folder / lock_file_name));
}

TEST_CASE("a folder that is not there, or has no history, is not opened to read, nor made") {
  temp_folder around;
  for (const auto& folder : {around.path() / "nowhere", around.path()}) {
    const auto e = engine::open_to_read(folder);
    REQUIRE_FALSE(e);
    CHECK(e.why().kind == failure_kind::unusable_folder);
    CHECK(holds(e.why().message, folder.string()));
  }
  CHECK(fs::is_empty(around.path()));
}

TEST_CASE("wrecks and newer formats are not opened to read, and left as they are") {
  temp_folder around;
  const auto folder = around.path() / "data";
  make_killed(folder);
  auto expected = failure_kind::corrupt;
  SECTION("the file CURRENT is missing") { fs::remove(folder / "CURRENT"); }
  SECTION("the log is garbled") {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() != ".log" || entry.file_size() < 100) continue;
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(-5, std::ios::end);
      file.put('\x7f');
    }
  }
  SECTION("the format is newer") {
    set_format(folder, store_format + 1);
    expected = failure_kind::newer_format;
  }
  const auto before = state_of(folder);

  const auto e = engine::open_to_read(folder);

  REQUIRE_FALSE(e);
  CHECK(e.why().kind == expected);
  CHECK(state_of(folder) == before);
}
