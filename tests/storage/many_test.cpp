// Many worlds, long histories, several threads.
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

[[maybe_unused]] std::size_t resident_bytes() {  // not under a sanitizer
  std::ifstream in("/proc/self/statm");
  std::size_t whole = 0, resident = 0;
  in >> whole >> resident;
  return resident * 4096;
}

}  // namespace

TEST_CASE("histories of many worlds that write in turns do not mix") {
  const auto seed = a_seed();
  CAPTURE(seed);
  temp_folder folder;
  auto s = open_store(folder.path());
  std::vector<living_world> worlds;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const auto number = new_world(*s, "world " + std::to_string(i));
    worlds.emplace_back(*s, number, seed + i);
    worlds.back().found("world " + std::to_string(i), 1 + i % 3);
  }
  core::keyed_random turns(seed, 0);
  for (int i = 0; i < 400; ++i)
    worlds[turns.below(worlds.size())].live(turns.below(20), 1 + turns.below(9));

  for (living_world& w : worlds) {
    const auto back = must(w.past().recover());
    CHECK(back.world->hash() == w.state().hash());
    CHECK(back.world->settings().name == w.state().settings().name);
  }
}

#ifndef __SANITIZE_ADDRESS__  // which keeps what is freed
TEST_CASE("reading a long history takes no more memory than reading a short one") {
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, 1);
  w.found("one");
  w.live(300'000, 1000);
  history_reader reader(*s, number);
  const auto nothing = [](const core::record&) { return true; };
  must(reader.read(1, 20'000, nothing));
  const std::size_t before = resident_bytes();

  must(reader.read(1, 1'000'000, nothing));

  CHECK(resident_bytes() < before + (std::size_t{8} << 20));
}
#endif

TEST_CASE("histories written, read and deleted by several threads at once stay whole") {
  const auto seed = a_seed();
  CAPTURE(seed);
  temp_folder folder;
  auto s = open_store(folder.path());
  std::vector<living_world> worlds;
  for (std::uint64_t i = 0; i < 3; ++i) {
    worlds.emplace_back(*s, new_world(*s, "world " + std::to_string(i)), seed + i);
    worlds.back().found("world");
  }

  std::atomic<std::size_t> writing{worlds.size()}, wrong{0};
  std::vector<std::thread> threads;
  for (living_world& w : worlds)
    threads.emplace_back([&w, &writing] {
      w.live(6000, 3);
      --writing;
    });
  threads.emplace_back([&] {
    history_reader reader(*s, 1);
    while (writing > 0) {
      std::uint64_t last = 0;
      const auto count = reader.read(1, 1'000'000, [&](const core::record& r) {
        wrong += r.seq != ++last;
        return true;
      });
      if (!count || *count != last) ++wrong;
    }
  });
  threads.emplace_back([&] {
    while (writing > 0) {
      const auto number = s->create_world("short-lived", 0);
      if (!number || s->delete_world(*number)) ++wrong;
    }
  });
  for (std::thread& t : threads) t.join();
  must(s->wait_for_reclaim());

  CHECK(wrong == 0);
  for (living_world& w : worlds) CHECK(must(w.past().recover()).world->hash() == w.state().hash());
}
