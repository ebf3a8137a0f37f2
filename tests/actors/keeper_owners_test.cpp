// Whose bots are whose, and who may act for them where tokens say who asks.
#include "storage/history_reader.hpp"
#include "tests/actors/stage.hpp"
#include "tests/storage/test_world.hpp"

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

constexpr connection_id ada = 1, bob = 2, lady = 3, guest = 4;
using level = rights::level;

// Ada and Bob play, with tokens 11 and 12; the world's lady manages it; the guest looks on.
void seat(stage& s) {
  s.may[ada] = {11, core::no_thing, level::play};
  s.may[bob] = {12, core::no_thing, level::play};
  s.may[lady] = {13, core::no_thing, level::manage};
  s.may[guest] = {14, core::no_thing, level::observe};
}

core::serial make_for(stage& s, connection_id who) {
  const core::serial made = s.keeper->world().next_serial();
  s.answer(who, make("bot"));
  return made;
}

}  // namespace

TEST_CASE("a bot obeys the token that made it and who manages the world, and nobody else") {
  stage s;
  seat(s);
  const core::serial bot = make_for(s, ada);
  s.close(ada);
  CHECK(s.answer(bob, pass(bot)) == "!forbidden");
  CHECK(s.answer(guest, pass(bot)) == "!forbidden");
  CHECK(s.answer(bob, attach(bot, true)) == "!forbidden");
  CHECK(s.answer(ada, pass(bot)).starts_with("done"));
  CHECK(s.answer(lady, attach(bot, true)).find('!') == std::string::npos);
}

TEST_CASE("a bot that no token made is the world's owner's only") {
  stage s;
  const core::serial bot = s.make_bot(90);
  s.close(90);
  seat(s);
  CHECK(s.answer(ada, pass(bot)) == "!forbidden");
  CHECK(s.answer(lady, pass(bot)).starts_with("done"));
}

TEST_CASE("a bot's own token speaks for it and makes no other") {
  stage s;
  seat(s);
  const core::serial one = make_for(s, ada), other = make_for(s, ada);
  s.close(ada);
  s.may[bob] = {11, one, level::play};
  CHECK(s.answer(bob, pass(one)).starts_with("done"));
  CHECK(s.answer(bob, pass(other)) == "!forbidden");
  const std::uint64_t before = s.keeper->world().seq();
  CHECK(s.answer(bob, make("bot")) == "!forbidden");
  CHECK(s.keeper->world().seq() == before);
}

TEST_CASE("an heir has the owner of the dead, and the dead one's token speaks for it") {
  stage s;
  seat(s);
  const core::serial bot = make_for(s, ada);
  const core::serial heir = s.keeper->world().next_serial();
  s.answer(lady, remove(bot));
  if (!s.keeper->world().find(heir)) {  // deletion leaves none: let it die of what replaces it
    const core::serial next = make_for(s, ada), born = s.keeper->world().next_serial();
    s.answer(ada, act(next, "strike", next));
    REQUIRE(s.keeper->world().find(born));
    s.close(ada);
    CHECK(s.answer(bob, pass(born)) == "!forbidden");
    s.may[guest] = {11, next, level::play};
    CHECK(s.answer(guest, pass(born)).starts_with("done"));
  }
}

TEST_CASE(
    "whose bots are whose is known after a restart, and who wished what stands in the record") {
  storage::testing::temp_folder folder;
  core::world_number number = 0;
  core::serial bot = core::no_thing;
  {
    const auto store = storage::testing::open_store(folder.path());
    stage s{{.store = store.get()}};
    seat(s);
    number = s.number;
    bot = make_for(s, ada);
    REQUIRE(s.answer(ada, act(bot, "pass", {}, false, number)).starts_with("done"));
    s.settle();
  }
  const auto store = storage::testing::open_store(folder.path());
  stage s{{.store = store.get()}, number};
  seat(s);
  CHECK(s.answer(bob, act(bot, "pass", {}, false, number)) == "!forbidden");
  CHECK(s.answer(ada, act(bot, "pass", {}, false, number)).starts_with("done"));
  s.settle();
  auto history = storage::history::open(*store, number);
  REQUIRE(history);
  std::vector<std::uint64_t> principals;
  REQUIRE(history->read(1, 100, [&](const core::record& r) {
    principals.push_back(r.from.principal);
    return true;
  }));
  CHECK(principals == std::vector<std::uint64_t>{0, 11, 11, 11});
}

TEST_CASE("in lockstep each bot's record names the token that wished it") {
  storage::testing::temp_folder folder;
  const auto store = storage::testing::open_store(folder.path());
  stage s{{.pace = core::pace::lockstep, .store = store.get()}};
  seat(s);
  const core::serial one = make_for(s, ada), two = make_for(s, bob);
  s.ask(bob, "b", act(two, "pass", {}, false, s.number));
  s.ask(ada, "a", act(one, "pass", {}, false, s.number));
  s.settle();
  auto history = storage::history::open(*store, s.number);
  REQUIRE(history);
  std::vector<std::uint64_t> principals;
  REQUIRE(history->read(4, 100, [&](const core::record& r) {
    principals.push_back(r.from.principal);
    return true;
  }));
  CHECK(principals == std::vector<std::uint64_t>{11, 12, 0});
}
