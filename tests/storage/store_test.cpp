#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The files of a folder that hold these bytes.
std::vector<std::string> files_with(const std::filesystem::path& folder, const std::string& bytes) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    if (holds(all, bytes)) found.push_back(entry.path().filename().string());
  }
  return found;
}

}  // namespace

TEST_CASE("durabilities are read as they are written") {
  for (const auto d : {durability::memory, durability::wal, durability::fsync})
    CHECK(parse_durability(to_string(d)) == d);
  CHECK_FALSE(parse_durability("disk"));
}

TEST_CASE("worlds are listed with the names they have after a restart") {
  temp_folder folder;
  {
    auto s = open_store(folder.path());
    CHECK(new_world(*s, "one") == 1);
    CHECK(new_world(*s, "two") == 2);
    CHECK(new_world(*s, "three") == 3);
    must(s->rename_world(2, "deux"));
    must(s->delete_world(3));
  }

  auto s = open_store(folder.path());
  const auto worlds = must(s->worlds());

  const std::vector<world_entry> expected{{1, "one", 1'700'000'000'000},
                                          {2, "deux", 1'700'000'000'000}};
  CHECK(worlds == expected);
}

TEST_CASE("the number of a deleted world is not given again") {
  temp_folder folder;
  {
    auto s = open_store(folder.path());
    new_world(*s, "one");
    must(s->delete_world(1));
    must(s->wait_for_reclaim());
  }
  auto s = open_store(folder.path());

  CHECK(must(s->worlds()).empty());
  CHECK(new_world(*s, "one") == 2);
}

TEST_CASE("what is done to a world that is not there is refused by name") {
  temp_folder folder;
  auto s = open_store(folder.path());
  new_world(*s, "one");
  must(s->delete_world(1));

  for (const core::world_number number : {1u, 7u}) {
    CHECK(s->delete_world(number)->kind == failure_kind::not_found);
    CHECK(s->rename_world(number, "x")->kind == failure_kind::not_found);
    const auto h = history::open(*s, number);
    REQUIRE_FALSE(h);
    CHECK(h.why().kind == failure_kind::not_found);
    CHECK(holds(h.why().message, "world " + std::to_string(number)));
  }
}

TEST_CASE("a deleted world leaves no byte of its names on the disk, its neighbours lose none") {
  const auto mode = GENERATE(durability::wal, durability::fsync);
  temp_folder folder;
  auto s = open_store(folder.path(), mode);
  std::vector<living_world> worlds;
  for (const char* name : {"neighbour-before", "zanzibar-the-doomed", "neighbour-after"}) {
    worlds.emplace_back(*s, new_world(*s, name), 7);
    worlds.back().found(name, 3, std::string("bot-of-") + name);
    worlds.back().live(500, 20);
    worlds.back().snapshot();
  }
  if (mode == durability::fsync) {  // some of it in files other than the write-ahead log
    s.reset();
    s = open_store(folder.path(), mode);
    worlds.clear();
    for (const core::world_number number : {1u, 2u, 3u}) {
      worlds.emplace_back(*s, number, number);
      worlds.back().recover();
      worlds.back().live(100, 20);
      worlds.back().snapshot();
    }
  }
  REQUIRE_FALSE(files_with(folder.path(), "zanzibar-the-doomed").empty());

  must(s->delete_world(2));
  must(s->wait_for_reclaim());

  CHECK(files_with(folder.path(), "zanzibar").empty());
  for (const std::size_t i : {0u, 2u}) {
    worlds[i].live(50);
    CHECK(must(worlds[i].past().recover()).world->hash() == worlds[i].state().hash());
  }
}

TEST_CASE("a deletion that was interrupted is finished at the next open") {
  temp_folder folder;
  {
    auto s = open_store(folder.path());
    living_world w(*s, new_world(*s, "zanzibar"), 1);
    w.found("zanzibar", 3, "zanzibari");
    w.live(500, 20);
    must(s->delete_world(1));
  }

  auto s = open_store(folder.path());
  CHECK(must(s->worlds()).empty());
  must(s->wait_for_reclaim());

  CHECK(files_with(folder.path(), "zanzibar").empty());
}

TEST_CASE("a missing folder is made with its parents") {
  temp_folder folder;
  auto s = open_store(folder.path() / "a" / "b");

  CHECK(std::filesystem::is_directory(folder.path() / "a" / "b"));
}

TEST_CASE("a file in the place of the data folder is named") {
  temp_folder folder;
  const auto file = folder.path() / "file";
  std::ofstream(file) << "x";

  for (const auto& where : {file, file / "below"}) {
    const auto s = store::open(where, durability::wal);
    REQUIRE_FALSE(s);
    CHECK(s.why().kind == failure_kind::unusable_folder);
    CHECK(holds(s.why().message, where.string()));
    CHECK(holds(s.why().message, "--data"));
  }
}

TEST_CASE("a data folder without its file CURRENT is refused and left as it is") {
  temp_folder folder;
  {
    auto s = open_store(folder.path());
    living_world w(*s, new_world(*s, "one"), 1);
    w.found("one");
  }
  std::filesystem::rename(folder.path() / "CURRENT", folder.path() / "away");

  const auto refused = store::open(folder.path(), durability::wal);
  REQUIRE_FALSE(refused);
  CHECK(refused.why().kind == failure_kind::corrupt);
  CHECK(holds(refused.why().message, "CURRENT"));

  std::filesystem::rename(folder.path() / "away", folder.path() / "CURRENT");
  auto s = open_store(folder.path());
  CHECK(must(s->worlds()).size() == 1);
}

TEST_CASE("no store is opened for durability memory") {
  temp_folder folder;
  const auto s = store::open(folder.path(), durability::memory);
  REQUIRE_FALSE(s);
  CHECK(s.why().kind == failure_kind::misuse);
}

TEST_CASE("a second store on a folder in this process is refused with its own number") {
  temp_folder folder;
  auto s = open_store(folder.path());

  const auto second = store::open(folder.path(), durability::wal);

  REQUIRE_FALSE(second);
  CHECK(second.why().kind == failure_kind::in_use);
}
