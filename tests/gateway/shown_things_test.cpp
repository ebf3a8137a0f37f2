// What is kept of the text of things is what would be written anew.
#include "gateway/encoder.hpp"
#include "gateway/shown_things.hpp"
#include "tests/gateway/history_world.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace unscripted;
using namespace unscripted::gateway;
using namespace unscripted::gateway::testing;

namespace {

constexpr core::micrometres everything = 1'000'000'000'000;

std::string all_that(core::serial bot, const core::world& sees) {
  const actors::view shown{sees, 1, storage::durability::memory, false};
  std::string out;
  encoder{sees.shared_catalogue()}.item(out, actors::perceived{bot, everything, false}, &shown);
  return out;
}

/// In a thread of its own, where nothing is kept.
std::string all_that_anew(core::serial bot, const core::world& sees) {
  std::string out;
  std::thread([&] { out = all_that(bot, sees); }).join();
  return out;
}

core::serial any_bot(const core::world& in) {
  for (core::serial id = 1; id < 1000; ++id) {
    const core::thing* t = in.find(id);
    if (t && !t->is_carried()) return id;
  }
  return core::no_thing;
}

}  // namespace

TEST_CASE("what a bot sees is what it would see without anything kept") {
  scratch_store one, other;
  wild_world here(*one, "here", 5), there(*other, "there", 6);
  std::size_t looks = 0;
  for (int i = 0; i < 150; ++i) {
    for (wild_world* world : {&here, &there}) {
      world->live(3);
      const core::serial bot = any_bot(world->state());
      if (bot == core::no_thing) continue;
      CAPTURE(i, bot);
      const std::string seen = all_that(bot, world->state());
      REQUIRE(seen == all_that_anew(bot, world->state()));
      REQUIRE(seen == all_that(bot, world->state()));
      looks += seen.find(R"("things":[{)") != seen.npos;
    }
  }
  CHECK(looks > 100);
}

TEST_CASE("a text is found by all that it was made of, and by nothing else") {
  shown_things kept;
  core::thing t;
  t.id = 3;
  t.cells = {1, 2};
  const core::vec3 pos{1, 2, 3}, elsewhere{1, 2, 4};
  CHECK_FALSE(kept.find({7, 1, pos, t}));
  kept.keep({7, 1, pos, t}, "as it is");
  REQUIRE(kept.find({7, 1, pos, t}));
  CHECK(*kept.find({7, 1, pos, t}) == "as it is");
  CHECK_FALSE(kept.find({8, 1, pos, t}));
  CHECK_FALSE(kept.find({7, 2, pos, t}));
  CHECK_FALSE(kept.find({7, 1, elsewhere, t}));
  const auto changed = [&](auto change) {
    core::thing other = t;
    change(other);
    return !kept.find({7, 1, pos, other});
  };
  CHECK(changed([](core::thing& x) { x.id += 4096; }));
  CHECK(changed([](core::thing& x) { x.kind = 2; }));
  CHECK(changed([](core::thing& x) { x.parent = 2; }));
  CHECK(changed([](core::thing& x) { x.dims.y = 1; }));
  CHECK(changed([](core::thing& x) { x.cells[1] = 3; }));
  CHECK(changed([](core::thing& x) { x.texts = {"a"}; }));
  CHECK(changed([](core::thing& x) { x.name = "a"; }));
  CHECK(changed([](core::thing& x) { x.mind = "random"; }));

  kept.keep({7, 1, elsewhere, t}, std::string(2000, 'x'));
  CHECK_FALSE(kept.find({7, 1, elsewhere, t}));
  CHECK(kept.find({7, 1, pos, t}));
}
