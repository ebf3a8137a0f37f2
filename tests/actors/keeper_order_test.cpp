// Order, commits and answers: what a connection may rely on.
#include "core/random.hpp"
#include "storage/engine.hpp"
#include "tests/actors/stage.hpp"
#include "tests/plugins/scratch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

std::uint64_t a_seed() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

std::unique_ptr<storage::store> open_store(const std::filesystem::path& folder) {
  auto store = storage::store::open(folder, storage::durability::wal);
  REQUIRE(store);
  return std::move(*store);
}

std::uint64_t records_in(storage::store& store, core::world_number number) {
  storage::history_reader reader(store, number);
  const auto stats = reader.stats();
  REQUIRE(stats);
  return stats->records;
}

}  // namespace

TEST_CASE("requests that arrive out of order are carried out and answered in order") {
  const auto seed = a_seed();
  CAPTURE(seed);
  core::keyed_random chance(seed, 0);
  stage s;
  std::vector<std::uint64_t> order;
  for (std::uint64_t i = 0; i < 200; ++i) order.push_back(i);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[chance.below(i)]);

  for (const std::uint64_t i : order) s.deliver(1, i, std::to_string(i), make("nothing"));

  strings expected;
  for (std::uint64_t i = 0; i < 200; ++i)
    expected.push_back(std::to_string(i) + ": !invalid_params");
  CHECK(s.answers(1) == expected);
}

TEST_CASE("a request is not carried out before the one that was sent before it") {
  stage s;
  const core::serial bot = s.make_bot(9);

  s.deliver(1, 1, "second", see(bot));
  CHECK(s.answers(1).empty());
  s.deliver(1, 0, "first", make("bot"));

  CHECK(s.answers(1) == strings{"first: thing 2 revealed", "second: sees as 1"});
}

TEST_CASE("an answer to something recorded stays back until the commit, what follows it too") {
  stage s;
  s.ask(1, "make", make("bot"));
  s.ask(1, "look", show_world_request{});
  CHECK(s.client(1).take().empty());

  s.keeper->commit();
  CHECK(s.client(1).take_answers().size() == 2);
}

TEST_CASE("an answer that rests on nothing recorded leaves at once") {
  stage s;
  s.settle();
  s.ask(1, "look", show_world_request{});
  CHECK(s.client(1).take().size() == 1);
}

TEST_CASE("many records ask for one commit, and the next record after it for another") {
  stage s;
  s.settle();
  const core::serial bot = s.make_bot(1);
  REQUIRE(s.around.commits_asked == 0);

  for (int i = 0; i < 50; ++i) s.ask(1, "pass", pass(bot));
  CHECK(s.around.commits_asked == 1);
  s.settle();
  CHECK(s.client(1).take_answers().size() == 50);
  CHECK(s.client(1).sends() == 2);  // the bot's creation, and all of these
  s.ask(1, "pass", pass(bot));
  CHECK(s.around.commits_asked == 1);
}

TEST_CASE("what was committed together is one write, and there before the answers leave") {
  tests::scratch folder;
  const auto store = open_store(folder.path());
  stage s({.store = store.get()});
  const core::serial bot = s.make_bot(1);
  const auto before = records_in(*store, s.number);

  for (int i = 0; i < 10; ++i) s.ask(1, "pass", pass(bot));
  CHECK(records_in(*store, s.number) == before);
  s.keeper->commit();

  CHECK(records_in(*store, s.number) == before + 10);
  CHECK(s.client(1).take_answers().size() == 10);
  storage::history_reader reader(*store, s.number);
  CHECK(reader.stats()->commits == 3);  // the founding, the bot, these
}

TEST_CASE("what is written for want of room before the commit is not answered before it") {
  stage s;
  const core::serial bot = s.make_bot(1);
  for (int i = 0; i < 10'000; ++i) s.ask(1, "pass", pass(bot));
  CHECK(s.client(1).take().empty());
  CHECK(s.answers(1).size() == 10'000);
}

TEST_CASE("a request without an id is carried out and counted, but not answered in words") {
  stage s;
  const core::serial bot = s.make_bot(1);
  const auto answered = s.client(1).answered();
  s.ask(1, "", pass(bot));
  CHECK(s.answers(1).empty());
  CHECK(s.client(1).answered() == answered + 1);
  CHECK(s.tick() == 1);
}

TEST_CASE("requests that come together are carried out in their order, early ones and a last one") {
  stage s;
  const core::serial bot = s.make_bot(2);
  s.settle();
  const std::shared_ptr<client> peer{&s.client(1), [](client*) {}};
  const auto look = [](std::uint64_t order) {
    return numbered_request{order, {std::to_string(order), 0, {}, 0}, show_world_request{}};
  };
  std::vector<numbered_request> all;
  all.push_back(look(0));
  all.push_back(look(3));  // before its turn
  all.push_back(look(1));
  all.emplace_back(2, ticket{"2", 0, {}, 0}, see(bot));
  s.keeper->submit(peer, 1, all);
  strings answers = s.answers(1);
  REQUIRE(answers.size() == 4);
  for (std::size_t i = 0; i < answers.size(); ++i)
    CHECK(answers[i].starts_with(std::to_string(i) + ": "));

  all.clear();
  REQUIRE(peer.use_count() > 1);
  all.push_back(look(4));
  all.push_back(numbered_request{5, closing{true}});  // which lets it be answered first
  s.keeper->submit(peer, 1, all);
  CHECK(s.answers(1).size() == 1);
  all.clear();
  all.push_back(numbered_request{6, closing{}});
  s.keeper->submit(peer, 1, all);
  CHECK(peer.use_count() == 1);
}

TEST_CASE("parts of a group are answered apart, each with its number") {
  stage s;
  const core::serial bot = s.make_bot(1);
  for (std::uint32_t part = 0; part < 2; ++part) {
    ticket t{"list", 0, std::make_shared<int>(), part};
    const std::shared_ptr<client> peer{&s.client(1), [](client*) {}};
    numbered_request r{part + 1, std::move(t), part == 0 ? pass(bot) : pass(99)};
    s.keeper->submit(peer, 1, {&r, 1});
  }
  CHECK(s.answers(1) == strings{"part 0 of list: done seq 3 tick 1", "part 1 of list: !not_found"});
}

TEST_CASE("connections don't wait for each other") {
  stage s;
  const core::serial bot = s.make_bot(1);
  s.deliver(2, 5, "later", see(bot));
  s.ask(1, "look", see(bot));
  CHECK(s.answers(1) == strings{"look: sees as 1"});
  CHECK(s.answers(2).empty());
}

TEST_CASE("after a failed write nothing is sent any more") {
  tests::scratch folder;
  const auto store = open_store(folder.path());
  stage s({.store = store.get()});
  const core::serial bot = s.make_bot(1);

  store->internals().break_with("a write", "as the test wants it");
  s.ask(1, "pass", pass(bot));
  s.ask(1, "look", see(bot));
  s.ask(2, "other", show_world_request{});
  s.settle();

  CHECK(s.around.failures.size() == 1);
  s.ask(2, "again", show_world_request{});
  s.settle();
  CHECK(s.client(1).take().empty());
  CHECK(s.client(2).take().empty());
}

TEST_CASE("a flush is answered once everything before it is on disk") {
  tests::scratch folder;
  const auto store = open_store(folder.path());
  stage s({.store = store.get()});
  const core::serial bot = s.make_bot(1);
  s.ask(1, "pass", pass(bot));
  s.ask(1, "flush", flush_request{});
  CHECK(s.client(1).take_answers() == strings{"pass: done seq 3 tick 1", "flush: ok"});
  CHECK(records_in(*store, s.number) == 3);

  store->internals().break_with("a write", "as the test wants it");
  s.ask(1, "flush", flush_request{});
  CHECK(s.around.failures.size() == 1);
  CHECK(s.answers(1).empty());
}

TEST_CASE("what a few minds did is written down with what they do next, unless somebody waits") {
  tests::scratch folder;
  const auto store = open_store(folder.path());
  stage s({.store = store.get()});
  s.make_bot(2, "random");
  s.settle();
  const auto missing = [&] { return s.keeper->world().seq() - records_in(*store, s.number); };
  const auto live = [&] {
    const auto asked = std::exchange(s.around.asked, {});
    REQUIRE(asked.size() == 1);  // it is asked whether its last act was written or not
    s.keeper->chosen({s.pass_of(asked.front())}, s.keeper->world().shared_catalogue());
    REQUIRE(s.around.commits_asked == 1);
    s.around.commits_asked = 0;
    s.keeper->commit_in_turn();
  };
  std::uint64_t most = 0;
  for (int turn = 0; turn < 3000; ++turn) {
    live();
    most = std::max(most, missing());
  }
  CHECK(most == 1023);

  while (missing() == 0) live();
  s.ask(1, "look", show_world_request{});
  live();
  CHECK(missing() == 0);
  CHECK(s.client(1).take_answers().size() == 1);

  live();
  REQUIRE(missing() == 1);
  s.settle();  // the mind thinks for long
  CHECK(missing() == 0);
}

TEST_CASE("on a full disk a wish is refused, what needs no record is not") {
  stage s;
  const core::serial bot = s.make_bot(1);
  s.around.room = false;
  CHECK(s.answer(1, pass(bot)) == "!storage_full");
  CHECK(s.answer(1, make("well")) == "!storage_full");
  CHECK(s.answer(1, see(bot)) == "sees as 1");
  CHECK(s.around.failures.empty());
  s.around.room = true;
  CHECK(s.answer(1, pass(bot)) == "done seq 3 tick 1");
}

TEST_CASE("a world that could not be renamed keeps its name with its neighbours") {
  stage s;
  s.around.room = false;
  update_world_request rename;
  rename.wish.name = "eden";
  CHECK(s.answer(1, rename) == "!storage_full");
  CHECK(s.around.claimed == strings{"eden", "stage"});
  CHECK(s.keeper->world().settings().name == "stage");
}

TEST_CASE("a name that another world has is refused") {
  stage s;
  s.around.taken_names.insert("eden");
  update_world_request rename;
  rename.wish.name = "eden";
  CHECK(s.answer(1, rename) == "!conflict");
  CHECK(s.keeper->world().settings().name == "stage");
}

TEST_CASE("a closed connection leaves nothing behind, whatever it had begun") {
  stage s({.pace = core::pace::lockstep});
  const core::serial mine = s.make_bot(1);
  const core::serial other = s.make_bot(2);
  CHECK(s.answer(1, watch(1000)).starts_with("sub 1"));
  s.events(1);
  s.ask(1, "pass", pass(mine));  // waits for the other
  s.ask(1, "look", see(mine));   // waits for the pass
  s.close(1);

  CHECK(s.answer(2, pass(other)) == "done seq 5 tick 1");  // nobody else is spoken for
  s.pass_time(10s);
  CHECK(s.client(1).take().empty());
  CHECK(s.answer(2, attach(mine)) == "thing " + std::to_string(mine) + " revealed");
}

TEST_CASE("connections that come and go leave the world as it was, however many") {
  stage s({.pace = core::pace::lockstep});
  const core::serial bot = s.make_bot(9000);
  s.close(9000);
  for (connection_id who = 1; who <= 3000; ++who) {
    s.ask(who, "take", attach(bot));
    s.ask(who, "watch", watch(1));
    s.ask(who, "pass", pass(bot));
    s.close(who);
  }
  s.settle();
  CHECK(s.tick() == 3000);
  CHECK(s.around.alarms.size() < 10);
  CHECK(s.answer(9001, watch(1)).starts_with("sub 3001 "));
}
