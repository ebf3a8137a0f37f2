// Lockstep: whose turn it is, who waits for whom, and what death and departure do to that.
#include "tests/actors/stage.hpp"

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

constexpr auto lockstep = core::pace::lockstep;

// Three bots of the connections 1, 2 and 3.
struct three : stage {
  explicit three(stage_options how = {.pace = lockstep}) : stage(std::move(how)) {
    for (connection_id who = 1; who <= 3; ++who) make_bot(who);
  }
};

}  // namespace

TEST_CASE("a tick comes when everybody who is spoken for has acted") {
  three s;
  s.ask(3, "c", pass(3));
  s.ask(1, "a", pass(1));
  CHECK(s.answers(1).empty());
  CHECK(s.tick() == 0);
  s.ask(2, "b", pass(2));
  CHECK(s.tick() == 1);
  CHECK(s.answers(1) == strings{"a: done seq 5 tick 1"});  // decided in the order of ids
  CHECK(s.answers(2) == strings{"b: done seq 6 tick 1"});
  CHECK(s.answers(3) == strings{"c: done seq 7 tick 1"});
}

TEST_CASE("a bot that nobody speaks for is not waited for, and passes") {
  three s;
  s.close(2);
  s.ask(1, "a", pass(1));
  s.ask(3, "c", pass(3));
  CHECK(s.tick() == 1);
  CHECK(s.answers(3) == strings{"c: done seq 7 tick 1"});  // 6 is the pass of bot 2
  CHECK(s.keeper->world().find(2)->cells[0] == 1);         // which ages like the others
}

TEST_CASE("the absent pass when the deadline comes, not before") {
  three s({.pace = lockstep, .deadline_ms = 200});
  s.ask(1, "a", pass(1));
  s.pass_time(199ms);
  CHECK(s.tick() == 0);
  s.pass_time(1ms);
  CHECK(s.tick() == 1);
  CHECK(s.answers(1) == strings{"a: done seq 5 tick 1"});
  s.pass_time(10s);
  CHECK(s.tick() == 1);  // where nobody acts no time passes
}

TEST_CASE("each tick has the whole deadline, however quick the one before it was") {
  three s({.pace = lockstep, .deadline_ms = 1000});
  for (core::serial bot = 1; bot <= 3; ++bot) s.ask(bot, "first", pass(bot));
  s.pass_time(900ms);
  s.ask(1, "second", pass(1));
  s.pass_time(999ms);
  CHECK(s.tick() == 1);
  s.pass_time(1ms);
  CHECK(s.tick() == 2);
}

TEST_CASE("a deadline that nobody waits for any more is not that of the next") {
  three s({.pace = lockstep, .deadline_ms = 1000});
  s.ask(1, "a", pass(1));
  s.pass_time(600ms);
  s.close(1);  // nobody has acted now
  s.ask(2, "b", pass(2));
  s.pass_time(999ms);
  CHECK(s.tick() == 0);
  s.pass_time(1ms);
  CHECK(s.tick() == 1);
}

TEST_CASE("a deadline that was made shorter holds for the next tick") {
  three s({.pace = lockstep, .deadline_ms = 3'600'000});
  s.ask(1, "first", pass(1));
  s.ask(2, "first", pass(2));
  s.ask(3, "first", pass(3));
  update_world_request sooner;
  sooner.wish.deadline_ms = 100;
  CHECK(s.answer(9, sooner).starts_with("world"));
  s.ask(1, "second", pass(1));
  s.pass_time(99ms);
  CHECK(s.tick() == 1);
  s.pass_time(1ms);
  CHECK(s.tick() == 2);
}

TEST_CASE("ten thousand quick ticks leave no more alarms behind than one") {
  stage s({.pace = lockstep, .deadline_ms = 3'600'000});
  s.make_bot(1);
  s.make_bot(2);
  for (int i = 0; i < 10'000; ++i) {
    s.ask(1, "a", pass(1));
    s.ask(2, "b", pass(2));
  }
  CHECK(s.tick() == 10'000);
  CHECK(s.around.alarms.size() <= 1);
}

TEST_CASE("a second act of a bot in a tick is busy, and harms nothing") {
  three s;
  s.ask(1, "a", pass(1));
  s.ask(1, "b", pass(1));
  CHECK(s.answers(1) == strings{"b: !busy"});
  s.ask(2, "x", pass(2));
  s.ask(3, "x", pass(3));
  CHECK(s.answers(1) == strings{"a: done seq 5 tick 1"});
}

TEST_CASE("one connection may act for many bots in one tick") {
  stage s({.pace = lockstep});
  for (int i = 0; i < 3; ++i) s.make_bot(1);
  for (core::serial bot = 3; bot >= 1; --bot) s.ask(1, std::to_string(bot), pass(bot));
  CHECK(s.tick() == 1);
  // Decided in the order of ids, answered in the order sent.
  CHECK(s.answers(1) ==
        strings{"3: done seq 7 tick 1", "2: done seq 6 tick 1", "1: done seq 5 tick 1"});
}

TEST_CASE("what is refused in a tick is answered in its place, too") {
  stage s({.pace = lockstep});
  for (int i = 0; i < 4; ++i) s.make_bot(1);
  s.ask(1, "4", act(4, "strike", 2));
  s.ask(1, "3", pass(3));
  s.ask(1, "2", pass(2));
  s.ask(1, "1", act(1, "strike", 3));
  CHECK(s.answers(1) == strings{"4: done seq 8 tick 1", "3: !dead strike heir 5",
                                "2: done seq 7 tick 1", "1: done seq 6 tick 1"});
}

TEST_CASE("what stands behind an action is answered after it, in order") {
  three s;
  s.ask(1, "act", pass(1));
  s.ask(1, "see", see(1));
  s.ask(1, "show", show_thing_request{2});
  s.ask(1, "next", pass(1));  // of the next tick
  s.ask(1, "last", see(1));
  CHECK(s.answers(1).empty());
  s.ask(2, "x", pass(2));
  s.ask(3, "x", pass(3));
  CHECK(s.answers(1) == strings{"act: done seq 5 tick 1", "see: sees as 1", "show: thing 2"});

  s.ask(2, "x", pass(2));
  s.ask(3, "x", pass(3));
  CHECK(s.answers(1) == strings{"next: done seq 9 tick 2", "last: sees as 1"});
}

TEST_CASE("acts that stand behind something go into one tick together") {
  stage s({.pace = lockstep});
  s.make_bot(1);
  s.make_bot(1);
  s.ask(1, "a1", pass(1));
  s.ask(1, "look", see(1));
  s.ask(1, "b1", pass(2));  // behind the look, so the tick waits for the deadline
  s.ask(1, "a2", pass(1));
  s.pass_time(1s);
  CHECK(s.answers(1) == strings{"a1: done seq 4 tick 1", "look: sees as 1", "b1: done seq 8 tick 2",
                                "a2: done seq 7 tick 2"});
}

TEST_CASE("a client that sends far ahead is answered in order and at once") {
  constexpr int many = 20'000;
  three s;
  for (connection_id who = 1; who <= 2; ++who)
    for (int i = 0; i < many; ++i) {
      s.ask(who, "act", pass(who));
      s.ask(who, "see", see(who));
    }
  CHECK(s.tick() == 0);
  s.close(3);  // whom everybody waits for
  CHECK(s.tick() == many);
  for (connection_id who = 1; who <= 2; ++who) {
    const strings got = s.answers(who);
    REQUIRE(got.size() == 2 * many);
    for (int i = 0; i < many; ++i) {
      REQUIRE(got[2 * i].starts_with("act: done"));
      REQUIRE(got[2 * i + 1] == "see: sees as " + std::to_string(who));
    }
  }
}

TEST_CASE("a tick goes on when the one that all wait for leaves") {
  three s;
  s.ask(1, "a", pass(1));
  s.ask(2, "b", pass(2));
  SECTION("by closing") { s.close(3); }
  SECTION("by detaching") { CHECK(s.answer(3, detach(3)) == "ok"); }
  SECTION("by being deleted") { CHECK(s.answer(9, remove(3)) == "deleted 1"); }
  CHECK(s.tick() == 1);
  CHECK(s.answers(1).size() == 1);
  CHECK(s.answers(2).size() == 1);
}

TEST_CASE("an action that is lost with its bot is answered, and so is what stands behind it") {
  three s;
  s.ask(1, "a", pass(1));
  s.ask(1, "look", show_world_request{});
  s.ask(1, "list", list_things_request{});
  SECTION("when another connection takes the bot over") {
    CHECK(s.answer(9, attach(1, true)) == "thing 1 revealed");
    CHECK(s.events(1) == strings{"* detached 1"});
    const strings got = s.answers(1);
    REQUIRE(got.size() == 3);
    CHECK(got[0] == "a: !conflict");
    CHECK(got[2] == "list: things [1,2,3]");
  }
  SECTION("when the bot is deleted") {
    CHECK(s.answer(9, remove(1)) == "deleted 1");
    CHECK(s.events(1) == strings{"* died 1 deleted"});
    const strings got = s.answers(1);
    REQUIRE(got.size() == 3);
    CHECK(got[0] == "a: !not_found");
    CHECK(got[2] == "list: things [2,3]");
  }
  CHECK(s.tick() == 0);
}

TEST_CASE("who is killed in a tick before its turn is answered dead, and speaks for its heir") {
  three s;
  s.ask(3, "pass", pass(3));
  s.ask(2, "pass", pass(2));
  s.ask(1, "strike", act(1, "strike", 3));
  CHECK(s.answers(1) == strings{"strike: done seq 5 tick 1"});
  CHECK(s.answers(2) == strings{"pass: done seq 6 tick 1"});
  CHECK(s.events(3) == strings{"* died 3 strike heir 4"});
  CHECK(s.answers(3) == strings{"pass: !dead strike heir 4"});

  CHECK(s.answer(3, pass(3)) == "!dead strike heir 4");
  s.ask(1, "x", pass(1));
  s.ask(2, "x", pass(2));
  CHECK(s.tick() == 1);  // the heir is spoken for, and waited for
  s.ask(3, "heir", pass(4));
  CHECK(s.tick() == 2);
}

TEST_CASE("who dies of its own action is answered what it did, and told that it died") {
  stage s({.pace = lockstep, .lifespan = 2});
  s.make_bot(1);
  CHECK(s.answer(1, pass(1)) == "done seq 3 tick 1");
  CHECK(s.answer(1, pass(1)) == "done seq 5 tick 2");
  CHECK(s.events(1) == strings{"* died 1 age heir 2"});
  CHECK(s.around.bots == std::map<core::serial, std::string>{{2, ""}});
  CHECK(s.answer(2, pass(2)) == "!conflict");  // connection 1 speaks for the heir
  CHECK(s.answer(1, pass(2)) == "done seq 7 tick 3");
}

TEST_CASE("an act for a bot that another connection speaks for is refused, unless it is taken") {
  three s;
  CHECK(s.answer(1, pass(2)) == "!conflict");
  CHECK(s.answer(1, attach(2)) == "!conflict");
  CHECK(s.answer(1, detach(2)) == "!forbidden");
  CHECK(s.answer(1, attach(2, true)) == "thing 2 revealed");
  CHECK(s.events(2) == strings{"* detached 2"});
  CHECK(s.answer(2, pass(2)) == "!conflict");
}

TEST_CASE("an act for a bot that nobody speaks for attaches it") {
  three s;
  s.close(3);
  s.ask(1, "mine", pass(1));
  s.ask(1, "adopted", pass(3));
  s.ask(2, "other", pass(2));
  CHECK(s.tick() == 1);
  CHECK(s.answer(2, pass(3)) == "!conflict");
}

TEST_CASE("a world that is paused takes no actions, and answers those that wait") {
  three s;
  s.ask(1, "a", pass(1));
  s.ask(1, "look", see(1));
  CHECK(s.answer(9, pause_at(0)).starts_with("world seq 5 tick 0"));
  CHECK(s.answers(1) == strings{"a: !busy", "look: sees as 1"});
  CHECK(s.answer(1, pass(1)) == "!busy");
  s.pass_time(10s);
  CHECK(s.tick() == 0);

  CHECK(s.answer(9, pause_at({})).starts_with("world"));
  for (core::serial bot = 1; bot <= 3; ++bot) s.ask(bot, "x", pass(bot));
  CHECK(s.tick() == 1);
}

TEST_CASE("actions that wait for a tick are decided when the world becomes free") {
  three s;
  s.ask(1, "a", pass(1));
  s.ask(2, "b", pass(2));
  CHECK(s.answer(9, set_pace(core::pace::free)).starts_with("world"));
  CHECK(s.answers(1) == strings{"a: done seq 6 tick 0"});
  CHECK(s.answers(2) == strings{"b: done seq 7 tick 0"});
  CHECK(s.answer(3, pass(3)) == "done seq 8 tick 1");
}

TEST_CASE("actions that wait for the clock are waited for when the world becomes lockstep") {
  three s({.pace = core::pace::realtime});
  s.ask(1, "a", pass(1));
  CHECK(s.answer(9, set_pace(lockstep)).starts_with("world"));
  s.pass_time(999ms);
  CHECK(s.answers(1).empty());
  s.pass_time(1ms);
  CHECK(s.answers(1) == strings{"a: done seq 6 tick 1"});
}

TEST_CASE("on a full disk a tick is refused whole, and its time comes later") {
  three s;
  s.ask(1, "a", pass(1));
  s.ask(2, "b", pass(2));
  s.around.room = false;
  s.ask(3, "c", pass(3));
  CHECK(s.answers(1) == strings{"a: !storage_full"});
  CHECK(s.answers(3) == strings{"c: !storage_full"});
  CHECK(s.around.failures.empty());
  CHECK(s.tick() == 0);
  s.around.room = true;
  for (core::serial bot = 1; bot <= 3; ++bot) s.ask(bot, "x", pass(bot));
  CHECK(s.tick() == 1);
}

TEST_CASE("an action whose target is gone by its turn is answered, and the tick goes on") {
  three s;
  s.ask(1, "first", act(1, "strike", 3));
  s.ask(2, "second", act(2, "strike", 3));
  s.ask(3, "third", pass(3));
  CHECK(s.answers(2) == strings{"second: !not_found"});
  CHECK(s.tick() == 1);
  CHECK(s.keeper->world().rehash() == s.keeper->world().hash());
}
