// Actions with a key: decided once, however often they are asked for, and answered the same.
#include "storage/history_reader.hpp"
#include "tests/actors/stage.hpp"
#include "tests/plugins/scratch.hpp"

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

world_request named(world_request what, std::string key) {
  std::get<act_request>(what).key = std::move(key);
  return what;
}

world_request walk(core::serial bot, double angle) {
  world_request what = act(bot, "walk");
  std::get<act_request>(what).wish.args = {{"angle", angle}};
  return what;
}

struct with_store {
  with_store() { open(); }

  void open() {
    store.reset();
    auto opened = storage::store::open(folder.path(), storage::durability::wal);
    REQUIRE(opened);
    store = std::move(*opened);
  }

  std::vector<storage::kept_answer> kept(core::world_number number) {
    auto all = storage::history_reader(*store, number).answers();
    REQUIRE(all);
    return *all;
  }

  tests::scratch folder;
  std::unique_ptr<storage::store> store;
};

}  // namespace

TEST_CASE("an action is decided once under one key") {
  stage s;
  const core::serial bot = s.make_bot(1);
  CHECK(s.answer(1, named(pass(bot), "first")) == "done seq 3 tick 1");
  CHECK(s.answer(1, named(pass(bot), "second")) == "done seq 4 tick 2");
  CHECK(s.answer(1, named(pass(bot), "first")) == "done seq 3 tick 1");
  CHECK(s.keeper->world().seq() == 4);
}

TEST_CASE("an action without a key is decided each time") {
  stage s;
  const core::serial bot = s.make_bot(1);
  CHECK(s.answer(1, pass(bot)) == "done seq 3 tick 1");
  CHECK(s.answer(1, pass(bot)) == "done seq 4 tick 2");
}

TEST_CASE("a repeat that arrives before the commit gets the answer of the first") {
  stage s;
  const core::serial bot = s.make_bot(1);
  s.ask(1, "a", named(pass(bot), "k"));
  s.ask(1, "b", named(pass(bot), "k"));
  CHECK(s.answers(1) == strings{"a: done seq 3 tick 1", "b: done seq 3 tick 1"});
}

TEST_CASE("another action under a key that was used is a conflict, and is not decided") {
  stage s;
  const core::serial bot = s.make_bot(1);
  CHECK(s.answer(1, named(walk(bot, 0.25), "k")) == "done seq 3 tick 1");
  CHECK(s.answer(1, named(walk(bot, 0.5), "k")) == "!conflict");
  CHECK(s.answer(1, named(pass(bot), "k")) == "!conflict");
  CHECK(s.answer(1, named(walk(bot, 0.25), "k")) == "done seq 3 tick 1");
}

TEST_CASE("bots do not share their keys") {
  stage s;
  const core::serial one = s.make_bot(1), other = s.make_bot(1);
  CHECK(s.answer(1, named(pass(one), "k")) == "done seq 4 tick 0");
  CHECK(s.answer(1, named(pass(other), "k")) == "done seq 5 tick 1");
}

TEST_CASE("what was not decided may be asked for again under its key") {
  stage s;
  const core::serial bot = s.make_bot(1);
  CHECK(s.answer(1, named(act(bot, "no_such"), "k")).starts_with("!"));
  CHECK(s.answer(1, named(pass(bot), "k")) == "done seq 3 tick 1");
}

TEST_CASE("a repeat is told to any connection, and speaks for the bot unless another one does") {
  stage s;
  const core::serial bot = s.make_bot(1);
  CHECK(s.answer(1, named(pass(bot), "k")) == "done seq 3 tick 1");
  CHECK(s.answer(2, named(pass(bot), "k")) == "done seq 3 tick 1");
  CHECK(s.answer(2, pass(bot)) == "!conflict");
  s.close(1);
  CHECK(s.answer(2, named(pass(bot), "k")) == "done seq 3 tick 1");
  CHECK(s.answer(3, pass(bot)) == "!conflict");
}

TEST_CASE("the last action of a bot that died is answered, not called dead") {
  stage s({.lifespan = 1});
  const core::serial bot = s.make_bot(1);
  CHECK(s.answer(1, named(pass(bot), "last")) == "done seq 3 tick 1");
  while (s.keeper->world().find(bot)) REQUIRE(s.answer(1, pass(bot)).starts_with("done"));
  CHECK(s.answer(1, named(pass(bot), "last")) == "done seq 3 tick 1");
  CHECK(s.answer(1, named(pass(bot), "new")).starts_with("!dead"));
}

TEST_CASE(
    "a repeat of an action that waits for its tick is busy, and answered once it is decided") {
  stage s({.pace = core::pace::lockstep});
  const core::serial one = s.make_bot(1), other = s.make_bot(2);
  s.ask(1, "a", named(pass(one), "k"));
  s.ask(1, "b", named(pass(one), "k"));
  CHECK(s.answers(1) == strings{"b: !busy"});
  s.ask(2, "c", named(pass(other), "k"));
  CHECK(s.answers(1) == strings{"a: done seq 4 tick 1"});
  s.ask(1, "d", named(pass(one), "k"));
  CHECK(s.answers(1) == strings{"d: done seq 4 tick 1"});
  CHECK(s.tick() == 1);
}

TEST_CASE("an action whose connection went before its tick was not decided, whatever its key") {
  stage s({.pace = core::pace::lockstep});
  const core::serial one = s.make_bot(1), other = s.make_bot(2);
  s.ask(1, "lost", named(pass(one), "k"));
  s.close(1);
  s.ask(3, "again", named(pass(one), "k"));
  CHECK(s.answers(3).empty());
  s.ask(2, "c", pass(other));
  CHECK(s.answers(3) == strings{"again: done seq 4 tick 1"});
}

TEST_CASE("nothing is decided under a key while there is no room, and a repeat is still answered") {
  stage s;
  const core::serial bot = s.make_bot(1);
  CHECK(s.answer(1, named(pass(bot), "k")) == "done seq 3 tick 1");
  s.around.room = false;
  CHECK(s.answer(1, named(pass(bot), "l")) == "!storage_full");
  CHECK(s.answer(1, named(pass(bot), "k")) == "done seq 3 tick 1");
}

TEST_CASE_METHOD(with_store, "a key is known after a restart, and its answer is the same") {
  core::world_number number = 0;
  const auto pace = GENERATE(core::pace::free, core::pace::lockstep);
  {
    stage s({.pace = pace, .store = store.get()});
    number = s.number;
    const core::serial bot = s.make_bot(1);
    CHECK(s.answer(1, named(walk(bot, 0.25), "k")) == "done seq 3 tick 1");
    CHECK(s.answer(1, pass(bot)).starts_with("done"));
  }
  open();
  stage s({.store = store.get()}, number);
  const std::uint64_t seq = s.keeper->world().seq();
  CHECK(s.answer(1, named(walk(1, 0.25), "k")) == "done seq 3 tick 1");
  CHECK(s.answer(1, named(walk(1, 0.75), "k")) == "!conflict");
  CHECK(s.keeper->world().seq() == seq);
}

TEST_CASE_METHOD(with_store, "what was not committed is decided anew under its key") {
  core::world_number number = 0;
  {
    stage s({.store = store.get()});
    number = s.number;
    s.make_bot(1);
    s.ask(1, "lost", named(pass(1), "k"));
  }
  open();
  stage s({.store = store.get()}, number);
  CHECK(s.answer(1, named(pass(1), "k")) == "done seq 3 tick 1");
  CHECK(s.keeper->world().seq() == 3);
}

TEST_CASE_METHOD(with_store, "the record says under which key it was wished") {
  stage s({.store = store.get()});
  s.make_bot(1);
  s.answer(1, named(pass(1), "mine"));
  s.answer(1, pass(1));
  std::vector<std::string> keys;
  REQUIRE(storage::history_reader(*store, s.number).read(3, 10, [&](const core::record& r) {
    keys.push_back(r.from.key);
    return true;
  }));
  CHECK(keys == std::vector<std::string>{"mine", ""});
}

TEST_CASE_METHOD(with_store, "a world keeps its last 65,536 keyed answers, on disk and in memory") {
  stage s({.store = store.get()});
  const core::serial bot = s.make_bot(1);
  const std::size_t more = 5;
  for (std::size_t i = 0; i < storage::kept_answers_max + more; ++i) {
    s.ask(1, "", named(pass(bot), std::to_string(i)));
    if (i % 1000 == 0) s.settle();
  }
  s.settle();
  const auto all = kept(s.number);
  CHECK(all.size() == storage::kept_answers_max);
  CHECK(all.front().key == std::to_string(more));
  const std::uint64_t seq = s.keeper->world().seq();
  CHECK(s.answer(1, named(pass(bot), std::to_string(more))).starts_with("done seq 8 "));
  CHECK(s.keeper->world().seq() == seq);
  CHECK(s.answer(1, named(pass(bot), "0")).starts_with("done seq " + std::to_string(seq + 1)));
}
