// What an action may write to, and what becomes of one that writes elsewhere.
#include "tests/plugins/small_world.hpp"

using namespace unscripted;
using namespace unscripted::tests;
using core::outcome;

namespace {

core::named_values whom(core::serial id) {
  return {{"whom", core::to_string(core::thing_id{1, id})}};
}

plugins::assembly meddling() {
  auto all = shipped_and({"meddling"});
  REQUIRE(all.refusals.empty());
  return all;
}

}  // namespace

TEST_CASE("every way of writing to a thing out of reach is a fault, and nothing is written") {
  const auto all = meddling();
  for (const char* action : {"set", "add", "write", "move", "put", "take"}) {
    INFO(action);
    small_world w(all.catalogue);
    const auto bot = w.create("bot", 2, 2);
    const auto far = w.create("bot", 2, 5);

    const core::record& r = w.act(bot, action, 0, whom(far));

    CHECK(r.outcome == outcome::fault);
    CHECK(r.reason == "wrote to a thing out of its reach");
    CHECK(r.effects.empty());
    CHECK(w.pos(far) == core::vec3{2'000'000, 0, 5'000'000});
  }
}

TEST_CASE("an action writes to a thing within its reach, as far as it says") {
  small_world w(meddling().catalogue);
  const auto bot = w.create("bot", 2, 2);
  const auto near = w.create("bot", 3.5, 2);    // a gap of 1 m
  const auto beyond = w.create("bot", 2, 3.4);  // 1.1 m

  for (const char* action : {"set", "add", "write", "move"}) {
    INFO(action);
    CHECK(w.act(bot, action, 0, whom(near)).outcome == outcome::done);
  }
  CHECK(w.act(bot, "set", 0, whom(beyond)).outcome == outcome::fault);
  CHECK(w.act(bot, "set_far", 0, whom(beyond)).outcome == outcome::done);
  CHECK(w.act(bot, "take", 0, whom(near)).outcome == outcome::fault);  // it was moved away
  CHECK(w.act(near, "put", 0, whom(near)).outcome == outcome::done);
  CHECK(w.act(bot, "take", 0, whom(near)).outcome == outcome::done);
}

TEST_CASE("going to a thing within one action does not bring it into reach") {
  small_world w(meddling().catalogue);
  const auto bot = w.create("bot", 2, 2);
  const auto far = w.create("bot", 8, 8);

  CHECK(w.act(bot, "visit", 0, whom(far)).reason == "wrote to a thing out of its reach");
}

TEST_CASE("the agent, its target, the world and what it made are always in reach") {
  small_world w(meddling().catalogue);
  const auto bot = w.create("bot", 2, 2);
  const auto other = w.create("bot", 2, 6);

  const core::record& r = w.act(bot, "raise", other);

  CHECK(r.reason.empty());
  CHECK(r.outcome == outcome::done);
  CHECK(w.number(0, "wind") == 3);
}

TEST_CASE("a rule may write to things however far away") {
  small_world w(meddling().catalogue);
  const auto bot = w.create("bot", 2, 2);
  const auto far = w.create("bot", 8, 8);

  w.act(bot, "walk");

  CHECK(w.number(far, "drink") == 0.125);
}

TEST_CASE("writing to a thing that is gone is no fault, it only fails") {
  small_world w(meddling().catalogue);
  const auto bot = w.create("bot", 2, 2);
  const auto other = w.create("bot", 2, 3);
  REQUIRE(w.act(bot, "take", 0, whom(other)).outcome == outcome::done);

  CHECK(w.act(bot, "set", 0, whom(other)).outcome == outcome::refused);
}

TEST_CASE("a text that is longer than its property takes is a fault, whatever comes after it") {
  small_world w(meddling().catalogue);
  const auto bot = w.create("bot", 2, 2);

  for (const char* action : {"boast", "brag"}) {
    const core::record& r = w.act(bot, action);
    CHECK(r.outcome == outcome::fault);
    CHECK(r.reason == "wrote a text longer than its property takes");
    CHECK(r.effects.empty());
  }
}
