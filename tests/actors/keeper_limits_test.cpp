// What a world refuses because it would be too much.
#include "tests/actors/stage.hpp"
#include "tests/plugins/scratch.hpp"

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

TEST_CASE("a bot for which clients act too often is refused until time has passed") {
  stage s({.limits = {.acts_per_bot = 2}});
  const auto bot = s.make_bot(1), other = s.make_bot(1);
  CHECK(s.answer(1, pass(bot)).starts_with("done"));
  CHECK(s.answer(1, pass(bot)).starts_with("done"));
  const auto seq = s.keeper->world().seq();
  CHECK(s.answer(1, pass(bot)) == "!rate_limited");
  CHECK(s.keeper->world().seq() == seq);
  CHECK(s.answer(1, pass(other)).starts_with("done"));
  s.pass_time(500ms);
  CHECK(s.answer(1, pass(bot)).starts_with("done"));
  CHECK(s.answer(1, pass(bot)) == "!rate_limited");
}

TEST_CASE("in lockstep a refused act takes no turn") {
  stage s({.pace = core::pace::lockstep, .limits = {.acts_per_bot = 1}});
  const auto bot = s.make_bot(1);
  CHECK(s.answer(1, pass(bot)).starts_with("done"));
  const auto tick = s.tick();
  CHECK(s.answer(1, pass(bot)) == "!rate_limited");
  CHECK(s.tick() == tick);
  s.pass_time(1s);
  CHECK(s.answer(1, pass(bot)).starts_with("done"));
}

TEST_CASE("hosted minds act as often as they can") {
  stage s({.limits = {.acts_per_bot = 1}});
  s.make_bot(1, "random");
  s.settle();
  for (int i = 0; i < 20; ++i) {
    CHECK(s.let_minds_choose() == 1);
    s.settle();
  }
}

TEST_CASE("a world that recorded a day's worth refuses until some of it has come in again") {
  tests::scratch folder;
  auto store = storage::store::open(folder.path(), storage::durability::wal);
  REQUIRE(store);
  stage s({.store = store->get(), .limits = {.history_per_day = 20'000}});
  const auto bot = s.make_bot(1);
  std::string last;
  for (int i = 0; i < 5000 && last != "!rate_limited"; ++i)
    last = s.answer(1, act(bot, "pass", {}, false, s.number));
  CHECK(last == "!rate_limited");
  const auto seq = s.keeper->world().seq();
  CHECK(s.answer(1, make("well")) == "!rate_limited");
  CHECK(s.answer(1, see(bot)).starts_with("sees"));
  CHECK(s.keeper->world().seq() == seq);
  s.pass_time(24h);
  CHECK(s.answer(1, act(bot, "pass", {}, false, s.number)).starts_with("done"));
}

TEST_CASE("hosted minds rest where a day's worth is recorded, and go on by themselves") {
  tests::scratch folder;
  auto store = storage::store::open(folder.path(), storage::durability::wal);
  REQUIRE(store);
  stage s({.store = store->get(), .limits = {.history_per_day = 20'000}});
  s.make_bot(1, "random");
  s.settle();
  for (int i = 0; i < 5000 && s.let_minds_choose() > 0; ++i) s.settle();
  const auto seq = s.keeper->world().seq();
  CHECK(s.let_minds_choose() == 0);
  s.pass_time(1h);
  for (int i = 0; i < 10; ++i) {
    s.let_minds_choose();
    s.settle();
  }
  CHECK(s.keeper->world().seq() > seq);
}
