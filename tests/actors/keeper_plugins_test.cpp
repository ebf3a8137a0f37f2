// Other plugins for a living world, and plugins that are tried beside the present ones.
#include "tests/actors/simulated_node.hpp"
#include "tests/actors/stage.hpp"
#include "tests/plugins/scratch.hpp"

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

constexpr auto lockstep = core::pace::lockstep;

std::shared_ptr<shadow> try_beside(stage& s, std::uint64_t commands) {
  auto beside = std::make_shared<shadow>(other_catalogue(), commands);
  const auto verdict = s.keeper->take({s.keeper->world().shared_catalogue(), beside});
  CHECK(verdict.seq == 0);
  return beside;
}

}  // namespace

// -- between two commands ------------------------------------------------------------------------

TEST_CASE("other plugins decide from the record on that brings them") {
  stage s;
  s.make_bot(1);
  CHECK(s.answer(1, act(1, "bow")) == "!not_found");
  const auto verdict = s.keeper->take({other_catalogue()});
  CHECK(verdict.seq == 3);
  CHECK(verdict.trouble.empty());
  CHECK(s.answer(1, act(1, "bow")) == "done seq 4 tick 1");
  CHECK(s.answer(1, act(1, "strike", 1)) == "!not_found");
}

TEST_CASE("plugins that describe themselves alike are no record") {
  stage s;
  CHECK(s.keeper->take({small_catalogue()}).seq == 0);
  CHECK(s.keeper->world().seq() == 1);
}

TEST_CASE("a world keeps the plugins whose things live in it") {
  stage s;
  s.make_bot(1);
  const auto bare = bare_catalogue();
  REQUIRE(s.keeper->would_take(bare));
  const auto verdict = s.keeper->take({bare});
  CHECK(verdict.seq == 0);
  CHECK(verdict.trouble.find("`bot`") != std::string::npos);
  CHECK(s.answer(1, pass(1)) == "done seq 3 tick 1");
}

TEST_CASE("an action that waits for its tick is still the same under other plugins") {
  stage s({.pace = lockstep});
  s.make_bot(1);
  s.make_bot(2);
  s.ask(1, "walk", act(1, "walk"));
  CHECK(s.answers(1).empty());
  REQUIRE(s.keeper->take({other_catalogue()}).seq > 0);
  s.ask(2, "pass", pass(2));
  CHECK(s.answers(1) == strings{"walk: done seq 5 tick 1"});
  CHECK(s.keeper->world().find(1)->cells[0] == 2);  // it hurried
}

TEST_CASE("an action that waits for its tick is refused where other plugins lack it") {
  stage s({.pace = lockstep});
  s.make_bot(1);
  s.make_bot(2);
  s.ask(1, "strike", act(1, "strike", 2));
  s.settle();
  REQUIRE(s.keeper->take({other_catalogue()}).seq > 0);
  const strings got = s.answers(1);
  REQUIRE(got.size() == 1);
  CHECK(got.front() == "strike: !not_found");
  s.ask(1, "bow", act(1, "bow"));
  s.ask(2, "bow", act(2, "bow"));
  CHECK(s.answers(1) == strings{"bow: done seq 5 tick 1"});
}

TEST_CASE("a mind that chose under other plugins is asked again") {
  stage s;
  s.make_bot(1, "random");
  s.settle();
  REQUIRE(s.around.asked.size() == 1);
  const auto late = s.keeper->world().shared_catalogue();
  const core::act_command chosen = s.pass_of(1);
  s.around.asked.clear();
  REQUIRE(s.keeper->take({other_catalogue()}).seq == 3);
  s.keeper->chosen({chosen}, late);
  s.settle();
  CHECK(s.keeper->world().seq() == 3);
  REQUIRE(s.around.asked.size() == 1);
  CHECK(s.let_minds_choose() == 1);
  CHECK(s.keeper->world().seq() == 4);
}

TEST_CASE("watchers are told of other plugins, and get a new snapshot") {
  stage s;
  s.make_bot(1);
  CHECK(s.answer(2, watch(1000)) == "sub 1 seq 2");
  CHECK(s.events(2) == strings{"* snapshot [1]"});
  s.pass_time(1s);
  REQUIRE(s.keeper->take({other_catalogue()}).seq == 3);
  CHECK(s.events(2) == strings{"* plugins", "* snapshot [1]"});
}

TEST_CASE("nobody resumes across other plugins without a snapshot") {
  const tests::scratch folder;
  auto store = storage::store::open(folder.path(), storage::durability::wal);
  REQUIRE(store);
  stage s({.store = store->get()});
  s.make_bot(1);
  REQUIRE(s.keeper->take({other_catalogue()}).seq == 3);
  CHECK(s.answer(1, act(1, "bow")) == "done seq 4 tick 1");
  CHECK(s.answer(2, watch(1000, 3)) == "sub 1 seq 4 resumes");
  CHECK(s.answer(3, watch(1000, 2)) == "sub 2 seq 4 resync");
}

// -- beside --------------------------------------------------------------------------------------

TEST_CASE("plugins that are tried beside change nothing, and what they would change is counted") {
  stage s, alone;
  for (stage* one : {&s, &alone}) one->make_bot(1);
  const auto beside = try_beside(s, 100);
  for (stage* one : {&s, &alone}) {
    CHECK(one->answer(1, pass(1)) == "done seq 3 tick 1");
    CHECK(one->answer(1, act(1, "walk")) == "done seq 4 tick 2");
    CHECK(one->answer(1, act(1, "walk")) == "done seq 5 tick 3");
    CHECK(one->answer(1, act(1, "strike", 1)).starts_with("done seq 6"));
  }
  CHECK(s.keeper->world().hash() == alone.keeper->world().hash());
  const auto report = beside->so_far();
  CHECK(report.wanted == 100);
  CHECK(report.decided == 4);
  CHECK(report.different == 3);  // two walks, and the strike that they lack
  REQUIRE(report.first);
  CHECK(report.first->seq == 4);
  CHECK(report.first->deed == "walk");
}

TEST_CASE("no more commands are tried than were wished for") {
  stage s;
  s.make_bot(1);
  const auto beside = try_beside(s, 2);
  for (int i = 0; i < 5; ++i) CHECK(s.answer(1, act(1, "walk")).starts_with("done"));
  CHECK(beside->so_far().decided == 2);
  CHECK(beside->so_far().different == 2);
}

// -- all worlds ----------------------------------------------------------------------------------

TEST_CASE("other plugins reach every world, also one that begins meanwhile") {
  simulated_node node;
  const auto client = std::make_shared<recorder>(1);
  const auto make_world = [&](const std::string& name) {
    core::world_wish wish;
    wish.name = name;
    return node.create(client, std::move(wish));
  };
  CHECK(make_world("a").starts_with("world"));
  CHECK(make_world("b").starts_with("world"));

  std::vector<plugin_verdict> verdicts;
  core::world_wish wish;
  wish.name = "c";
  caf::anon_send(node.directory, world_creation{client, {"create", 0, {}, 0}, wish});
  caf::anon_send(node.directory,
                 actors::plugin_change{{other_catalogue()},
                                       false,
                                       [&](std::vector<plugin_verdict> all) { verdicts = all; }});
  wish.name = "d";
  caf::anon_send(node.directory, world_creation{client, {"create", 0, {}, 0}, wish});
  node.run();
  REQUIRE(verdicts.size() == 3);
  for (const plugin_verdict& v : verdicts) {
    CHECK(v.seq == 2);
    CHECK(v.trouble.empty());
  }
  visitor guest(node, 2);
  for (core::world_number world = 1; world <= 4; ++world) {
    CHECK(guest.answer(world, make("bot")).starts_with("thing 1"));
    CHECK(guest.answer(world, act(1, "bow", {}, false, world)).starts_with("done"));
  }
}

TEST_CASE("a question about other plugins changes nothing") {
  simulated_node node;
  const auto client = std::make_shared<recorder>(1);
  core::world_wish wish;
  wish.name = "a";
  CHECK(node.create(client, wish).starts_with("world"));
  visitor guest(node, 2);
  CHECK(guest.answer(1, make("bot")).starts_with("thing 1"));
  std::vector<plugin_verdict> verdicts;
  const auto ask = [&](const core::catalogue_ptr& next) {
    verdicts.clear();
    caf::anon_send(node.directory,
                   actors::plugin_change{
                       {next}, true, [&](std::vector<plugin_verdict> all) { verdicts = all; }});
    node.run();
    REQUIRE(verdicts.size() == 1);
    return verdicts.front().trouble;
  };
  CHECK(ask(other_catalogue()).empty());
  CHECK(ask(bare_catalogue()).find("`bot`") != std::string::npos);
  CHECK(guest.answer(1, act(1, "bow")) == "!not_found");
}
