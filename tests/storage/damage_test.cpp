// What is wrong on the disk is reported, with its place: never a silently different state.
#include "storage/engine.hpp"
#include "storage/keys.hpp"
#include "storage/verify.hpp"
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <map>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The database of a closed store, for tampering.
class raw_database {
public:
  explicit raw_database(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    REQUIRE(rocksdb::DB::ListColumnFamilies({}, folder.string(), &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const auto& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    REQUIRE(rocksdb::DB::Open({}, folder.string(), families, &handles, &db_).ok());
    for (std::size_t i = 0; i < names.size(); ++i) handles_[names[i]] = handles[i];
  }
  ~raw_database() {
    for (const auto& [name, handle] : handles_) db_->DestroyColumnFamilyHandle(handle);
    delete db_;
  }
  raw_database(const raw_database&) = delete;
  raw_database& operator=(const raw_database&) = delete;

  std::string get(const std::string& family, const rocksdb::Slice& key) {
    std::string value;
    REQUIRE(db_->Get({}, handles_.at(family), key, &value).ok());
    return value;
  }
  void put(const std::string& family, const rocksdb::Slice& key, const std::string& value) {
    REQUIRE(db_->Put({}, handles_.at(family), key, value).ok());
  }
  void remove(const std::string& family, const rocksdb::Slice& key) {
    REQUIRE(db_->Delete({}, handles_.at(family), key).ok());
  }
  void add_family(const std::string& name) {
    REQUIRE(db_->CreateColumnFamily({}, name, &handles_[name]).ok());
  }

private:
  rocksdb::DB* db_ = nullptr;
  std::map<std::string, rocksdb::ColumnFamilyHandle*> handles_;
};

/// A closed store with one world: the first four records in one commit, then `count` more by tens,
/// with snapshots after the records that are named.
void make_history(const std::filesystem::path& folder, std::uint64_t count,
                  const std::vector<std::uint64_t>& snapshots = {}) {
  auto s = open_store(folder);
  living_world w(*s, new_world(*s, "one"), 5);
  w.found("one");
  for (std::uint64_t lived = 0; lived < count; lived += 10) {
    w.live(10);
    for (const auto seq : snapshots)
      if (seq == w.state().seq()) w.snapshot();
  }
}

failure recovery_failure(const std::filesystem::path& folder) {
  auto s = open_store(folder);
  auto h = history::open(*s, 1);
  if (!h) return h.why();
  auto back = h->recover();
  REQUIRE_FALSE(back);
  return back.why();
}

std::string flipped(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
  return bytes;
}

/// Of a store that has one.
std::filesystem::path only_table_of_commits(const store& s) {
  rocksdb::ColumnFamilyMetaData all;
  const engine& e = s.internals();
  e.db().GetColumnFamilyMetaData(e.handle(family::commits), &all);
  REQUIRE(all.file_count == 1);
  for (const auto& level : all.levels)
    for (const auto& t : level.files) return s.folder() / t.relative_filename;
  return {};
}

}  // namespace

TEST_CASE("any flipped byte of a commit is reported with its sequence, not swallowed") {
  temp_folder folder;
  make_history(folder.path(), 60);
  std::string good;
  {
    raw_database raw(folder.path());
    good = raw.get("commits", seq_key(1, 25));
  }
  REQUIRE(good.size() > 40);

  for (std::size_t at = 0; at < good.size(); at += at < 40 ? 5 : 31) {
    CAPTURE(at);
    {
      raw_database raw(folder.path());
      raw.put("commits", seq_key(1, 25), flipped(good, at));
    }
    const auto why = recovery_failure(folder.path());
    CHECK(why.kind == failure_kind::corrupt);
    CHECK(holds(why.message, "world 1"));
    CHECK(holds(why.message, "seq 25"));
  }

  auto s = open_store(folder.path());
  history_reader reader(*s, 1);
  const auto everything = [](const core::record&) { return true; };
  CHECK_FALSE(reader.read(1, 1000, everything));
  CHECK_FALSE(reader.read(30, 1, everything));
  CHECK(must(reader.read(1, 24, everything)) == 24);
}

TEST_CASE("a commit that is missing in the middle is reported with its sequence") {
  temp_folder folder;
  make_history(folder.path(), 60);
  {
    raw_database raw(folder.path());
    raw.remove("commits", seq_key(1, 25));
  }

  const auto why = recovery_failure(folder.path());

  CHECK(why.kind == failure_kind::corrupt);
  CHECK(holds(why.message, "seq 25"));
  auto s = open_store(folder.path());
  history_reader reader(*s, 1);
  CHECK_FALSE(reader.read(28, 1, [](const core::record&) { return true; }));
}

TEST_CASE("a commit that is missing at an end is reported") {
  const std::uint64_t missing = GENERATE(1u, 55u);
  temp_folder folder;
  make_history(folder.path(), 60);
  {
    raw_database raw(folder.path());
    raw.remove("commits", seq_key(1, missing));
  }

  const auto why = recovery_failure(folder.path());

  CHECK(why.kind == failure_kind::corrupt);
  CHECK(holds(why.message, "seq " + std::to_string(missing)));
}

TEST_CASE("a commit beyond the head is reported") {
  temp_folder folder;
  make_history(folder.path(), 50);
  std::string head;
  {
    raw_database raw(folder.path());
    head = raw.get("heads", world_key(1));
  }
  {
    auto s = open_store(folder.path());
    living_world w(*s, 1, 9);
    w.recover();
    w.live(10);
  }
  {
    raw_database raw(folder.path());
    raw.put("heads", world_key(1), head);
  }

  const auto why = recovery_failure(folder.path());

  CHECK(why.kind == failure_kind::corrupt);
  CHECK(holds(why.message, "seq 55"));
}

TEST_CASE("a head that was tampered with is reported") {
  temp_folder folder;
  make_history(folder.path(), 30);
  std::string head;
  {
    raw_database raw(folder.path());
    head = raw.get("heads", world_key(1));
  }
  // The version, the chain, the state hash, the last sequence.
  for (const std::size_t at : {0u, 5u, 20u, 25u}) {
    CAPTURE(at);
    {
      raw_database raw(folder.path());
      raw.put("heads", world_key(1), flipped(head, at));
    }
    CHECK(recovery_failure(folder.path()).kind == failure_kind::corrupt);
  }
}

TEST_CASE("a broken snapshot is passed over for an older one, or for the whole history") {
  temp_folder folder;
  make_history(folder.path(), 60, {24, 44});
  std::uint64_t hash = 0;
  {
    auto s = open_store(folder.path());
    auto h = must(history::open(*s, 1));
    const auto back = must(h.recover());
    REQUIRE(back.snapshot_seq == 44);
    hash = back.world->hash();
  }
  std::vector<std::uint64_t> broken;
  for (const std::uint64_t seq : {44u, 24u}) {
    raw_database raw(folder.path());
    const auto value = raw.get("snapshots", seq_key(1, seq));
    raw.put("snapshots", seq_key(1, seq), flipped(value, value.size() / 2));
    broken.push_back(seq);
    if (GENERATE(false, true)) break;
  }

  auto s = open_store(folder.path());
  auto h = must(history::open(*s, 1));
  const auto back = must(h.recover());

  CHECK(back.snapshot_seq == (broken.size() == 1 ? 24 : 0));
  CHECK(back.world->hash() == hash);
  REQUIRE(back.passed_over.size() == broken.size());
  CHECK(holds(back.passed_over.front(), "seq 44"));
}

TEST_CASE("a good snapshot of another history is passed over") {
  temp_folder folder;
  make_history(folder.path(), 60, {24});
  {
    auto s = open_store(folder.path());
    living_world other(*s, new_world(*s, "two"), 6);
    other.found("two");
    other.live(20, 10);
    other.snapshot();
    REQUIRE(other.state().seq() == 24);
  }
  {
    raw_database raw(folder.path());
    raw.put("snapshots", seq_key(1, 24), raw.get("snapshots", seq_key(2, 24)));
  }

  auto s = open_store(folder.path());
  auto h = must(history::open(*s, 1));
  const auto back = must(h.recover());

  CHECK(back.snapshot_seq == 0);
  CHECK(back.world->settings().name == "one");
  REQUIRE(back.passed_over.size() == 1);
}

TEST_CASE("a newer format is refused by its number") {
  temp_folder folder;
  make_history(folder.path(), 10);
  {
    raw_database raw(folder.path());
    raw.put("default", "format", "\x05");
  }

  const auto s = store::open(folder.path(), durability::wal);

  REQUIRE_FALSE(s);
  CHECK(s.why().kind == failure_kind::newer_format);
  CHECK(holds(s.why().message, "format 5"));
  CHECK(holds(s.why().message, "reads format 4"));
}

TEST_CASE("a folder of an older format keeps its number when it is read, not when it is written") {
  const std::string older = GENERATE("format-1", "format-2");
  temp_folder folder;
  const auto data = folder.path() / "data";
  std::filesystem::copy(
      std::filesystem::path(UNSCRIPTED_SOURCE_DIR) / "tests" / "storage" / "samples" / older, data);
  const auto number = [&] { return raw_database(data).get("default", "format"); };

  must(store::open_to_read(data));
  CHECK(number() == std::string(1, older == "format-1" ? '\x01' : '\x02'));
  open_store(data);
  CHECK(number() == "\x04");
}

TEST_CASE("a data folder with parts that are not known is refused as newer") {
  temp_folder folder;
  make_history(folder.path(), 10);
  {
    raw_database raw(folder.path());
    raw.add_family("dreams");
  }

  const auto s = store::open(folder.path(), durability::wal);

  REQUIRE_FALSE(s);
  CHECK(s.why().kind == failure_kind::newer_format);
  CHECK(holds(s.why().message, "'dreams'"));
}

TEST_CASE("a history whose commits are lost is damaged where it is verified, from whichever on") {
  temp_folder folder;
  make_history(folder.path(), 60);
  verify_options how;
  {
    auto s = open_store(folder.path());
    living_world w(*s, 1, 5);
    w.recover();
    how.catalogue = w.state().shared_catalogue();
    REQUIRE(verify(*s, 1, how));
  }
  for (const std::uint64_t first : {45u, 25u, 1u}) {
    CAPTURE(first);
    {
      raw_database raw(folder.path());
      for (std::uint64_t seq = first; seq < 65; ++seq) raw.remove("commits", seq_key(1, seq));
    }
    const auto verified = verify(*open_store(folder.path()), 1, how);
    REQUIRE_FALSE(verified);
    CHECK(verified.why().kind == failure_kind::corrupt);
    CHECK(holds(verified.why().message, "missing"));
  }
}

TEST_CASE("a damaged table leaves the disk with its world, where it holds nothing else") {
  temp_folder folder;
  make_history(folder.path(), 200);
  std::filesystem::path damaged;
  {
    auto s = open_store(folder.path());
    must(s->compact(1));
    damaged = only_table_of_commits(*s);
    living_world(*s, new_world(*s, "two"), 6).found("two");
  }
  flip_on_disk(damaged, 100);

  auto s = open_store(folder.path());
  must(s->delete_world(1));
  must(s->wait_for_reclaim());
  CHECK_FALSE(std::filesystem::exists(damaged));
  living_world two(*s, 2, 6);
  two.recover();
  two.live(30);
  CHECK(must(two.past().recover()).world->hash() == two.state().hash());
}

TEST_CASE("a table that is damaged stays, is named, and stops no other world from writing") {
  temp_folder folder;
  make_history(folder.path(), 200);
  const auto damaged = only_table_of_commits(*open_store(folder.path()));
  flip_on_disk(damaged, 100);

  for (const bool is_deleted : {false, true}) {
    auto s = open_store(folder.path());
    if (!is_deleted) must(s->delete_world(1));
    const auto why = s->wait_for_reclaim();
    REQUIRE(why);
    CHECK(why->kind == failure_kind::corrupt);
    CHECK(holds(why->message, damaged.string()));
    const auto trouble = s->trouble();  // or that RocksDB met the bytes by itself meanwhile
    REQUIRE(trouble);
    CHECK(trouble->kind == failure_kind::corrupt);
    CHECK(holds(trouble->message, damaged.string()));
    CHECK(must(s->worlds()).size() == (is_deleted ? 1 : 0));
    living_world(*s, new_world(*s, "another"), 6).found("another");
    CHECK_FALSE(s->broken());
  }
}

TEST_CASE("damaged bytes that the database meets as it tidies itself up stop no world") {
  temp_folder folder;
  make_history(folder.path(), 4000);
  const auto damaged = only_table_of_commits(*open_store(folder.path()));
  flip_on_disk(damaged, 100);
  auto s = open_store(folder.path());
  const engine& e = s->internals();
  living_world other(*s, new_world(*s, "other"), 6);
  other.found("other");
  const auto live_and_flush = [&] {
    other.live(3);
    REQUIRE(e.db().Flush(rocksdb::FlushOptions(), e.handle(family::commits)).ok());
  };

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!e.damage() && std::chrono::steady_clock::now() < deadline) live_and_flush();
  REQUIRE(e.damage());
  CHECK(e.damage()->kind == failure_kind::corrupt);
  CHECK(holds(e.damage()->message, damaged.string()));
  CHECK(s->trouble()->message == e.damage()->message);

  // More tables than RocksDB bears at level 0 where it still tries to merge them.
  for (int i = 0; i < 50; ++i) live_and_flush();
  CHECK_FALSE(s->broken());
  CHECK(must(other.past().recover()).world->hash() == other.state().hash());
  s.reset();
  s = open_store(folder.path());
  CHECK(must(s->worlds()).size() == 2);
}

TEST_CASE("a flipped byte in the write-ahead log is refused at the open") {
  temp_folder folder;
  make_history(folder.path(), 200);
  std::filesystem::path log;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    if (entry.path().extension() == ".log" && entry.file_size() > 1000) log = entry.path();
  REQUIRE_FALSE(log.empty());
  flip_on_disk(log, std::filesystem::file_size(log) / 2);

  const auto s = store::open(folder.path(), durability::wal);

  REQUIRE_FALSE(s);
  CHECK(s.why().kind == failure_kind::corrupt);
  CHECK(holds(s.why().message, folder.path().string()));
  CHECK_FALSE(holds(s.why().message, "\n"));
}
