// Many worlds with many bots at once, and the end of a busy server.
#include "tests/actors/server.hpp"
#include "tests/plugins/scratch.hpp"

#include <chrono>

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

constexpr std::uint64_t last_tick = 300;

population crowd(std::uint64_t i, core::pace pace = core::pace::lockstep) {
  population p;
  p.name = "crowd " + std::to_string(i);
  p.seed = 1000 + i;
  p.pace = pace;
  p.bots = 50;
  p.wells = 5;
  p.metres = 20;
  p.day = 100;
  p.lifespan = 200;
  return p;
}

}  // namespace

TEST_CASE("eight worlds of fifty bots side by side end as each of them does alone") {
  tests::scratch folder;
  const auto store = open_store(folder.path());
  std::vector<standing> together;
  {
    server s(2, store.get());
    for (std::uint64_t i = 0; i < 8; ++i) s.found(crowd(i));
    for (core::world_number world = 1; world <= 8; ++world) s.let_live(world, last_tick);
    for (core::world_number world = 1; world <= 8; ++world)
      together.push_back(s.wait_for(world, last_tick));
    CHECK(s.inside().count().bots == 8 * 50);
  }
  for (std::uint64_t i = 0; i < 8; ++i) {
    CAPTURE(i);
    server s(1);
    const auto world = s.found(crowd(i));
    s.let_live(world, last_tick);
    CHECK(s.wait_for(world, last_tick) == together[i]);
  }
}

TEST_CASE("a server that is stopped in full life returns soon, and finds all its worlds again") {
  tests::scratch folder;
  const auto store = open_store(folder.path());
  std::vector<standing> seen;
  std::chrono::steady_clock::time_point stopping;
  {
    server s(2, store.get());
    for (std::uint64_t i = 0; i < 8; ++i)
      s.found(crowd(i, i % 2 == 0 ? core::pace::free : core::pace::lockstep));
    for (core::world_number world = 1; world <= 8; ++world) s.let_live(world, 1'000'000);
    for (core::world_number world = 1; world <= 8; ++world)
      seen.push_back(s.wait_for(world, 20));
    stopping = std::chrono::steady_clock::now();
  }
  CHECK(std::chrono::steady_clock::now() - stopping < std::chrono::seconds{20});

  server s(2, store.get());
  CHECK(s.warnings().empty());
  for (core::world_number world = 1; world <= 8; ++world) {
    const standing now = s.show(world);
    CHECK(now.seq >= seen[world - 1].seq);
    CHECK(now.tick >= seen[world - 1].tick);
    s.let_live(world, 0);
    const standing end = s.show(world);
    storage::history_reader reader(*store, world);
    const auto state = reader.state_at(end.seq);
    REQUIRE(state);
    CHECK(state->world->hash() == end.hash);
    CHECK(state->world->rehash() == end.hash);
  }
}

TEST_CASE("worlds are created, lived in and deleted without end, and nothing is left of them") {
  tests::scratch folder;
  const auto store = open_store(folder.path());
  server s(2, store.get());
  const auto client = std::make_shared<recorder>(2);
  for (std::uint64_t i = 0; i < 30; ++i) {
    population p = crowd(i, i % 2 == 0 ? core::pace::free : core::pace::lockstep);
    p.name = "fleeting";
    p.bots = 5;
    const auto world = s.found(p);
    s.let_live(world, 1'000'000);
    s.wait_for(world, 2);
    s.inside().delete_world(client, {std::to_string(i), 0, {}, 0}, world);
    REQUIRE(client->wait_for(std::to_string(i)) == "deleted 1");
    CHECK(s.ask(world, show_world_request{}) == "!not_found");
  }
  CHECK(s.inside().count().worlds == 0);
  CHECK(s.inside().count().bots == 0);
  CHECK(store->worlds()->empty());
  REQUIRE_FALSE(store->wait_for_reclaim());
}
