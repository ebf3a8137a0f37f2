// Pushing crates, walls that stand, wells that run dry.
#include "tests/plugins/village_world.hpp"

using namespace unscripted;
using namespace unscripted::tests;

namespace {

/// Crate 2, which bot 1 can push along +x.
struct with_crate : village_world {
  with_crate() : bot(create("bot", 3, 5)), crate(create("crate", 4, 5)) {}

  core::serial bot, crate;
};

}  // namespace

TEST_CASE_METHOD(with_crate, "a crate slides 0.8 m straight away from whoever pushes it") {
  CHECK(is_done(bot, "push", crate));
  CHECK(pos(crate) == core::vec3{4'800'000, 0, 5'000'000});
  CHECK(pos(bot) == core::vec3{3'000'000, 0, 5'000'000});

  const auto behind = create("bot", 4.8, 6);
  CHECK(is_done(behind, "push", crate));
  CHECK(pos(crate) == core::vec3{4'800'000, 0, 4'200'000});
}

TEST_CASE_METHOD(with_crate, "a crate with another behind it stays, and so does the other") {
  const auto next = create("crate", 5, 5);
  CHECK(refusal(bot, "push", crate) == "blocked");
  CHECK(pos(crate).x == 4'000'000);
  CHECK(pos(next).x == 5'000'000);
}

TEST_CASE_METHOD(with_crate, "a crate is not pushed into whatever is solid") {
  const std::string kind = GENERATE("bot", "well", "wall", "crate");
  create(kind, kind == "wall" ? 6 : 5.1, 5);
  CHECK(refusal(bot, "push", crate) == "blocked");
  CHECK(pos(crate).x == 4'000'000);
}

TEST_CASE_METHOD(with_crate, "a crate slides over what is not solid") {
  create("stone", 4.8, 5);
  create("food", 4.8, 5);
  CHECK(is_done(bot, "push", crate));
}

TEST_CASE("a crate does not leave the world") {
  village_world w;
  const auto bot = w.create("bot", 8.5, 5);
  const auto crate = w.create("crate", 9.5, 5);
  CHECK(w.refusal(bot, "push", crate) == "blocked");
  CHECK(w.pos(crate).x == 9'500'000);
}

TEST_CASE_METHOD(with_crate, "a crate that is too far away stays") {
  CHECK(refusal(bot, "push", create("crate", 9, 9)) == "not_in_reach");
}

TEST_CASE_METHOD(with_crate, "a crate stands in the way of a step until it is pushed") {
  REQUIRE(refusal(bot, "walk", core::world_serial, {{"angle", 0.0}}) == "blocked");
  REQUIRE(is_done(bot, "push", crate));
  CHECK(is_done(bot, "walk", core::world_serial, {{"angle", 0.0}}));
}

TEST_CASE("a wall is two metres of solid ground that offers nothing") {
  village_world w;
  const auto bot = w.create("bot", 4.6, 5);
  const auto wall = w.create("wall", 6, 5);
  CHECK(w.world().find(wall)->dims == core::vec3{2'000'000, 2'000'000, 300'000});
  CHECK(w.refusal(bot, "walk", core::world_serial, {{"angle", 0.0}}) == "blocked");
  CHECK(w.complaint({bot, "push", core::thing_id{1, wall}, {}}) ==
        "a wall offers no action `push`; it offers nothing");
}

namespace {

/// Well 2 beside bot 1.
struct with_well : village_world {
  explicit with_well(std::int64_t refill)
    : village_world({{"refill", refill}, {"day", std::int64_t{1'000'000}}}),
      bot(create("bot", 5, 5)), well(create("well", 6, 5)) {}

  void empty() {
    for (int i = 0; i < 20; ++i) REQUIRE(is_done(bot, "drink", well));
  }

  core::serial bot, well;
};

}  // namespace

TEST_CASE("a well gives twenty draughts and is dry then") {
  with_well w(1'000'000);
  w.empty();
  CHECK(w.integer(w.well, "water") == 0);
  const double before = w.number(w.bot, "drink");

  CHECK(w.refusal(w.bot, "drink", w.well) == "the well is dry");

  CHECK(w.number(w.bot, "drink") < before);
  CHECK(w.integer(w.well, "water") == 0);
}

TEST_CASE("a dry well gets back one draught every `refill` ticks, and no more than it holds") {
  with_well w(30);  // longer than it takes to drink it empty
  w.empty();
  REQUIRE(w.integer(w.well, "water") == 0);

  w.tick(30 - static_cast<int>(w.world().tick() % 30) - 1);
  CHECK(w.integer(w.well, "water") == 0);
  w.tick();
  CHECK(w.integer(w.well, "water") == 1);
  CHECK(w.is_done(w.bot, "drink", w.well));
  w.tick(30 * 30);
  CHECK(w.integer(w.well, "water") == 20);
}

TEST_CASE("where the rules say nothing of refilling a well never runs dry") {
  with_well w(0);
  for (int i = 0; i < 100; ++i) REQUIRE(w.is_done(w.bot, "drink", w.well));
  CHECK(w.integer(w.well, "water") == 20);
  w.tick(100);
}

TEST_CASE("a world that began with the shipped plugins goes on in the village") {
  small_world w(shipped_and().catalogue, {{"day", std::int64_t{4}}});
  const auto bot = w.create("bot", 5, 5);
  const auto well = w.create("well", 6, 5);
  w.act(bot, "drink", well);

  w.load(village_catalogue());

  CHECK(w.act(bot, "drink", well).outcome == core::outcome::done);
  CHECK(w.number(bot, "drink") == 0.75);
  CHECK(w.get(well, "water").as_integer() == 20);
  CHECK(w.number(bot, "energy") == 1 - 1.0 / 12);
  CHECK(w.act(bot, "eat", w.create("food", 5.3, 5)).outcome == core::outcome::done);
  CHECK(w.get(bot, "age").as_integer() == 3);
}

TEST_CASE("a village that is empty of its things can go back to the shipped plugins") {
  small_world w(village_catalogue());
  const auto bot = w.create("bot", 5, 5);
  const auto well = w.create("well", 6, 5);
  w.act(bot, "say", bot, {{"words", std::string("farewell")}});

  w.load(shipped_and().catalogue);

  CHECK(w.act(bot, "drink", well).outcome == core::outcome::done);
}
