// Worlds, bots and the directory as actors, scheduled one message at a time.
#include "tests/actors/simulated_node.hpp"
#include "tests/plugins/scratch.hpp"
#include "tests/storage/faulty_disk.hpp"

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

constexpr auto lockstep = core::pace::lockstep;

core::world_wish wish(const std::string& name, core::pace pace = core::pace::free) {
  core::world_wish w;
  w.name = name;
  w.seed = 1;
  w.pace = pace;
  w.capacity = {{"bot", 100}};
  w.dims = core::vec3{100'000'000, 10'000'000, 100'000'000};
  return w;
}

core::world_wish paused(core::world_wish w, std::uint64_t tick = 0) {
  w.pause_at = tick;
  return w;
}

struct with_store {
  with_store() {
    auto opened = storage::store::open(folder.path(), storage::durability::wal);
    REQUIRE(opened);
    store = std::move(*opened);
  }
  tests::scratch folder;
  std::unique_ptr<storage::store> store;
};

std::uint64_t a_seed() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

}  // namespace

// -- worlds come and are found -------------------------------------------------------------------

TEST_CASE("a created world answers its creator and is found by its name") {
  simulated_node node;
  visitor v(node, 1);
  CHECK(node.create(v.shared(), wish("eden")).starts_with("world seq 1 tick 0"));
  CHECK(node.common.book.find_world("eden") == 1u);
  CHECK(v.answer(1, make("bot")) == "thing 1 revealed");
  CHECK(v.answer(2, make("bot")) == "!not_found");
}

TEST_CASE("a world without a name or a seed is given them, and a name that is taken is refused") {
  simulated_node node;
  visitor v(node, 1);
  core::world_wish nameless;
  CHECK(node.create(v.shared(), nameless).starts_with("world"));
  CHECK(node.create(v.shared(), nameless).starts_with("world"));
  CHECK(node.common.book.find_world("world-2") == 2u);
  CHECK(node.create(v.shared(), wish("world-1")) == "!conflict");
  CHECK(node.common.book.worlds().size() == 2);
}

TEST_CASE("a server ends where the list of worlds cannot be written") {
  using storage::testing::faulty_disk;
  const tests::scratch folder;
  const auto disk = std::make_shared<faulty_disk>(folder.path());
  const auto env = rocksdb::NewCompositeEnv(disk);
  auto store = storage::store::open(folder.path(), storage::durability::wal, {.env = env.get()});
  REQUIRE(store);
  simulated_node node(store->get());
  visitor v(node, 1);
  REQUIRE(node.create(v.shared(), wish("first")).starts_with("world"));
  REQUIRE(node.last_words.empty());
  disk->fail(faulty_disk::io::sync, 1, faulty_disk::fault::eio);
  SECTION("when a world is made") { node.create(v.shared(), wish("second")); }
  SECTION("when a world is deleted") { node.remove(v.shared(), 1); }
  REQUIRE(disk->has_failed());
  CHECK(node.last_words.size() == 1);
}

TEST_CASE("what arrives at a world before it is founded is carried out after it") {
  simulated_node node;
  caf::scoped_actor self{node.system};
  auto world = node.system.spawn(world_actor, &node.common, 5, caf::actor{self});
  const auto peer = std::make_shared<recorder>(1);
  delivery early{peer, 1, {}};
  early.requests.emplace_back(0, ticket{"early", 0, {}, 0}, show_world_request{});
  caf::anon_send(world, std::move(early));
  node.run();
  CHECK(peer->take().empty());
  const auto first = core::resolve_found(small_catalogue(), wish("late"), 0);
  caf::anon_send(world, founding{*first, {}, {small_catalogue()}, peer, {"create", 0, {}, 0}});
  node.run();
  const strings got = peer->take();
  REQUIRE(got.size() == 2);
  CHECK(got[0].starts_with("create: world seq 1"));
  CHECK(got[1].starts_with("early: world seq 1"));
  caf::anon_send(world, stopping{});
  node.run();
}

TEST_CASE_METHOD(with_store, "a world that cannot be founded is answered, and nobody finds it") {
  simulated_node node(store.get());
  const auto peer = std::make_shared<recorder>(1);
  const auto first = core::resolve_found(small_catalogue(), wish("nowhere"), 0);
  auto world = node.system.spawn(world_actor, &node.common, 99, node.directory);
  node.common.book.add_world({99, "nowhere", world, {}});
  caf::anon_send(world, founding{*first, {}, {small_catalogue()}, peer, {"create", 0, {}, 0}});
  node.run();
  CHECK(peer->take() == strings{"create: !conflict"});
  CHECK(node.common.book.worlds().empty());
  caf::anon_send(world, stopping{});
  node.run();
}

// -- two ways ------------------------------------------------------------------------------------

TEST_CASE("requests go to a world by two ways, and are answered in the order sent") {
  const auto seed = a_seed();
  CAPTURE(seed);
  for (std::uint64_t round = 0; round < 100; ++round) {
    core::keyed_random chance(seed, round);
    simulated_node node;
    visitor v(node, 1);
    node.create(v.shared(), wish("eden"));
    for (int i = 0; i < 3; ++i) v.answer(1, make("bot"));
    strings expected;
    for (int i = 0; i < 30; ++i) {
      const auto bot = 1 + chance.below(3);
      const std::string id = std::to_string(i) + ": ";
      switch (chance.below(3)) {
        case 0: v.submit(1, std::to_string(i), pass(bot)); break;
        case 1: v.submit(1, std::to_string(i), see(bot)); break;
        case 2: v.submit(1, std::to_string(i), show_thing_request{bot}); break;
      }
      expected.push_back(id);
      if (chance.below(3) == 0) v.flush();
      if (chance.below(3) == 0) node.run_any(chance);
    }
    v.flush();
    while (node.run_any(chance)) {
    }
    strings got = v.client().take_answers();
    for (std::string& line : got) line.resize(line.find(' ') + 1);
    REQUIRE(got == expected);
  }
}

TEST_CASE("an act that is under way when its bot dies is answered dead") {
  simulated_node node;
  visitor a(node, 1), b(node, 2);
  node.create(a.shared(), wish("eden"));
  CHECK(a.answer(1, make("bot")) == "thing 1 revealed");
  CHECK(b.answer(1, make("bot")) == "thing 2 revealed");
  b.submit(1, "late", pass(2));  // on its way through the actor of bot 2
  CHECK(a.answer(1, act(1, "strike", 2, false, 1)).starts_with("done"));
  b.flush();
  node.run();
  CHECK(b.client().take_events() == strings{"* died 2 strike heir 3"});
  CHECK(b.client().take_answers() == strings{"late: !dead strike heir 3"});
  CHECK(node.common.book.bot_count() == 2);
  CHECK(node.actors() == 4);  // the directory, the world, two bots
}

// -- time ----------------------------------------------------------------------------------------

TEST_CASE("hosted minds live tick after tick until the pause") {
  simulated_node node;
  visitor v(node, 1);
  node.create(v.shared(), paused(wish("eden", lockstep)));
  for (int i = 0; i < 5; ++i) v.answer(1, make("bot", "random"));
  v.answer(1, pause_at(100));
  CHECK(v.answer(1, show_world_request{}).find("tick 100 ") != std::string::npos);
  CHECK_FALSE(node.scheduler.has_pending_timeout());
}

TEST_CASE("the deadline of a tick is kept by the clock") {
  simulated_node node;
  visitor a(node, 1), b(node, 2);
  node.create(a.shared(), wish("eden", lockstep));
  CHECK(a.answer(1, make("bot")) == "thing 1 revealed");
  CHECK(b.answer(1, make("bot")) == "thing 2 revealed");
  CHECK(a.answer(1, pass(1)).empty());
  node.pass_time(999ms);
  CHECK(a.client().take().empty());
  node.pass_time(1ms);
  CHECK(a.client().take().size() == 1);
}

TEST_CASE("a realtime world ticks by the clock, and stops with the pause") {
  simulated_node node;
  visitor v(node, 1);
  node.create(v.shared(), wish("eden", core::pace::realtime));
  for (int i = 0; i < 10; ++i) node.pass_time(576ms);
  CHECK(v.answer(1, show_world_request{}).find("tick 10 ") != std::string::npos);
  v.answer(1, pause_at(0));
  for (int i = 0; i < 10; ++i) node.pass_time(576ms);
  CHECK(v.answer(1, show_world_request{}).find("tick 10 ") != std::string::npos);
  CHECK_FALSE(node.scheduler.has_pending_timeout());
}

// -- schedules -----------------------------------------------------------------------------------

namespace {

// Two clients and four minds live 30 ticks in lockstep; who runs next is drawn by lot.
std::string life_under_schedule(core::keyed_random& chance) {
  simulated_node node;
  visitor clients[] = {visitor(node, 1), visitor(node, 2)};
  node.create(clients[0].shared(), paused(wish("eden", lockstep)));
  for (visitor& v : clients) v.answer(1, make("bot"));
  for (int i = 0; i < 4; ++i) clients[0].answer(1, make("bot", "random"));
  clients[0].answer(1, pause_at(30));
  core::serial bots[] = {1, 2};
  int acted[] = {0, 0};
  const auto act_once = [&](int who) {
    act_request walk;
    walk.wish.agent = bots[who];
    walk.wish.action = "walk";
    walk.wish.args = {{"angle", 0.013 * ++acted[who]}};
    clients[who].ask(1, "walk", walk);
  };
  act_once(0);
  act_once(1);
  while (node.run_any(chance))
    for (int who = 0; who < 2; ++who)
      for (const std::string& line : clients[who].client().take_answers()) {
        const auto heir = line.find(" heir ");  // the minds strike, now and then
        if (heir != std::string::npos) bots[who] = std::stoull(line.substr(heir + 6));
        if (line != "walk: !busy") act_once(who);  // the pause
      }
  return clients[0].answer(1, show_world_request{});
}

}  // namespace

TEST_CASE("in lockstep every schedule of the actors leads to the same world") {
  const auto seed = a_seed();
  CAPTURE(seed);
  core::keyed_random first(0, 0);
  const std::string expected = life_under_schedule(first);
  CHECK(expected.find("tick 30 ") != std::string::npos);
  for (std::uint64_t round = 1; round <= 60; ++round) {
    CAPTURE(round);
    core::keyed_random chance(seed, round);
    REQUIRE(life_under_schedule(chance) == expected);
  }
}

// -- failure -------------------------------------------------------------------------------------

TEST_CASE_METHOD(with_store,
                 "a world that throws is started anew, and its connections are closed") {
  simulated_node node(store.get());
  visitor good(node, 1), bad(node, 2);
  node.create(good.shared(), paused(wish("eden", lockstep)));
  CHECK(good.answer(1, make("bot", "random")) == "thing 1 revealed");
  const auto before = good.answer(1, show_world_request{});
  const auto running = node.actors();

  bad.client().break_down();
  bad.ask(1, "look", show_world_request{});
  node.run();

  CHECK_FALSE(good.client().aborted().empty());
  CHECK_FALSE(bad.client().aborted().empty());
  REQUIRE(node.warnings.size() == 1);
  CHECK(node.warnings[0].find("eden failed: the client broke down") != std::string::npos);
  good.close();
  bad.close();
  visitor next(node, 3);
  CHECK(next.answer(1, show_world_request{}) == before);
  CHECK(node.common.book.bot_count() == 1);
  CHECK(next.answer(1, pause_at(5)).starts_with("world"));
  CHECK(next.answer(1, show_world_request{}).find("tick 5 ") != std::string::npos);
  CHECK(node.actors() == running);  // nothing is left of the one that failed
}

TEST_CASE_METHOD(with_store, "what is under way to a world that fails is answered or cut off") {
  simulated_node node(store.get());
  visitor first(node, 1), bad(node, 2), late(node, 3);
  node.create(first.shared(), wish("eden"));
  CHECK(late.answer(9, show_world_request{}) == "!not_found");
  bad.client().break_down();
  bad.ask(1, "look", show_world_request{});
  late.ask(1, "one", show_world_request{});
  late.submit(1, "two", show_world_request{});  // leaves when the world is another already
  node.run();
  CHECK(late.client().take_answers() == strings{"one: !conflict"});
  late.ask(1, "three", show_world_request{});
  node.run();
  const strings got = late.client().take_answers();
  REQUIRE(got.size() == 2);
  CHECK(got[0] == "two: !conflict");
  CHECK(got[1].starts_with("three: world seq 1"));
}

TEST_CASE_METHOD(with_store, "a world that fails again and again stays down, and says so") {
  simulated_node node(store.get());
  {
    visitor v(node, 1);
    node.create(v.shared(), wish("eden"));
  }
  for (connection_id who = 10; who < 14; ++who) {
    visitor bad(node, who);
    bad.client().break_down();
    bad.ask(1, "look", show_world_request{});
    node.run();
  }
  visitor v(node, 2);
  CHECK(v.answer(1, show_world_request{}) == "!conflict");
  CHECK(node.common.book.find_world(1)->trouble.find("too often") != std::string::npos);
  CHECK(node.remove(v.shared(), 1) == "deleted 1");
  CHECK(store->worlds()->empty());
}

TEST_CASE("without a history a world that fails is lost, and says so") {
  simulated_node node;
  visitor bad(node, 1), v(node, 2);
  node.create(bad.shared(), wish("eden"));
  bad.client().break_down();
  bad.ask(1, "look", show_world_request{});
  node.run();
  CHECK(node.common.book.find_world(1)->trouble == "it failed and is lost");
  CHECK(v.answer(1, show_world_request{}) == "!conflict");
  CHECK(node.remove(v.shared(), 1) == "deleted 1");
  bad.close();
  node.run();
  CHECK(node.actors() == 1);
}

TEST_CASE("a client that breaks down while its world is founded is cut off, not left waiting") {
  with_store s;
  simulated_node node(s.store.get());
  const auto bad = std::make_shared<recorder>(1);
  bad->break_down();
  caf::anon_send(node.directory, world_creation{bad, {"create", 0, {}, 0}, wish("eden")});
  node.run();
  CHECK_FALSE(bad->aborted().empty());
  visitor v(node, 2);
  CHECK(v.answer(1, show_world_request{}).starts_with("world seq 1"));  // it was recorded
}

// -- restart -------------------------------------------------------------------------------------

TEST_CASE_METHOD(with_store, "all worlds live again after a restart, minds and clocks included") {
  {
    simulated_node node(store.get());
    visitor v(node, 1);
    for (const char* name : {"one", "two", "three"}) {
      node.create(v.shared(), paused(wish(name, lockstep)));
      v.answer(*node.common.book.find_world(name), make("bot", "random"));
    }
    v.answer(2, pause_at(7));
  }
  simulated_node node(store.get());
  visitor v(node, 1);
  CHECK(node.common.book.worlds().size() == 3);
  CHECK(v.answer(2, show_world_request{}).find("tick 7 ") != std::string::npos);
  CHECK(v.answer(3, pause_at(9)).starts_with("world"));
  CHECK(v.answer(3, show_world_request{}).find("tick 9 ") != std::string::npos);
}

TEST_CASE_METHOD(with_store, "a world that was entered but never founded is gone after a restart") {
  REQUIRE(store->create_world("half", 0));
  simulated_node node(store.get());
  CHECK(node.common.book.worlds().empty());
  CHECK(store->worlds()->empty());
  visitor v(node, 1);
  CHECK(node.create(v.shared(), wish("half")).starts_with("world seq 1"));
}

TEST_CASE_METHOD(with_store, "a world that cannot be started says why, once, and answers it") {
  {
    simulated_node node(store.get());
    visitor v(node, 1);
    node.create(v.shared(), wish("eden"));
    v.answer(1, make("bot"));
  }
  core::catalogue_parts bare;
  bare.kinds = core::engine_kinds();
  simulated_node node(store.get(), std::make_shared<const core::catalogue>(std::move(bare)));
  REQUIRE(node.warnings.size() == 1);
  CHECK(node.warnings[0].find("world eden was not started") != std::string::npos);
  CHECK(node.common.book.find_world(1)->trouble.find("load its plugin") != std::string::npos);
  visitor v(node, 1);
  CHECK(v.answer(1, show_world_request{}) == "!conflict");
  CHECK(node.actors() == 1);
}

TEST_CASE_METHOD(with_store, "two worlds of one name in the store are both reachable") {
  {
    simulated_node node(store.get());
    visitor v(node, 1);
    node.create(v.shared(), wish("eden"));
    node.create(v.shared(), wish("other"));
  }
  REQUIRE_FALSE(store->rename_world(2, "eden"));
  simulated_node node(store.get());
  CHECK(node.common.book.find_world("eden") == 1u);
  CHECK(node.common.book.find_world("eden-2") == 2u);
}

// -- the end -------------------------------------------------------------------------------------

TEST_CASE_METHOD(with_store, "a deleted world is gone from the book, the store and the actors") {
  simulated_node node(store.get());
  visitor v(node, 1);
  node.create(v.shared(), wish("eden", lockstep));
  CHECK(v.answer(1, make("bot")) == "thing 1 revealed");
  CHECK(v.answer(1, make("bot", "random")) == "thing 2 revealed");
  CHECK(v.answer(1, attach(2, true)) == "thing 2 revealed");
  v.ask(1, "waits", pass(1));
  node.run();
  caf::anon_send(node.directory, world_deletion{v.shared(), {"delete", 0, {}, 0}, 1});
  v.ask(1, "late", pass(1));
  node.run();

  strings got = v.client().take_answers();
  std::sort(got.begin(), got.end());
  CHECK(got == strings{"delete: deleted 1", "late: !not_found", "waits: !not_found"});
  CHECK(store->worlds()->empty());
  CHECK(node.common.book.bot_count() == 0);
  CHECK(node.remove(v.shared(), 1) == "deleted 0");
  CHECK(v.answer(1, pass(1)) == "!not_found");
  node.pass_time(1h);
  CHECK(node.actors() == 1);  // although the connection that used it is still there
  CHECK(node.create(v.shared(), wish("eden")).starts_with("world seq 1"));
  CHECK(node.common.book.find_world("eden") == 2u);
}

TEST_CASE_METHOD(with_store, "stopping ends all actors, whatever they wait for") {
  simulated_node node(store.get());
  visitor v(node, 1), w(node, 2);
  core::world_wish patient = wish("patient", lockstep);
  patient.deadline_ms = 3'600'000;
  node.create(v.shared(), patient);
  node.create(v.shared(), wish("real", core::pace::realtime));
  patient.name = "deleted";
  node.create(v.shared(), patient);
  for (const core::world_number world : {1u, 3u}) {
    v.answer(world, make("bot"));
    w.answer(world, make("bot"));
    CHECK(v.answer(world, pass(1)).empty());
  }
  CHECK(node.remove(v.shared(), 3) == "deleted 1");
  REQUIRE(node.scheduler.has_pending_timeout());
  v.close();
  w.close();
  node.stop();
  CHECK(node.actors() == 0);
}

TEST_CASE_METHOD(with_store, "what was asked before the end is recorded, in one piece") {
  std::string before;
  {
    simulated_node node(store.get());
    visitor v(node, 1);
    node.create(v.shared(), wish("eden"));
    v.answer(1, make("bot"));
    for (int i = 0; i < 50; ++i) v.submit(1, "walk", act(1, "walk"));
    v.submit(1, "last", show_world_request{});
    v.flush();
    node.stop();
    before = v.client().take_answers().back();
  }
  simulated_node node(store.get());
  visitor v(node, 1);
  CHECK("last: " + v.answer(1, show_world_request{}) == before);
}
