// The same seed gives the same world: on any number of threads, with and without a history, through
// restarts, in every build, and on processors without AVX2 and FMA (see tests/CMakeLists.txt).
#include "tests/actors/server.hpp"
#include "tests/plugins/scratch.hpp"

#include <cstdio>

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

// Ten bots and two wells after 2000 ticks. A change of it is a change of what happens in worlds:
// say why in the commit.
constexpr std::uint64_t golden_tick = 2000;
constexpr std::uint64_t golden_hash = 0x26821299e3021968;

void check_golden(const standing& s) {
  char found[32];
  std::snprintf(found, sizeof found, "0x%016llx", static_cast<unsigned long long>(s.hash));
  INFO("constexpr std::uint64_t golden_hash = " << found << ";");
  CHECK(s.tick == golden_tick);
  CHECK(s.hash == golden_hash);
}

standing live(server& s) {
  const auto world = s.found({});
  s.let_live(world, golden_tick);
  return s.wait_for(world, golden_tick);
}

}  // namespace

TEST_CASE("the same seed gives the same world on any number of threads", "[determinism]") {
  for (const unsigned threads : {1u, 2u, 4u}) {
    CAPTURE(threads);
    server s(threads);
    check_golden(live(s));
  }
}

TEST_CASE("a world is the same with a history as without, on any number of threads",
          "[determinism]") {
  for (const unsigned threads : {1u, 2u, 4u}) {
    CAPTURE(threads);
    tests::scratch folder;
    const auto store = open_store(folder.path());
    server s(threads, store.get());
    const standing end = live(s);
    check_golden(end);
    storage::history_reader reader(*store, s.find("eden"));
    const auto state = reader.state_at(end.seq);
    REQUIRE(state);
    CHECK(state->world->hash() == end.hash);
    CHECK(state->world->rehash() == end.hash);
  }
}

// The pause at half-time is a command as well, and draws its own luck: not the golden world.
TEST_CASE("a world that was stopped half-way ends where one does that was not", "[determinism]") {
  const auto live_half = [](server& s, core::world_number world, std::uint64_t until) {
    s.let_live(world, until);
    return s.wait_for(world, until);
  };
  server straight(2);
  const auto one = straight.found({});
  const standing half = live_half(straight, one, golden_tick / 2);
  const standing end = live_half(straight, one, golden_tick);

  tests::scratch folder;
  {
    const auto store = open_store(folder.path());
    server s(2, store.get());
    CHECK(live_half(s, s.found({}), golden_tick / 2) == half);
  }
  const auto store = open_store(folder.path());
  server s(4, store.get());
  CHECK(s.show(s.find("eden")) == half);
  CHECK(live_half(s, s.find("eden"), golden_tick) == end);
}

TEST_CASE("a world that is stopped in full life, again and again, ends where it would have",
          "[determinism]") {
  tests::scratch folder;
  const auto store = open_store(folder.path());
  {
    server s(2, store.get());
    s.let_live(s.found({}), golden_tick);
  }
  standing now;
  for (int restarts = 0; now.tick < golden_tick; ++restarts) {
    server s(2, store.get());
    now = s.wait_for(s.find("eden"), now.tick + 1);
    CAPTURE(restarts);
    CHECK(s.warnings().empty());
  }
  check_golden(now);
}

TEST_CASE("a world of another seed is another world", "[determinism]") {
  server s(2);
  const auto world = s.found({.seed = 43});
  s.let_live(world, golden_tick);
  CHECK(s.wait_for(world, golden_tick).hash != golden_hash);
}
