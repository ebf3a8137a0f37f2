// The doctor names each kind of damage and what can be saved, and touches nothing.
#include "storage/base.hpp"
#include "storage/doctor.hpp"
#include "storage/head.hpp"
#include "storage/keys.hpp"
#include "storage/snapshot.hpp"
#include "tests/storage/busy_world.hpp"
#include "tests/storage/wreck.hpp"

#include <algorithm>
#include <unistd.h>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace fs = std::filesystem;

namespace {

const fs::path samples = fs::path(UNSCRIPTED_SOURCE_DIR) / "tests" / "storage" / "samples";

/// Looks a folder over, and checks that it is left as it was.
checkup examined(const fs::path& folder, unsigned threads = 1) {
  const auto before = state_of(folder);
  auto all = must(examine(folder, {threads, {}}));
  CHECK(state_of(folder) == before);
  for (const std::string& line : tell(all)) CHECK_FALSE(holds(line, "\n"));
  return all;
}

std::string all_words(const checkup& c) {
  std::string words;
  for (const std::string& line : tell(c)) words += line + "\n";
  return words;
}

/// A closed folder with the world `one`: four records in one commit, then 60 by tens, and snapshots
/// after the records that are named.
struct with_history {
  temp_folder folder;
  std::uint64_t tick_at_24 = 0;

  void make(const std::vector<std::uint64_t>& snapshots = {}) {
    auto s = open_store(folder.path());
    living_world w(*s, new_world(*s, "one"), 5);
    w.found("one");
    while (w.state().seq() < 64) {
      w.live(10);
      if (w.state().seq() == 24) tick_at_24 = w.state().tick();
      if (std::ranges::count(snapshots, w.state().seq()) > 0) w.snapshot();
    }
  }
  /// What is said of the folder where one thing is wrong with its one world.
  finding only_finding() {
    const auto all = examined(folder.path());
    INFO(all_words(all));
    REQUIRE(all.worlds.size() == 1);
    CHECK(all.findings.empty());
    REQUIRE(all.worlds[0].findings.size() == 1);
    return all.worlds[0].findings[0];
  }
  std::vector<proved_records> proved() { return examined(folder.path()).worlds[0].proved; }
};

void check_both(const finding& f, verdict grade, std::vector<std::string> wrong,
                std::vector<std::string> remedy) {
  CAPTURE(f.wrong, f.remedy);
  CHECK(f.grade == grade);
  for (const auto& part : wrong) CHECK(holds(f.wrong, part));
  for (const auto& part : remedy) CHECK(holds(f.remedy, part));
}

}  // namespace

// -- sound folders -------------------------------------------------------------------------------

TEST_CASE("a folder with every kind of history is sound, on one thread and on several",
          "[doctor]") {
  temp_folder folder;
  {
    auto s = open_store(folder.path());
    const auto catalogue = catalogue_of({});
    busy_world w(*s, new_world(*s, "eden"), a_seed(), catalogue);
    w.found("eden");
    w.live(200);
    w.snapshot();
    w.load(catalogue_of({.version = "2", .more = true}));
    w.live(200);
    w.snapshot();
    new_world(*s, "empty");
    const auto state = must(history_reader(*s, 1).state_at(150));
    const auto fork = must(s->fork_world(*state.world, 1));
    busy_world branch(*s, fork, 3, catalogue);
    branch.recover();
    branch.live(50);
    must(s->fork_world(branch.state(), fork));
    must(s->prune(fork, 180));
  }

  for (const unsigned threads : {1u, 3u}) {
    const auto all = examined(folder.path(), threads);
    INFO(all_words(all));
    CHECK(all.overall() == verdict::sound);
    REQUIRE(all.worlds.size() == 4);
    CHECK(all.worlds[0].name == "eden");
    CHECK(all.worlds[0].id == "000000010000000000000000");
    CHECK(all.worlds[0].records == all.worlds[0].last_seq);
    REQUIRE(all.worlds[0].proved.size() == 1);
    CHECK(all.worlds[0].proved[0].last == all.worlds[0].last_seq);
    CHECK(all.worlds[0].proved[0].tick == all.worlds[0].ticks);
    CHECK(all.worlds[1].proved.empty());
    REQUIRE(all.worlds[2].proved.size() == 1);
    CHECK(all.worlds[2].proved[0].last == 200);
    CHECK(all.worlds[2].records == 201 - all.worlds[2].proved[0].first);
    CHECK(all.worlds[3].last_seq == 200);
    CHECK(tell(all).back() == "4 worlds: 4 sound");
  }
}

TEST_CASE("a folder of format 1 is sound", "[doctor]") {
  temp_folder folder;
  fs::copy(samples / "format-1", folder.path() / "data");

  const auto all = examined(folder.path() / "data");

  INFO(all_words(all));
  CHECK(all.overall() == verdict::sound);
  CHECK(all.worlds[0].proved == std::vector<proved_records>{{1, 473, 155}});
}

TEST_CASE("a folder of format 2 or 3 is sound", "[doctor]") {
  temp_folder folder;
  fs::copy(samples / GENERATE("format-2", "format-3"), folder.path() / "data");

  const auto all = examined(folder.path() / "data");

  INFO(all_words(all));
  CHECK(all.overall() == verdict::sound);
}

TEST_CASE_METHOD(with_history, "an examination that is cancelled fails, and says so", "[doctor]") {
  make();
  std::uint64_t done = 0, total = 0;
  must(examine(folder.path(), {1, [&](std::uint64_t d, std::uint64_t t) {
                                 done = d, total = t;
                                 return true;
                               }}));
  CHECK(done == 64);
  CHECK(total == 64);

  const auto c = examine(folder.path(), {1, [](std::uint64_t, std::uint64_t) { return false; }});

  REQUIRE_FALSE(c);
  CHECK(holds(c.why().message, "cancelled"));
}

// -- damaged histories ---------------------------------------------------------------------------

TEST_CASE_METHOD(with_history, "a flipped byte of a commit is named with what is right before it",
                 "[doctor]") {
  make();
  tamperer(folder.path()).flip(family::commits, seq_key(1, 25), GENERATE(0u, 5u, 20u, 30u, 60u));

  check_both(only_finding(), verdict::damaged, {"world 1", "seq 25", "should be"},
             {"records 1 to 24 (tick " + std::to_string(tick_at_24) + ") are provably right",
              "`unscripted world fork one --at seq:24`", "`unscripted history export one --to 24`",
              "no record behind it can be proved", "does not start", "unscripted restore"});
  CHECK(proved() == std::vector<proved_records>{{1, 24, tick_at_24}});
}

TEST_CASE_METHOD(with_history, "what is behind a damage is proved from a later snapshot on",
                 "[doctor]") {
  make({24, 44, 54});
  tamperer(folder.path()).flip(family::commits, seq_key(1, 25), 50);

  check_both(only_finding(), verdict::damaged, {"seq 25"},
             {"records 1 to 24", "records 45 to 64 behind it are readable",
              "follow the snapshot at seq 44", "starts this world all the same"});
  const auto spans = proved();
  REQUIRE(spans.size() == 2);
  CHECK(spans[0].last == 24);
  CHECK(spans[1].first == 45);
  CHECK(spans[1].last == 64);
}

TEST_CASE_METHOD(with_history, "what is behind a missing commit is proved from a snapshot on",
                 "[doctor]") {
  make({24, 44, 54});
  tamperer(folder.path()).remove(family::commits, seq_key(1, 25));

  const auto all = examined(folder.path());

  // The commit that ends at 44 follows from the missing one, so its snapshot is not believed.
  INFO(all_words(all));
  const auto& findings = all.worlds[0].findings;
  REQUIRE(findings.size() == 2);
  check_both(findings[0], verdict::usable_with_care, {"snapshot at seq 44 cannot be used"}, {});
  check_both(findings[1], verdict::damaged, {"seq 25", "is 35"},
             {"records 1 to 24", "records 55 to 64 behind it", "starts this world all the same"});
}

TEST_CASE_METHOD(with_history, "a commit that is missing at either end is named", "[doctor]") {
  make();
  const std::uint64_t missing = GENERATE(1u, 55u);
  tamperer(folder.path()).remove(family::commits, seq_key(1, missing));

  check_both(only_finding(), verdict::damaged, {"seq " + std::to_string(missing), "missing"},
             {missing == 1 ? "no record before it can be had" : "records 1 to 54"});
}

TEST_CASE_METHOD(with_history,
                 "a head that is wrong is named, and the records are proved all the same",
                 "[doctor]") {
  make();
  tamperer(folder.path()).flip(family::heads, world_key(1), GENERATE(5u, 20u));

  check_both(only_finding(), verdict::damaged, {"of the head", "should be"},
             {"records 1 to 64", "does not start"});
}

TEST_CASE_METHOD(with_history, "a head that is missing or not readable is named", "[doctor]") {
  make();
  const bool missing = GENERATE(true, false);
  {
    tamperer t(folder.path());
    if (missing) t.remove(family::heads, world_key(1));
    else t.put(family::heads, world_key(1), "?");
  }

  check_both(only_finding(), verdict::damaged,
             {"world 1", "the head", missing ? "is missing" : "not readable"},
             {"unscripted restore"});
  auto s = open_store(folder.path());
  history_reader reader(*s, 1);
  CHECK_FALSE(reader.recover());  // and it is not taken for an empty world
}

TEST_CASE_METHOD(with_history, "a head that counts wrong is named, and no harm", "[doctor]") {
  make();
  {
    tamperer t(folder.path());
    auto head = *decode_head(t.get(family::heads, world_key(1)));
    head.commit_count += 2;
    std::string bytes;
    encode_head(head, bytes);
    t.put(family::heads, world_key(1), bytes);
  }

  check_both(only_finding(), verdict::usable_with_care, {"count 7 commits", "counts 9"},
             {"every record is there"});
}

TEST_CASE_METHOD(with_history, "a broken snapshot costs only time", "[doctor]") {
  make({24, 44});
  const std::uint64_t seq = GENERATE(24u, 44u);
  tamperer(folder.path()).flip(family::snapshots, seq_key(1, seq), GENERATE(0u, 3u, 12u, 60u));

  check_both(only_finding(), verdict::usable_with_care, {"snapshot at seq " + std::to_string(seq)},
             {"costs only time"});
  CHECK(proved().size() == 1);
}

TEST_CASE_METHOD(with_history, "a readable snapshot of another state is named", "[doctor]") {
  make({24, 44});
  {
    auto s = open_store(folder.path());
    const auto other = must(history_reader(*s, 1).state_at(34));
    const auto snapshots = family::snapshots;
    rocksdb::WriteBatch batch;
    batch.Put(s->internals().handle(snapshots), seq_key(1, 44),
              encode_snapshot(*other.world, chain_value{}));
    must(s->internals().write(batch));
  }

  check_both(only_finding(), verdict::usable_with_care,
             {"snapshot at seq 44", "should be that at seq 44, is that at seq 34"}, {});
}

TEST_CASE_METHOD(with_history, "a snapshot at a place where none can be is named", "[doctor]") {
  make({24});
  const std::uint64_t seq = GENERATE(28u, 90u);
  {
    auto s = open_store(folder.path());
    rocksdb::WriteBatch batch;
    batch.Put(s->internals().handle(family::snapshots), seq_key(1, seq),
              encode_snapshot(*must(history_reader(*s, 1).state_at(28)).world, chain_value{}));
    must(s->internals().write(batch));
  }

  check_both(only_finding(), verdict::usable_with_care,
             {"snapshot at seq " + std::to_string(seq), seq == 28 ? "amid" : "behind the end"}, {});
}

TEST_CASE_METHOD(with_history, "a pruned history without its first state is damaged", "[doctor]") {
  make({44});
  {
    auto s = open_store(folder.path());
    REQUIRE(must(s->prune(1, 24)).base_seq == 24);
  }
  tamperer(folder.path()).flip(family::snapshots, seq_key(1, 24), 50);

  check_both(only_finding(), verdict::damaged, {"seq 24", "begins with"},
             {"no record before it can be had", "records 45 to 64 behind it", "starts this world"});
}

// -- damaged lists -------------------------------------------------------------------------------

TEST_CASE_METHOD(with_history, "a catalogue that is missing or broken is named", "[doctor]") {
  make();
  const bool missing = GENERATE(true, false);
  const auto key = digest_key(test_catalogue()->digest());
  {
    tamperer t(folder.path());
    if (missing) t.remove(family::plugins, key);
    else t.flip(family::plugins, key, 12);
  }

  const auto all = examined(folder.path());

  CHECK(all.overall() == verdict::usable_with_care);
  CHECK(holds(all_words(all), "catalogue " + to_hex(test_catalogue()->digest())));
  CHECK(all.worlds[0].proved.size() == 1);
  if (!missing) return;
  REQUIRE(all.worlds[0].findings.size() == 1);
  CHECK(holds(all.worlds[0].findings[0].wrong, "the commit at seq 5 names"));
}

TEST_CASE_METHOD(with_history, "a broken entry is named, and the history looked at", "[doctor]") {
  make();
  tamperer(folder.path()).put(family::worlds, world_key(1), "\x09");

  const auto all = examined(folder.path());

  REQUIRE(all.findings.size() == 1);
  check_both(all.findings[0], verdict::damaged, {"entry of world 1"}, {"refuses the whole folder"});
  REQUIRE(all.worlds.size() == 1);
  CHECK(all.worlds[0].name.empty());
  CHECK(all.worlds[0].sound());
  CHECK(all.worlds[0].proved.size() == 1);
}

TEST_CASE_METHOD(with_history, "a world that is missing in the list is named", "[doctor]") {
  make({24});
  tamperer(folder.path()).remove(family::worlds, world_key(1));

  const auto all = examined(folder.path());

  REQUIRE(all.findings.size() == 1);
  check_both(all.findings[0], verdict::damaged,
             {"world 1", "a head, commits, snapshots", "is missing there"}, {"unscripted restore"});
}

TEST_CASE_METHOD(with_history, "what a deletion or an import left is as it should be", "[doctor]") {
  make();
  const bool deleted = GENERATE(true, false);
  tamperer(folder.path()).put(family::worlds, world_key(1), std::string(1, deleted ? 0 : 2));

  const auto all = examined(folder.path());

  CHECK(all.overall() == verdict::sound);
  CHECK(all.worlds.empty());
  REQUIRE(all.findings.size() == 1);
  check_both(all.findings[0], verdict::sound,
             {"world 1", deleted ? "was deleted" : "was not imported", "a head, commits"},
             {"the next start"});
}

TEST_CASE_METHOD(with_history, "a next world's number that is taken is named", "[doctor]") {
  make();
  tamperer(folder.path()).put(family::meta, "next_world", GENERATE("\x01", "\xff"));

  const auto all = examined(folder.path());

  REQUIRE(all.findings.size() == 1);
  check_both(all.findings[0], verdict::damaged, {"next world should be above 1"},
             {"make no world"});
}

// -- folders that do not open --------------------------------------------------------------------

TEST_CASE_METHOD(with_history, "a folder in use, of a newer format, or none, is not examined",
                 "[doctor]") {
  make();
  std::unique_ptr<store> user;
  fs::path where = folder.path();
  std::string expected;
  SECTION("in use") {
    user = open_store(where);
    expected = "in use by process " + std::to_string(getpid());
  }
  SECTION("newer") {
    tamperer(where).put(family::meta, "format", "\x09");
    expected = "has format 9";
  }
  SECTION("no history") {
    where /= "nothing";
    fs::create_directory(where);
    expected = "holds no history";
  }

  const auto all = examined(where);

  CHECK(all.overall() == verdict::not_examined);
  REQUIRE(all.findings.size() == 1);
  CHECK(holds(all.findings[0].wrong, expected));
  CHECK(all.worlds.empty());
}

TEST_CASE_METHOD(with_history, "a folder without CURRENT is damaged, and its manifest named",
                 "[doctor]") {
  make();
  const std::string manifest = bytes_of(folder.path() / "CURRENT");
  fs::remove(folder.path() / "CURRENT");

  const auto all = examined(folder.path());

  CHECK(all.overall() == verdict::damaged);
  check_both(all.findings[0], verdict::damaged, {"its file CURRENT is missing"},
             {manifest.substr(0, manifest.size() - 1), "refuses", "unscripted restore"});
}

TEST_CASE_METHOD(with_history, "a manifest that was cut is refused, and no table deleted",
                 "[doctor]") {
  make({24});
  {
    auto s = open_store(folder.path());
    must(s->compact(1));
  }
  std::string manifest = bytes_of(folder.path() / "CURRENT");
  manifest.pop_back();
  const auto bytes = bytes_of(folder.path() / manifest);
  put_bytes(folder.path() / manifest, bytes.substr(0, bytes.size() / GENERATE(2u, 3u, 8u)));

  const auto all = examined(folder.path());
  check_both(all.findings.at(0), verdict::damaged, {manifest, "bytes and had"}, {"refuses"});

  const auto before = state_of(folder.path());
  const auto s = store::open(folder.path(), durability::wal, {.accept_data_loss = true});
  REQUIRE_FALSE(s);
  CHECK(s.why().kind == failure_kind::corrupt);
  for (const auto& [name, file] : before)
    if (name.ends_with(".sst") || name.ends_with(".log")) CHECK(bytes_of(name) == file.bytes);

  put_bytes(folder.path() / manifest, bytes);
  CHECK(examined(folder.path()).overall() == verdict::sound);
}

TEST_CASE("a garbled log is judged as a server would", "[doctor]") {
  temp_folder around;
  const auto killed = around.path() / "killed";
  std::uint64_t acknowledged = 0;
  {
    auto s = open_store(around.path() / "living");
    living_world w(*s, new_world(*s, "one"), 3);
    w.found("one");
    w.live(100, 10);
    acknowledged = s->internals().db().GetLatestSequenceNumber();
    w.live(10, 10);
    copy_as_killed(s->internals(), killed);
  }
  for (const auto& entry : fs::directory_iterator(killed))
    if (entry.path().extension() == ".log" && entry.file_size() > 0) {
      const auto bytes = bytes_of(entry.path());
      put_bytes(entry.path(), flipped(bytes, bytes.size() - 5));
    }
  const bool was_acknowledged = GENERATE(true, false);
  if (!was_acknowledged) must(watermark::begin(killed, acknowledged));

  const auto all = examined(killed);

  REQUIRE(all.findings.size() == 1);
  if (was_acknowledged)
    check_both(all.findings[0], verdict::damaged, {"acknowledged writes are missing", "--accept"},
               {"a server refuses it", "copy"});
  else
    check_both(all.findings[0], verdict::usable_with_care, {"nothing acknowledged is missing"},
               {"a server opens it"});
}
