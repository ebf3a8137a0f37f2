// Clients without sessions: they act in passing, for bots that nobody speaks for.
#include "tests/actors/stage.hpp"

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

world_request in_passing(world_request what) {
  std::get<act_request>(what).in_passing = true;
  return what;
}

world_request made_in_passing(const std::string& kind) {
  world_request what = make(kind);
  std::get<create_thing_request>(what).in_passing = true;
  return what;
}

}  // namespace

TEST_CASE("who acts in passing speaks for nobody afterwards") {
  stage s;
  s.answer(1, made_in_passing("bot"));
  CHECK(s.answer(1, in_passing(pass(1))) == "done seq 3 tick 1");
  CHECK(s.answer(2, in_passing(pass(1))) == "done seq 4 tick 2");
  CHECK(s.answer(3, pass(1)) == "done seq 5 tick 3");
  CHECK(s.answer(2, in_passing(pass(1))) == "!conflict");
}

TEST_CASE("who acts in passing takes no bot from a client or a hosted mind") {
  stage s;
  const core::serial spoken_for = s.make_bot(1);
  const core::serial thinks = s.make_bot(1, "random");
  CHECK(s.answer(2, in_passing(pass(spoken_for))) == "!conflict");
  CHECK(s.answer(2, in_passing(pass(thinks))) == "!conflict");
  CHECK(s.answer(1, pass(spoken_for)).starts_with("done"));
}

TEST_CASE("whoever replaced a dead bot acts in its place, upon itself as well") {
  stage s({.lifespan = 2});
  s.answer(1, made_in_passing("bot"));
  for (int i = 0; i < 9; ++i) CHECK(s.answer(1, in_passing(act(1, "pass", 1))).starts_with("done"));
  CHECK(s.keeper->world().bots() == std::vector<core::serial>{5});
  CHECK(s.answer(1, pass(1)) == "!dead age heir 2");  // others are told
}

TEST_CASE("a bot that was deleted is not replaced by anybody") {
  stage s;
  s.answer(1, made_in_passing("bot"));
  s.answer(1, remove(1));
  CHECK(s.answer(1, in_passing(pass(1))) == "!not_found");
}

TEST_CASE("a world that waits for those who are spoken for waits for who acts in passing") {
  stage s({.pace = core::pace::lockstep});
  s.answer(1, made_in_passing("bot"));
  s.answer(2, made_in_passing("bot"));
  CHECK(s.answer(1, in_passing(pass(1))) == "done seq 4 tick 1");
  CHECK(s.answer(2, in_passing(pass(2))).empty());  // connection 1 is waited for
  s.ask(1, "b", in_passing(pass(1)));
  CHECK(s.tick() == 2);
}
