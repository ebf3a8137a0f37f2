// Subscriptions: what a watcher is told, when, and what happens to one that does not read.
#include "actors/subscriptions.hpp"
#include "tests/actors/stage.hpp"
#include "tests/plugins/scratch.hpp"

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

constexpr std::size_t too_much = 1 << 20;  // of backlog

world_request see_with(core::serial bot, double max_hz, core::micrometres range) {
  subscribe_request r;
  r.bot = bot;
  r.range = range;
  r.max_hz = max_hz;
  return r;
}

world_request put(core::serial thing, double x, double z) {
  update_thing_request r;
  r.thing = thing;
  r.pos = core::vec3{core::from_metres(x), 0, core::from_metres(z)};
  return r;
}

world_request make_at(const std::string& kind, double x, double z) {
  create_thing_request r;
  r.wish.kind = kind;
  r.wish.pos = core::vec3{core::from_metres(x), 0, core::from_metres(z)};
  return r;
}

}  // namespace

TEST_CASE("a watcher gets a snapshot first, and then what changed") {
  stage s;
  s.make_bot(1);
  CHECK(s.answer(2, watch(1000)) == "sub 1 seq 2");
  CHECK(s.events(2) == strings{"* snapshot [1]"});

  s.pass_time(1s);
  s.ask(1, "walk", act(1, "walk"));
  CHECK(s.events(2) == strings{"* delta add [] del [] upd 1mp"});
  s.pass_time(1s);
  CHECK(s.answer(1, make("well")) == "thing 2");
  CHECK(s.events(2) == strings{"* delta add [2] del [] upd"});
  s.pass_time(1s);
  CHECK(s.answer(1, act(1, "strike", 1)).starts_with("done"));
  CHECK(s.events(2) == strings{"* delta add [3] del [1] upd died 1 strike heir 3"});
}

TEST_CASE("a watcher is told only what is durable") {
  stage s;
  s.make_bot(1);
  CHECK(s.answer(2, watch(1000)).starts_with("sub"));
  s.events(2);
  s.pass_time(1s);
  s.ask(1, "walk", act(1, "walk"));
  CHECK(s.client(2).take().empty());
  s.keeper->commit();
  CHECK(s.client(2).take().size() == 1);
}

TEST_CASE("deltas come at most so often, and what happens between them is one delta") {
  stage s;
  s.make_bot(1);
  CHECK(s.answer(2, watch(10)).starts_with("sub"));
  REQUIRE(s.events(2).size() == 1);

  for (int i = 0; i < 99; ++i) {
    s.ask(1, "walk", act(1, "walk"));
    s.pass_time(1ms);
  }
  CHECK(s.events(2).empty());
  s.pass_time(1ms);
  CHECK(s.events(2) == strings{"* delta add [] del [] upd 1mp"});
  s.pass_time(10s);
  CHECK(s.events(2).empty());
}

TEST_CASE("a watcher that wants next to no deltas gets its snapshot all the same") {
  stage s;
  CHECK(s.answer(2, watch(1e-300)).starts_with("sub"));
  CHECK(s.events(2) == strings{"* snapshot []"});
  s.make_bot(1);
  s.pass_time(1h);
  CHECK(s.events(2).empty());
}

TEST_CASE("a thing that comes and goes between two deltas is in neither") {
  stage s;
  CHECK(s.answer(2, watch(10)).starts_with("sub"));
  s.events(2);
  CHECK(s.answer(1, make("well")) == "thing 1");
  CHECK(s.answer(1, remove(1)) == "deleted 1");
  CHECK(s.answer(1, make("well")) == "thing 2");
  s.pass_time(1s);
  CHECK(s.events(2) == strings{"* delta add [2] del [] upd"});
}

TEST_CASE("a busy world keeps one alarm for its watchers, however many commits it makes") {
  stage s;
  s.make_bot(1);
  for (connection_id who = 2; who < 6; ++who) CHECK(s.answer(who, watch(2)).starts_with("sub"));
  std::size_t most = 0;
  for (int i = 0; i < 20'000; ++i) {
    s.ask(1, "walk", act(1, "walk"));
    s.pass_time(100us);
    most = std::max(most, s.around.alarms.size());
  }
  CHECK(most <= 6);
  CHECK(s.events(2).size() == 5);  // two a second, the snapshot included
  s.pass_time(10s);
  CHECK(s.around.alarms.empty());
}

TEST_CASE("a watcher that does not read is told merged, and a new snapshot past a bound") {
  stage s;
  s.make_bot(1);
  CHECK(s.answer(2, watch(1000)).starts_with("sub"));
  s.events(2);
  s.client(2).pretend_backlog(too_much);
  for (int i = 0; i < 100; ++i) {
    s.ask(1, "walk", act(1, "walk"));
    s.pass_time(1s);
  }
  CHECK(s.events(2).empty());
  s.client(2).pretend_backlog(0);
  s.pass_time(1s);
  CHECK(s.events(2) == strings{"* delta add [] del [] upd 1mp"});

  s.client(2).pretend_backlog(too_much);
  for (int i = 0; i < 20'100; ++i) {  // each is a death and a birth
    const core::serial bot = s.keeper->world().bots().front();
    s.ask(1, "strike", act(bot, "strike", bot));
  }
  s.client(1).take();
  s.pass_time(1s);
  CHECK(s.events(2) == strings{"* lagged"});
  s.client(2).pretend_backlog(0);
  s.pass_time(1s);
  const core::serial last = s.keeper->world().bots().front();
  CHECK(s.events(2) == strings{"* snapshot [" + std::to_string(last) + "]"});
}

TEST_CASE("through a bot's eyes things come and go with the distance") {
  stage s;
  CHECK(s.answer(1, make_at("bot", 50, 50)) == "thing 1 revealed");
  CHECK(s.answer(1, make_at("well", 80, 50)) == "thing 2");
  CHECK(s.answer(2, see_with(1, 1000, core::from_metres(10))).starts_with("sub"));
  CHECK(s.events(2) == strings{"* snapshot [1]"});

  s.pass_time(1s);
  CHECK(s.answer(1, put(1, 75, 50)) == "thing 1");
  CHECK(s.events(2) == strings{"* delta add [2] del [] upd 1m"});
  s.pass_time(1s);
  CHECK(s.answer(1, put(2, 99, 50)) == "thing 2");
  CHECK(s.events(2) == strings{"* delta add [] del [2] upd"});
  s.pass_time(1s);
  CHECK(s.answer(1, put(2, 98, 50)) == "thing 2");
  CHECK(s.events(2).empty());  // out of sight
}

TEST_CASE("nobody sees farther through a bot than the world lets it see") {
  stage s;
  CHECK(s.answer(1, make_at("bot", 5, 5)) == "thing 1 revealed");
  CHECK(s.answer(1, make_at("well", 80, 5)) == "thing 2");  // sight is 50 m
  CHECK(s.answer(2, see_with(1, 1000, core::from_metres(1e6))).starts_with("sub"));
  CHECK(s.events(2) == strings{"* snapshot [1]"});
}

TEST_CASE("a subscription ends with unsubscribe, and belongs to its connection") {
  stage s;
  s.make_bot(1);
  CHECK(s.answer(2, watch(1000)) == "sub 1 seq 2");
  s.events(2);
  const std::uint64_t sub = (std::uint64_t{stage::usual_number} << sub_bits) | 1;
  CHECK(s.answer(1, unsubscribe_request{sub}) == "!not_found");
  CHECK(s.answer(2, unsubscribe_request{sub}) == "ok");
  CHECK(s.answer(2, unsubscribe_request{sub}) == "!not_found");
  s.ask(1, "walk", act(1, "walk"));
  s.pass_time(1s);
  CHECK(s.events(2).empty());
  CHECK(s.around.alarms.empty());
}

TEST_CASE("a connection has at most 256 subscriptions, and has them again when it has left") {
  stage s;
  for (int i = 0; i < 256; ++i) REQUIRE(s.answer(1, watch(1)).starts_with("sub"));
  CHECK(s.answer(1, watch(1)) == "!over_capacity");
  CHECK(s.answer(2, watch(1)).starts_with("sub"));
  s.close(1);
  CHECK(s.answer(1, watch(1)).starts_with("sub"));
}

TEST_CASE("who resumes is told exactly what happened since, in one delta") {
  tests::scratch folder;
  auto store = storage::store::open(folder.path(), storage::durability::wal);
  REQUIRE(store);
  stage s({.store = store->get()});
  s.make_bot(1);
  CHECK(s.answer(1, make("well")) == "thing 2");
  const auto seq = s.keeper->world().seq();
  CHECK(s.answer(1, make("well")) == "thing 3");
  CHECK(s.answer(1, remove(2)) == "deleted 1");
  s.ask(1, "walk", act(1, "walk"));  // not committed yet when the other resumes

  s.ask(2, "again", watch(1000, seq));
  CHECK(s.answers(2) == strings{"again: sub 1 seq 6 resumes"});
  CHECK(s.events(2) == strings{"* delta add [3] del [2] upd 1mp"});
  CHECK(s.answer(2, watch(1000, 6)) == "sub 2 seq 6 resumes");
  CHECK(s.events(2).empty());
}

TEST_CASE("who cannot resume gets a snapshot and is told so") {
  stage s;  // without a history
  s.make_bot(1);
  CHECK(s.answer(2, watch(1000, 1)) == "sub 1 seq 2 resync");
  CHECK(s.events(2) == strings{"* snapshot [1]"});

  tests::scratch folder;
  auto store = storage::store::open(folder.path(), storage::durability::wal);
  REQUIRE(store);
  stage with_history({.store = store->get()});
  CHECK(with_history.answer(2, watch(1000, 99)) == "sub 1 seq 1 resync");
  // Over a record that chose a catalogue, also where it is the last one.
  CHECK(with_history.answer(2, watch(1000, 0)) == "sub 2 seq 1 resync");
}
