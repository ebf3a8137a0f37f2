// Copies of a data folder that are whole: backups and the way back, checkpoints; and compaction.
#include "storage/backup.hpp"
#include "storage/engine.hpp"
#include "storage/keys.hpp"
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>
#include <thread>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace fs = std::filesystem;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) bytes += entry.file_size();
  return bytes;
}

/// The hash to which world 1 of a folder is recovered.
std::uint64_t hash_in(const fs::path& folder) {
  auto s = open_store(folder);
  auto h = must(history::open(*s, 1));
  return must(h.recover()).world->hash();
}

/// The largest file below a folder.
fs::path largest_in(const fs::path& folder) {
  fs::path largest;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
  return largest;
}

void flip_middle(const fs::path& file) { flip_on_disk(file, fs::file_size(file) / 2); }

/// A store with one world that has lived, beside an empty place for backups.
struct lived_store {
  temp_folder around;
  fs::path data = around.path() / "data";
  fs::path backups = around.path() / "backups";
  fs::path target = around.path() / "target";
  std::unique_ptr<store> s = open_store(data);
  living_world w{*s, new_world(*s, "one"), 3};

  lived_store() {
    w.found("one");
    w.live(3000, 10);
  }
};

}  // namespace

TEST_CASE("each backup is restored to the world of its moment, and later ones share its files") {
  lived_store lived;
  std::atomic<std::uint64_t> copied{0};
  const auto one = must(back_up(lived.s->internals(), lived.backups,
                                [&](std::uint64_t bytes) { return copied = bytes, true; }));
  const std::uint64_t first_hash = lived.w.state().hash();
  const std::uint64_t first_bytes = bytes_in(lived.backups);
  lived.w.live(50, 10);
  const auto two = must(back_up(lived.s->internals(), lived.backups));
  const std::uint64_t second_hash = lived.w.state().hash();
  lived.w.live(50, 10);

  CHECK(one.number == 1);
  CHECK(two.number == 2);
  CHECK(one.bytes > 10'000);
  CHECK(one.new_bytes == one.bytes);
  CHECK(two.new_bytes > 0);
  CHECK(two.new_bytes < two.bytes / 2);
  CHECK(one.files > 2);
  CHECK(one.taken_ms > 1'700'000'000'000);
  CHECK(two.taken_ms >= one.taken_ms);
  CHECK(bytes_in(lived.backups) - first_bytes < two.bytes / 2);
  const auto all = must(list_backups(lived.backups));
  REQUIRE(all.size() == 2);
  CHECK(all[0].number == 1);
  CHECK(all[1].bytes == two.bytes);

  must(restore(lived.backups, 1, lived.around.path() / "first"));
  fs::create_directory(lived.around.path() / "newest");
  must(restore(lived.backups, {}, lived.around.path() / "newest"));
  CHECK(hash_in(lived.around.path() / "first") == first_hash);
  CHECK(hash_in(lived.around.path() / "newest") == second_hash);
  for (const auto& entry : fs::directory_iterator(lived.around.path()))
    CHECK_FALSE(holds(entry.path().string(), ".restoring"));
}

TEST_CASE("a backup taken while worlds are written is a consistent moment of each") {
  lived_store lived;
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) lived.w.live(20, 5);
  });
  std::vector<result<backup_info>> taken;
  for (int i = 0; i < 3; ++i) taken.push_back(back_up(lived.s->internals(), lived.backups));
  stop = true;
  writer.join();

  for (const auto& b : taken) {
    const auto number = must(b).number;
    const auto target = lived.around.path() / ("target-" + std::to_string(number));
    must(restore(lived.backups, number, target));
    auto s = open_store(target);
    CHECK(s->internals().warnings().empty());
    auto h = must(history::open(*s, 1));
    const auto back = must(h.recover());
    CHECK(back.world->seq() >= 3000);
    CHECK(back.world->hash() == lived.w.hashes().at(back.world->seq()));
  }
}

TEST_CASE("a backup goes on after the folder was restored from it") {
  lived_store lived;
  must(back_up(lived.s->internals(), lived.backups));
  must(restore(lived.backups, 1, lived.target));
  std::uint64_t hash = 0;
  {
    auto s = open_store(lived.target);
    living_world w(*s, 1, 8);
    w.recover();
    w.live(30);
    CHECK(must(back_up(s->internals(), lived.backups)).number == 2);
    hash = w.state().hash();
  }
  must(restore(lived.backups, 2, lived.around.path() / "again"));

  CHECK(hash_in(lived.around.path() / "again") == hash);
}

TEST_CASE(
    "a backup with a flipped byte or a cut file is not restored, and leaves nothing half done") {
  lived_store lived;
  must(back_up(lived.s->internals(), lived.backups));
  if (GENERATE(true, false)) flip_middle(largest_in(lived.backups));
  else fs::resize_file(largest_in(lived.backups), 100);

  const auto why = restore(lived.backups, {}, lived.target);

  REQUIRE(why);
  CHECK(why->kind == failure_kind::corrupt);
  CHECK(holds(why->message, "backup 1"));
  CHECK_FALSE(holds(why->message, "\n"));
  CHECK_FALSE(fs::exists(lived.target));
  CHECK_FALSE(fs::exists(lived.target.string() + ".restoring"));
  const auto next = back_up(lived.s->internals(), lived.backups);
  REQUIRE_FALSE(next);  // it would share the damaged file
  CHECK(next.why().kind == failure_kind::corrupt);
  CHECK(must(list_backups(lived.backups)).size() == 1);
}

TEST_CASE("the newest backup is not passed over for an older one when it is damaged") {
  lived_store lived;
  must(back_up(lived.s->internals(), lived.backups));
  must(back_up(lived.s->internals(), lived.backups));
  fs::remove(largest_in(lived.backups / "private" / "2"));

  const auto all = must(list_backups(lived.backups));
  REQUIRE(all.size() == 2);
  CHECK_FALSE(all[0].is_damaged);
  CHECK(all[1].is_damaged);
  const auto why = restore(lived.backups, {}, lived.target);
  REQUIRE(why);
  CHECK(why->kind == failure_kind::corrupt);
  CHECK(holds(why->message, "backup 2"));
  must(restore(lived.backups, 1, lived.target));
}

TEST_CASE("backups go into no folder that holds something else") {
  lived_store lived;
  fs::create_directory(lived.backups);
  std::ofstream(lived.backups / "letter") << "dear";
  std::ofstream(lived.around.path() / "file") << "x";
  fs::create_directory_symlink(lived.data, lived.around.path() / "link");

  for (const auto& into :
       {lived.backups, lived.around.path() / "file", lived.data, lived.data / "deep" / "er",
        lived.around.path() / "link" / "deep", lived.data / "." / "deep", lived.around.path()}) {
    CAPTURE(into);
    const auto b = back_up(lived.s->internals(), into);
    REQUIRE_FALSE(b);
    CHECK(b.why().kind == failure_kind::unusable_folder);
    CHECK(holds(b.why().message, into.string()));
  }
  CHECK_FALSE(fs::exists(lived.data / "deep"));
  CHECK_FALSE(list_backups(lived.backups));
  CHECK_FALSE(list_backups(lived.around.path() / "nowhere"));
}

TEST_CASE("nothing is restored over something, nor what is not there") {
  lived_store lived;
  must(back_up(lived.s->internals(), lived.backups));
  fs::create_directory(lived.target);
  std::ofstream(lived.target / "letter") << "dear";

  CHECK(restore(lived.backups, {}, lived.target)->kind == failure_kind::unusable_folder);
  CHECK(restore(lived.backups, {}, lived.data)->kind == failure_kind::unusable_folder);
  CHECK(restore(lived.backups, {}, lived.backups / "in")->kind == failure_kind::unusable_folder);
  CHECK(restore(lived.target, {}, lived.around.path() / "t")->kind ==
        failure_kind::unusable_folder);
  const auto none = restore(lived.backups, 7, lived.around.path() / "t");
  CHECK(none->kind == failure_kind::not_found);
  CHECK(holds(none->message, "backup 7"));
  CHECK_FALSE(fs::exists(lived.around.path() / "t"));
  CHECK(fs::file_size(lived.target / "letter") == 4);
}

TEST_CASE("what an interrupted restore left is removed, but nothing of anybody else") {
  lived_store lived;
  must(back_up(lived.s->internals(), lived.backups));
  const fs::path place = lived.target.string() + ".restoring";
  fs::create_directory(place);
  std::ofstream(place / "CURRENT") << "half";

  const auto why = restore(lived.backups, {}, lived.target);
  REQUIRE(why);
  CHECK(why->kind == failure_kind::unusable_folder);
  CHECK(fs::exists(place / "CURRENT"));

  std::ofstream(place / lock_file_name) << "1\n";
  std::ofstream(place / "garbage") << "half";
  must(restore(lived.backups, {}, lived.target / ""));
  CHECK(hash_in(lived.target) == lived.w.state().hash());
  CHECK_FALSE(fs::exists(lived.target / "garbage"));
  CHECK_FALSE(fs::exists(place));
}

TEST_CASE("a folder that is opened to read is not backed up") {
  lived_store lived;
  lived.s.reset();
  const auto e = must(engine::open_to_read(lived.data));
  CHECK(back_up(*e, lived.backups).why().kind == failure_kind::misuse);
  CHECK_FALSE(fs::exists(lived.backups));
}

TEST_CASE("a checkpoint is a data folder of the moment it was made") {
  lived_store lived;
  const std::uint64_t hash = lived.w.state().hash();
  must(lived.s->internals().checkpoint(lived.target));
  lived.w.live(30);

  const auto again = lived.s->internals().checkpoint(lived.target);
  REQUIRE(again);
  CHECK(again->kind == failure_kind::unusable_folder);
  CHECK(holds(again->message, lived.target.string()));
  CHECK(engine::open_to_read(lived.target));
  CHECK(hash_in(lived.target) == hash);
  CHECK(must(lived.w.past().recover()).world->hash() == lived.w.state().hash());
  const auto nowhere = lived.s->internals().checkpoint(lived.around.path() / "no" / "where");
  REQUIRE(nowhere);
  CHECK(holds(nowhere->message, "no/where"));
  CHECK_FALSE(lived.s->broken());
}

TEST_CASE("compaction tells the bytes of one world, which its neighbours do not change") {
  lived_store lived;
  living_world other(*lived.s, new_world(*lived.s, "two"), 4);
  other.found("two");
  other.live(6000, 10);
  engine& e = lived.s->internals();

  const auto one = must(e.compact(family::commits, world_key(1), world_key(2)));
  const auto two = must(e.compact(family::commits, world_key(2), world_key(3)));
  const auto three = must(e.compact(family::commits, world_key(3), world_key(4)));

  CHECK(one > 3000);
  CHECK(two > one + one / 2);
  CHECK(two < 3 * one);
  CHECK(three == 0);
  CHECK(must(e.compact(family::commits, world_key(1), world_key(2))) == one);
  CHECK(must(lived.w.past().recover()).world->hash() == lived.w.state().hash());
}

TEST_CASE("a folder of backups is no data folder, neither to write nor to read") {
  temp_folder around;
  {
    auto s = open_store(around.path() / "data");
    must(back_up(s->internals(), around.path() / "backups"));
  }

  const auto written = store::open(around.path() / "backups", durability::wal);
  const auto read = store::open_to_read(around.path() / "backups");

  REQUIRE_FALSE(written);
  CHECK(written.why().kind == failure_kind::unusable_folder);
  CHECK(written.why().message.find("unscripted restore") != std::string::npos);
  CHECK_FALSE(read);
  CHECK(must(list_backups(around.path() / "backups")).size() == 1);
}
