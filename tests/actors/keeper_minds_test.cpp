// Hosted minds, the pause, and the clock of realtime.
#include "tests/actors/stage.hpp"

#include <algorithm>

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

constexpr auto lockstep = core::pace::lockstep;
constexpr auto realtime = core::pace::realtime;
constexpr auto tick_length = 576ms;

std::vector<core::serial> asked(stage& s) {
  s.settle();
  std::vector<core::serial> bots = s.around.asked;
  std::sort(bots.begin(), bots.end());
  return bots;
}

using serials = std::vector<core::serial>;

}  // namespace

// -- minds ---------------------------------------------------------------------------------------

TEST_CASE("a hosted mind is asked when its bot is born, and again after each action") {
  stage s;
  s.make_bot(1, "random");
  for (int i = 0; i < 5; ++i) {
    REQUIRE(asked(s) == serials{1});
    s.let_minds_choose();
  }
  CHECK(s.tick() == 5);
}

TEST_CASE("a mind is asked at a commit, and not while requests are carried out") {
  stage s;
  s.ask(1, "make", make("bot", "random"));
  CHECK(s.around.asked.empty());
  s.keeper->commit();
  CHECK(s.around.asked.size() == 1);
}

TEST_CASE("a crowd of minds is asked by the thousand, and clients are heard in between") {
  stage s;
  for (int i = 0; i < 1500; ++i) s.ask(1, "make", make("bot", "random"));
  s.around.commits_asked = 0;
  s.keeper->commit_in_turn();
  CHECK(s.around.asked.size() == 1024);
  CHECK(s.around.commits_asked == 1);  // for those who are left
  s.keeper->commit();
  CHECK(s.around.asked.size() == 1500);
}

TEST_CASE("of a large crowd one in 32 is asked at a time, and never more than one commit holds") {
  CHECK(minds_at_once(0) == 1024);
  CHECK(minds_at_once(32'768 + 31) == 1024);
  CHECK(minds_at_once(32'768 + 32) == 1025);
  CHECK(minds_at_once(131'072) == 4096);
  CHECK(minds_at_once(1'000'000) == 4096);

  stage s({.side = 1'000'000'000, .capacity = 40'000});
  for (int i = 0; i < 40'000; ++i) s.ask(1, "make", make("bot", "random"));
  REQUIRE(s.keeper->world().bot_count() == 40'000);
  s.keeper->commit();
  CHECK(s.around.asked.size() == 1250);
  s.keeper->commit();
  CHECK(s.around.asked.size() == 2500);
}

TEST_CASE("in lockstep a tick comes when the minds and the clients have acted") {
  stage s({.pace = lockstep});
  s.make_bot(1, "random");
  s.make_bot(1, "random");
  s.make_bot(1);
  CHECK(s.let_minds_choose() == 2);
  CHECK(s.tick() == 0);
  s.ask(1, "mine", pass(3));
  CHECK(s.tick() == 1);
  CHECK(s.answers(1) == strings{"mine: done seq 7 tick 1"});
  CHECK(asked(s) == serials{1, 2});
}

TEST_CASE("a client that is absent is passed, also where a mind acted first") {
  stage s({.pace = lockstep, .deadline_ms = 300});
  s.make_bot(1, "random");
  s.make_bot(1);
  s.let_minds_choose();
  s.pass_time(299ms);
  CHECK(s.tick() == 0);
  s.pass_time(1ms);
  CHECK(s.tick() == 1);
}

TEST_CASE("a mind is waited for however long it thinks") {
  stage s({.pace = lockstep, .deadline_ms = 300});
  s.make_bot(1, "random");
  s.make_bot(1);
  s.make_bot(2);
  s.ask(1, "mine", pass(2));
  s.pass_time(10s);  // the deadline of connection 2 is long over
  CHECK(s.tick() == 0);
  s.let_minds_choose();
  CHECK(s.tick() == 1);
  s.let_minds_choose();
  s.pass_time(299ms);  // in the next tick it has one of its own
  CHECK(s.tick() == 1);
  s.pass_time(1ms);
  CHECK(s.tick() == 2);
}

TEST_CASE("a mind that is taken over falls silent, and thinks again when it is let go") {
  const auto by_closing = GENERATE(false, true);
  for (const auto pace : {core::pace::free, lockstep}) {
    stage s({.pace = pace});
    s.make_bot(1, "random");
    CHECK(s.answer(2, pass(1)) == "!conflict");
    CHECK(s.answer(2, attach(1)) == "!conflict");
    REQUIRE(asked(s) == serials{1});
    CHECK(s.answer(2, attach(1, true)) == "thing 1 revealed");

    CHECK(s.let_minds_choose() == 1);  // too late
    CHECK(s.tick() == 0);
    CHECK(asked(s).empty());
    CHECK(s.answer(2, pass(1)).starts_with("done"));
    CHECK(asked(s).empty());

    if (by_closing) s.close(2);
    else CHECK(s.answer(2, detach(1)) == "ok");
    CHECK(asked(s) == serials{1});
    s.let_minds_choose();
    CHECK(s.tick() == 2);
  }
}

TEST_CASE("what a mind chose for this tick does not count once its bot is taken over") {
  stage s({.pace = lockstep});
  s.make_bot(1, "random");
  s.make_bot(1);
  s.let_minds_choose();
  CHECK(s.answer(2, attach(1, true)) == "thing 1 revealed");
  s.ask(1, "x", pass(2));
  CHECK(s.tick() == 0);
  s.ask(2, "mine", pass(1));
  CHECK(s.tick() == 1);
}

TEST_CASE("an heir has the mind of the dead, and who took the dead over speaks for it") {
  stage s({.lifespan = 2});
  s.make_bot(1, "random");
  s.let_minds_choose();
  s.let_minds_choose();
  CHECK(s.around.bots == std::map<core::serial, std::string>{{2, "random"}});
  CHECK(asked(s) == serials{2});

  CHECK(s.answer(1, attach(2, true)) == "thing 2 revealed");
  s.let_minds_choose();
  s.ask(1, "one", pass(2));
  s.ask(1, "two", pass(2));
  CHECK(s.events(1) == strings{"* died 2 age heir 3"});
  CHECK(s.around.bots == std::map<core::serial, std::string>{{3, "random"}});
  CHECK(asked(s).empty());
  CHECK(s.answer(1, pass(3)).starts_with("done"));
}

TEST_CASE("a choice for a bot that died meanwhile is dropped") {
  stage s;
  s.make_bot(1, "random");
  s.make_bot(1);
  CHECK(asked(s) == serials{1});
  CHECK(s.answer(1, act(2, "strike", 1)).starts_with("done"));
  s.let_minds_choose();
  CHECK(s.around.bots == std::map<core::serial, std::string>{{2, ""}, {3, "random"}});
  CHECK(asked(s) == serials{3});
}

TEST_CASE("minds rest while the disk is full, and go on when it is not") {
  stage s;
  s.make_bot(1, "random");
  s.make_bot(1, "random");
  s.around.room = false;
  for (int i = 0; i < 100; ++i) s.let_minds_choose();
  CHECK(asked(s).empty());
  CHECK(s.around.alarms.size() == 1);
  s.pass_time(1s);
  CHECK(asked(s) == serials{1, 2});
  s.let_minds_choose();
  s.around.room = true;
  s.pass_time(1s);
  CHECK(s.let_minds_choose() == 2);
  CHECK(s.tick() == 1);
}

TEST_CASE("in lockstep minds rest while the disk is full, and go on when it is not") {
  stage s({.pace = lockstep});
  s.make_bot(1, "random");
  s.make_bot(1, "random");
  s.around.room = false;
  for (int i = 0; i < 10; ++i) s.let_minds_choose();
  CHECK(asked(s).empty());
  CHECK(s.tick() == 0);
  s.around.room = true;
  s.pass_time(1s);
  s.let_minds_choose();
  CHECK(s.tick() == 1);
}

// -- the pause -----------------------------------------------------------------------------------

TEST_CASE("a paused world stands still, and goes on where it stood") {
  for (const auto pace : {core::pace::free, lockstep, realtime}) {
    stage s({.pace = pace, .pause_at = 3});
    s.make_bot(1, "random");
    s.make_bot(1, "random");
    const auto live = [&] {
      for (int i = 0; i < 20; ++i) {
        s.let_minds_choose();
        s.pass_time(tick_length);
      }
    };
    live();
    CHECK(s.tick() == 3);
    CHECK(s.around.alarms.empty());  // nothing wakes it

    CHECK(s.answer(1, pause_at(7)).starts_with("world"));
    live();
    CHECK(s.tick() == 7);
    CHECK(s.answer(1, pause_at({})).starts_with("world"));
    live();
    CHECK(s.tick() >= 17);
  }
}

TEST_CASE("a world is paused at its tick exactly, however many act at once") {
  stage s({.pause_at = 2});
  const core::serial bot = s.make_bot(1);
  for (int i = 0; i < 5; ++i) s.ask(1, "pass", pass(bot));
  CHECK(s.answers(1) == strings{"pass: done seq 3 tick 1", "pass: done seq 4 tick 2", "pass: !busy",
                                "pass: !busy", "pass: !busy"});
}

TEST_CASE("a world that is created paused can be furnished first") {
  stage s({.pace = lockstep, .pause_at = 0});
  s.make_bot(1, "random");
  CHECK(s.answer(1, make("well")) == "thing 2");
  CHECK(asked(s).empty());
  CHECK(s.answer(1, pause_at(1)).starts_with("world seq 4 tick 0"));
  s.let_minds_choose();
  CHECK(s.tick() == 1);
  CHECK(s.let_minds_choose() == 0);
}

// -- the clock -----------------------------------------------------------------------------------

TEST_CASE("in realtime a tick comes with the clock, and decides what came in") {
  stage s({.pace = realtime});
  s.make_bot(1);
  s.make_bot(2);
  s.ask(2, "b", pass(2));
  s.pass_time(tick_length - 1us);
  CHECK(s.tick() == 0);
  s.pass_time(1us);
  CHECK(s.tick() == 1);
  CHECK(s.answers(2) == strings{"b: done seq 4 tick 1"});
  CHECK(s.keeper->world().find(1)->cells[0] == 0);  // the absent do nothing
  s.pass_time(10 * tick_length);
  CHECK(s.tick() == 11);
}

TEST_CASE("speed divides the time between ticks, and counts at once") {
  stage s({.pace = realtime, .speed = 2});
  s.pass_time(10 * tick_length);
  CHECK(s.tick() == 20);
  update_world_request faster;
  faster.wish.speed = 100;
  CHECK(s.answer(1, faster).starts_with("world"));
  s.pass_time(tick_length);
  CHECK(s.tick() == 120);
}

TEST_CASE("a clock as slow as can be asked for hardly moves") {
  stage s({.pace = realtime, .speed = 1e-300});
  s.pass_time(24h * 30);
  CHECK(s.tick() == 0);
}

TEST_CASE("an alarm of an earlier clock does nothing") {
  stage s({.pace = realtime});
  const auto stale = s.around.alarms;
  REQUIRE(stale.size() == 1);
  update_world_request faster;
  faster.wish.speed = 2;
  CHECK(s.answer(1, faster).starts_with("world"));
  s.keeper->wake(stale.begin()->second);
  CHECK(s.tick() == 0);
  CHECK(s.answer(1, set_pace(core::pace::free)).starts_with("world"));
  s.pass_time(10s);
  CHECK(s.tick() == 0);
}

TEST_CASE("a world that is updated all the time still ticks") {
  stage s({.pace = realtime});
  for (int i = 0; i < 20; ++i) {
    update_world_request rename;
    rename.wish.name = "name " + std::to_string(i);
    CHECK(s.answer(1, rename).starts_with("world"));
    s.pass_time(tick_length / 2);
  }
  CHECK(s.tick() == 10);
}

TEST_CASE("a mind that is late in realtime acts in the next tick, once") {
  stage s({.pace = realtime});
  s.make_bot(1, "random");
  REQUIRE(asked(s) == serials{1});
  s.pass_time(3 * tick_length);
  CHECK(asked(s) == serials{1});
  s.let_minds_choose();
  s.pass_time(tick_length);
  CHECK(s.tick() == 4);
  CHECK(s.keeper->world().find(1)->cells[0] == 1);
}
