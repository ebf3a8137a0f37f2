// A keeper with a real store: going on after a restart, reading back, and the end of a world.
#include "storage/history_reader.hpp"
#include "tests/actors/stage.hpp"
#include "tests/plugins/scratch.hpp"

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

struct with_store {
  with_store() {
    auto opened = storage::store::open(folder.path(), storage::durability::wal);
    REQUIRE(opened);
    store = std::move(*opened);
  }

  std::vector<core::record> records(core::world_number number) {
    std::vector<core::record> all;
    storage::history_reader reader(*store, number);
    REQUIRE(reader.read(1, 1'000'000, [&](const core::record& r) {
      all.push_back(r);
      return true;
    }));
    return all;
  }

  tests::scratch folder;
  std::unique_ptr<storage::store> store;
};

}  // namespace

TEST_CASE_METHOD(with_store, "a world goes on where it was, and its bots are unspoken for") {
  core::world_number number = 0;
  std::uint64_t hash = 0;
  {
    stage s({.store = store.get()});
    number = s.number;
    const core::serial bot = s.make_bot(1);
    for (int i = 0; i < 20; ++i) CHECK(s.answer(1, act(bot, "walk")).starts_with("done"));
    hash = s.keeper->world().hash();
  }
  stage s({.store = store.get()}, number);
  CHECK(s.keeper->world().hash() == hash);
  CHECK(s.keeper->world().seq() == 22);
  CHECK(s.around.bots == std::map<core::serial, std::string>{{1, ""}});
  CHECK(s.answer(2, pass(1)) == "done seq 23 tick 21");
}

TEST_CASE_METHOD(with_store, "what was not committed is not there after a restart") {
  core::world_number number = 0;
  {
    stage s({.store = store.get()});
    number = s.number;
    s.make_bot(1);
    s.ask(1, "lost", pass(1));
  }
  stage s({.store = store.get()}, number);
  CHECK(s.keeper->world().seq() == 2);
}

TEST_CASE_METHOD(with_store, "hosted minds think on after a restart") {
  core::world_number number = 0;
  {
    stage s({.pace = core::pace::lockstep, .store = store.get()});
    number = s.number;
    s.make_bot(1, "random");
    s.make_bot(1, "random");
    s.let_minds_choose();
    REQUIRE(s.tick() == 1);
  }
  stage s({.store = store.get()}, number);
  CHECK(s.around.bots == std::map<core::serial, std::string>{{1, "random"}, {2, "random"}});
  CHECK(s.let_minds_choose() == 2);
  CHECK(s.tick() == 2);
}

TEST_CASE_METHOD(with_store, "a realtime world's clock runs on after a restart") {
  core::world_number number = 0;
  {
    stage s({.pace = core::pace::realtime, .store = store.get()});
    number = s.number;
    s.pass_time(5 * 576ms);
    REQUIRE(s.tick() == 5);
  }
  stage s({.store = store.get()}, number);
  s.pass_time(5 * 576ms);
  CHECK(s.tick() == 10);
}

TEST_CASE_METHOD(with_store,
                 "a restart with other plugins is recorded once, before anything else") {
  core::world_number number = 0;
  {
    stage s({.store = store.get()});
    number = s.number;
    s.make_bot(1);
  }
  for (int again = 0; again < 2; ++again) {
    stage s({.store = store.get(), .catalogue = small_catalogue("2.0.0")}, number);
    CHECK(s.keeper->world().seq() == 3);
    CHECK(s.keeper->world().catalogue().plugins().front().version == "2.0.0");
    CHECK(s.around.commits_asked <= 1);
  }
  const auto all = records(number);
  REQUIRE(all.size() == 3);
  CHECK(std::holds_alternative<core::load_command>(all[2].command));
  stage s({.store = store.get(), .catalogue = small_catalogue("2.0.0")}, number);
  CHECK(s.answer(1, pass(1)) == "done seq 4 tick 1");
}

TEST_CASE_METHOD(with_store, "a restart without the plugin of things that live is refused") {
  core::world_number number = 0;
  {
    stage s({.store = store.get()});
    number = s.number;
    s.make_bot(1);
  }
  auto history = storage::history::open(*store, number);
  REQUIRE(history);
  fake_surroundings around;
  world_keeper::parts parts;
  parts.number = number;
  parts.store = store.get();
  parts.history.emplace(std::move(*history));
  core::catalogue_parts bare;
  bare.kinds = core::engine_kinds();
  parts.with = {std::make_shared<const core::catalogue>(std::move(bare))};
  world_keeper keeper(std::move(parts), around);
  auto recovered = keeper.recover();
  REQUIRE(recovered);
  const auto why = keeper.go_on(std::move(recovered->world));
  REQUIRE(why);
  CHECK(why->message.find("`bot`") != std::string::npos);
  CHECK(around.bots.empty());
}

TEST_CASE_METHOD(with_store, "a bot whose mind this server lacks is left to clients") {
  core::world_number number = 0;
  {
    stage s({.pace = core::pace::lockstep, .store = store.get()});
    number = s.number;
    s.make_bot(1, "random");
  }
  {
    auto history = storage::history::open(*store, number);
    REQUIRE(history);
    auto recovered = history->recover();
    REQUIRE(recovered);
    core::world& w = *recovered->world;
    w.bind(small_catalogue());
    core::record r;
    REQUIRE_FALSE(core::decide(w, core::create_command{1, {}, {}, {}, "oracle", {}}, r));
    storage::commit_builder one;
    one.add(r, w.shared_catalogue());
    w.apply(r);
    REQUIRE_FALSE(history->append(one, w));
  }
  stage s({.store = store.get()}, number);
  CHECK(s.let_minds_choose() == 1);
  CHECK(s.tick() == 1);  // nobody waits for the oracle
  CHECK(s.answer(1, attach(2)) == "thing 2 revealed");
}

TEST_CASE_METHOD(with_store, "after a flush the history holds all that was asked before") {
  stage s({.store = store.get()});
  s.make_bot(1);
  for (int i = 0; i < 5; ++i) s.ask(1, "pass", pass(1));
  s.ask(1, "flushed", flush_request{false});
  const strings got = s.answers(1);
  CHECK(got.back() == "flushed: ok");
  storage::history_reader reader(*store, s.number);
  CHECK(reader.stats()->last_seq == 7);
}

TEST_CASE("without a store a flush is answered as well") {
  stage s;
  CHECK(s.answer(1, flush_request{}) == "ok");
}

TEST_CASE_METHOD(with_store, "long lives are recovered from snapshots") {
  core::world_number number = 0;
  std::uint64_t hash = 0;
  {
    stage s({.store = store.get()});
    number = s.number;
    s.make_bot(1);
    for (int i = 0; i < 25'000; ++i) s.ask(1, "", act(1, "walk"));
    s.settle();
    hash = s.keeper->world().hash();
  }
  storage::history_reader reader(*store, number);
  CHECK(reader.stats()->snapshots >= 1);
  stage s({.store = store.get()}, number);
  CHECK(s.keeper->world().hash() == hash);
}

TEST_CASE_METHOD(with_store, "a tick is one commit, however many act in it") {
  stage s({.pace = core::pace::lockstep, .store = store.get()});
  constexpr std::uint64_t many = 5000;
  for (std::uint64_t i = 0; i < many; ++i) s.ask(1, "", make("bot"));
  s.settle();
  storage::history_reader reader(*store, s.number);
  const auto before = reader.stats()->commits;
  for (core::serial bot = 1; bot <= many; ++bot) s.ask(1, "", pass(bot));
  s.settle();
  CHECK(s.tick() == 1);
  CHECK(reader.stats()->commits == before + 1);
}

// -- the end -------------------------------------------------------------------------------------

TEST_CASE("after its deletion a world answers not_found, to what waited as well") {
  stage s({.pace = core::pace::lockstep});
  s.make_bot(1);
  s.make_bot(2);
  s.make_bot(3, "random");
  CHECK(s.answer(4, watch(1000)).starts_with("sub"));
  s.events(4);
  s.ask(1, "act", pass(1));
  s.ask(1, "look", see(1));
  s.ask(1, "last", detach(1));
  const core::act_command late = s.pass_of(3);
  s.keeper->doom();

  CHECK(s.client(1).take() == strings{"act: !not_found", "look: !not_found", "last: !not_found"});
  CHECK(s.around.bots.empty());
  CHECK(s.answer(2, pass(2)) == "!not_found");
  CHECK(s.answer(2, flush_request{}) == "!not_found");
  s.keeper->chosen({late}, s.keeper->world().shared_catalogue());
  s.pass_time(1h);
  CHECK(s.client(1).take().empty());
  CHECK(s.client(4).take().empty());
  CHECK(s.around.alarms.empty());
  for (connection_id who = 1; who <= 4; ++who) s.close(who);
}

TEST_CASE("who learns that a world is deleted has all answers first, and is let go") {
  stage s({.pace = core::pace::lockstep});
  s.make_bot(1);
  s.make_bot(2);
  s.ask(1, "act", pass(1));
  s.ask(1, "look", see(1));
  s.leave(1);
  CHECK(s.client(1).take().empty());
  s.keeper->doom();
  CHECK(s.client(1).take() == strings{"act: !not_found", "look: !not_found"});
  CHECK_FALSE(s.is_kept(1));

  CHECK(s.is_kept(2));
  s.ask(2, "late", see(2));
  s.leave(2);
  CHECK(s.client(2).take() == strings{"late: !not_found"});
  CHECK_FALSE(s.is_kept(2));
}

TEST_CASE_METHOD(with_store, "what was recorded before a deletion is answered as it was") {
  stage s({.store = store.get()});
  s.make_bot(1);
  s.ask(1, "before", pass(1));
  s.keeper->doom();
  CHECK(s.client(1).take() == strings{"before: done seq 3 tick 1"});
  REQUIRE_FALSE(store->delete_world(s.number));  // nothing holds its history
  CHECK(s.answer(1, pass(1)) == "!not_found");
}

TEST_CASE("a world that fails closes the connections that talked to it") {
  stage s;
  s.make_bot(1);
  s.make_bot(2);
  s.keeper->abort_all("it failed");
  CHECK(s.client(1).aborted() == "it failed");
  CHECK(s.client(2).aborted() == "it failed");
}
