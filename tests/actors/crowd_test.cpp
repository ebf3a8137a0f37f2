// Many worlds with many bots at once, and the end of a busy server.
#include "core/random.hpp"
#include "tests/actors/server.hpp"
#include "tests/plugins/scratch.hpp"

#include <atomic>
#include <chrono>
#include <thread>

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

world_request any_request(core::keyed_random& chance) {
  const core::serial thing = 1 + chance.below(20);
  switch (chance.below(12)) {
    case 0: return make("bot", chance.below(2) == 0 ? "" : "random");
    case 1: return remove(thing);
    case 2: return attach(thing, chance.below(2) == 0);
    case 3: return detach(thing);
    case 4: return show_world_request{};
    case 5: return list_things_request{};
    case 6: return flush_request{chance.below(2) == 0};
    case 7: return watch(1000);
    case 8: return see(thing);
    default: return act(thing, chance.below(2) == 0 ? "pass" : "walk");
  }
}

// One connection after another asks whatever comes to its mind, of worlds that come and go. Returns
// how many requests were not answered exactly once.
std::size_t visit(engine& worlds, core::keyed_random chance, connection_id first) {
  std::size_t wrong = 0;
  for (connection_id id = first; id < first + 150; ++id) {
    const auto client = std::make_shared<recorder>(id);
    const auto way = worlds.open_port(client);
    const std::size_t asked = 1 + chance.below(100);
    for (std::size_t i = 0; i < asked; ++i) {
      const auto world = static_cast<core::world_number>(1 + chance.below(8));
      way->submit(world, {std::to_string(i), 0, {}, 0}, any_request(chance));
      if (chance.below(4) == 0) way->flush();
    }
    way->flush();
    if (chance.below(4) == 0) continue;  // it leaves without waiting
    if (!client->wait_until_answered(asked)) ++wrong;
    if (client->answered() != asked || !client->aborted().empty()) ++wrong;
  }
  return wrong;
}

}  // namespace

TEST_CASE("every request of clients that come and go is answered once, whatever worlds do") {
  const auto seed =
      static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  CAPTURE(seed);
  tests::scratch folder;
  const auto store = open_store(folder.path());
  server s(2, store.get());
  const core::pace paces[] = {core::pace::free, core::pace::lockstep, core::pace::realtime};
  const auto begin = [&](std::uint64_t i) {
    population p = crowd(i, paces[i % 3]);
    p.bots = p.wells = 0;  // whoever comes first brings them
    p.room = 10;
    p.speed = 100;
    p.deadline_ms = 10;
    s.let_live(s.found(p), 1'000'000);
  };
  for (std::uint64_t i = 0; i < 4; ++i) begin(i);
  std::atomic<std::size_t> wrong{0};
  std::vector<std::jthread> visitors;
  for (std::uint64_t t = 0; t < 3; ++t)
    visitors.emplace_back(
        [&, t] { wrong += visit(s.inside(), core::keyed_random(seed, t), 1000 * (t + 1)); });
  const auto owner = std::make_shared<recorder>(2);
  for (core::world_number world = 1; world <= 4; ++world) {
    begin(3 + world);
    s.inside().delete_world(owner, {std::to_string(world), 0, {}, 0}, world);
    CHECK(owner->wait_for(std::to_string(world)) == "deleted 1");
  }
  visitors.clear();
  CHECK(wrong == 0);
  CHECK(s.warnings().empty());
}

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
    for (core::world_number world = 1; world <= 8; ++world) seen.push_back(s.wait_for(world, 20));
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
