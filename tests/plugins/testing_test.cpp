// The small world of plugins/testing.hpp, with the plugins that ship: it does what the engine does.
#include "plugins/plugin.hpp"
#include "plugins/testing.hpp"
#include "tests/plugins/small_world.hpp"

#include <dlfcn.h>

using namespace unscripted;
using namespace unscripted::tests;

namespace {

const uns_plugin& exported_by(const std::filesystem::path& file) {
  // Stays loaded, as in a server.
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  REQUIRE(library);
  const void* exported = ::dlsym(library, "unscripted_plugin");
  REQUIRE(exported);
  return *static_cast<const uns_plugin*>(exported);
}

const uns_plugin& shipped(const std::string& name) {
  return exported_by(shipped_folder() / (name + ".so"));
}

// -- a plugin that uses every service -------------------------------------------------------------

namespace try_all {

using namespace unscripted::plugin;

constexpr auto mood = uses<std::int64_t>(0, "bot", "mood");
constexpr auto motto = uses<text>(1, "bot", "motto");
constexpr auto friendly = uses<bool>(2, "bot", "friendly");
constexpr auto found = uses<uns_thing>(3, "bot", "found");

outcome take_all(context& c) {
  const thing bot = c.agent();
  bot.add(mood, c.integer(0));
  bot.set(friendly, c.boolean(1));
  if (!bot.set(motto, c.words(2))) return c.refuse("too long a motto");
  const auto around = c.near(bot, 3);
  bot.set(found, around.empty() ? UNS_NO_THING : around.front().id());
  return bot.get(mood) > 100 ? c.refuse("too much of it") : done;
}
outcome sow(context& c) {
  const thing made = c.create("tree", {1 + 3 * c.ratio(), 0, 1});
  return c.create("tree").id() != UNS_NO_THING && made.is_a("tree") ? done : refused;
}
outcome fell(context& c) { return c.target().remove("an axe") ? done : refused; }
outcome explode(context& c) {
  c.agent().put({1, 0, 1});
  throw std::runtime_error("kaboom");
}
outcome grow(context& c) {
  const auto trees = c.near(c.at(1), 20);
  return trees.empty() ? c.refuse("nothing grows") : done;
}
outcome stumble(context& c) { return c.tick() == 0 ? done : throw std::runtime_error("stumbled"); }

constexpr auto parts = std::make_tuple(
    mood, motto, friendly, found, kind("tree", {0.5, 4, 0.5}, solid),
    extends("bot", integer("mood", "", -1000, 1000, 7), words("motto", 8, "hm"),
            boolean("friendly", true), other("found")),
    action<take_all>("bot", "take_all", "Take all.", integer("mood", "", 0, 1000, 1),
                     boolean("friendly"), words("motto", 100, "carpe"))
        .self_only(),
    action<sow>("world", "sow", "Sow."), action<fell>("tree", "fell", "Fell.").within(2),
    action<explode>("world", "explode", "Explode."), tick_rule<grow>("grow", "Grows."),
    tick_rule<stumble>("stumble", "Stumbles."));
constexpr auto tables = tabulate(parts);
constexpr uns_plugin all = describe("org.example.all", "1.0.0", tables);

}  // namespace try_all

uns_outcome tell(testing::world& w, uns_thing bot, testing::arguments args) {
  return w.act("take_all", bot, args);
}

}  // namespace

TEST_CASE("a step in the small world ends where it ends in the engine") {
  testing::world small(shipped("walk"));
  small_world engine(shipped_and().catalogue);
  const uns_thing bot = small.create("bot", 5, 5);
  const auto same = engine.create("bot", 5, 5);

  for (const double angle : {0.0, 0.1, 0.25, 0.37, 0.5, 0.75, 0.99, 1.0}) {
    REQUIRE(small.act("walk", bot, {{"angle", angle}}) == UNS_DONE);
    engine.act(same, "walk", core::world_serial, {{"angle", angle}});

    CAPTURE(angle);
    CHECK(small.pos(bot).x == core::to_metres(engine.pos(same).x));
    CHECK(small.pos(bot).z == core::to_metres(engine.pos(same).z));
  }
}

TEST_CASE("walls and solid things block in the small world, and say so") {
  testing::world w(shipped("walk"));
  const uns_thing bot = w.create("bot", 9.5, 5), well = w.create("well", 8, 5);

  CHECK(w.act("walk", bot) == UNS_REFUSED);
  CHECK(w.said() == "blocked");
  CHECK(w.act("walk", bot, {{"angle", 0.5}}) == UNS_REFUSED);
  CHECK(w.pos(bot).x == 9.5);
  CHECK(w.act("walk", bot, {{"angle", 0.25}}) == UNS_DONE);
  CHECK(w.pos(bot).z == 5.8);
  CHECK(w.dims(well).x == 1);
  CHECK_THROWS_AS(w.create("bot", 8, 5), std::invalid_argument);
  CHECK_THROWS_AS(w.create("bot", 0, 0), std::invalid_argument);
  CHECK_THROWS_AS(w.create("dragon", 5, 5), std::invalid_argument);
}

TEST_CASE("a bot of the small world is refused a drink out of reach, and gets it within") {
  testing::world w(shipped("drink"));
  const uns_thing well = w.create("well", 5, 5), near = w.create("bot", 6.7, 5),
                  far = w.create("bot", 8, 5);

  CHECK(w.number(near, "drink") == 0);
  CHECK(w.act("drink", near, well) == UNS_DONE);
  CHECK(w.number(near, "drink") == 1);
  CHECK(w.act("drink", far, well) == UNS_REFUSED);
  CHECK(w.said() == "not_in_reach");
  CHECK(w.number(far, "drink") == 0);
}

TEST_CASE("life runs after the actions of others and kills a bot that never drinks") {
  testing::world w(shipped("walk"));
  w.add(shipped("life"));
  const uns_thing bot = w.create("bot", 5, 5);
  w.set(UNS_WORLD, "day", 4);
  CHECK(w.number(bot, "drink") == 1);
  CHECK(w.integer(UNS_WORLD, "lifespan") == 1'500'000);

  for (int i = 0; i < 4; ++i) w.act("walk", bot, {{"angle", 0.25 * i}});
  CHECK(w.number(bot, "drink") == 0);
  CHECK(w.integer(bot, "age") == 4);
  w.act("walk", bot);

  CHECK_FALSE(w.exists(bot));
  CHECK(w.cause(bot) == "thirst");
  CHECK(w.things("bot").empty());
  CHECK_THROWS_AS(w.act("walk", bot), std::invalid_argument);
}

TEST_CASE("values of every type reach the plugin and come back in the small world") {
  testing::world w(try_all::all);
  const uns_thing bot = w.create("bot", 5, 5), near = w.create("tree", 6, 5);
  w.create("tree", 5, 7.5);
  CHECK(w.integer(bot, "mood") == 7);
  CHECK(w.text(bot, "motto") == "hm");
  CHECK(w.boolean(bot, "friendly"));
  CHECK(w.other(bot, "found") == UNS_NO_THING);

  CHECK(tell(w, bot, {{"mood", 3}, {"motto", "veni"}}) == UNS_DONE);

  CHECK(w.integer(bot, "mood") == 10);
  CHECK(w.text(bot, "motto") == "veni");
  CHECK_FALSE(w.boolean(bot, "friendly"));
  CHECK(w.other(bot, "found") == near);
}

TEST_CASE("a refusal or fault leaves the small world as it was, and says why") {
  testing::world w(try_all::all);
  const uns_thing bot = w.create("bot", 5, 5);

  CHECK(tell(w, bot, {{"motto", "more than 8 bytes"}}) == UNS_REFUSED);
  CHECK(w.said() == "too long a motto");
  CHECK(tell(w, bot, {{"mood", 500}}) == UNS_REFUSED);
  CHECK(w.said() == "too much of it");
  CHECK(w.integer(bot, "mood") == 7);
  CHECK(w.text(bot, "motto") == "hm");
  CHECK(w.act("explode", bot) == UNS_FAULT);
  CHECK(w.said() == "kaboom");
  CHECK(w.pos(bot).x == 5);
}

TEST_CASE("what a test itself does wrong is thrown by the small world") {
  testing::world w(try_all::all);
  const uns_thing bot = w.create("bot", 5, 5), other = w.create("bot", 7, 5);

  CHECK_THROWS_AS(tell(w, bot, {{"mood", 1001}}), std::invalid_argument);
  CHECK_THROWS_AS(tell(w, bot, {{"mood", 1.5}}), std::invalid_argument);
  CHECK_THROWS_AS(tell(w, bot, {{"food", 1}}), std::invalid_argument);
  CHECK_THROWS_AS(w.act("fly", bot), std::invalid_argument);
  CHECK_THROWS_AS(w.act("fell", bot), std::invalid_argument);
  CHECK_THROWS_AS(w.act("take_all", bot, other), std::invalid_argument);
  CHECK_THROWS_AS(w.number(bot, "wealth"), std::invalid_argument);
}

TEST_CASE("things come and go in the small world, by chance the same each time") {
  testing::world w(try_all::all), again(try_all::all);
  for (testing::world* each : {&w, &again}) {
    const uns_thing bot = each->create("bot", 5, 5);
    REQUIRE(each->act("sow", bot) == UNS_DONE);
  }
  const auto trees = w.things("tree");
  REQUIRE(trees.size() == 2);
  for (const uns_thing tree : trees) CHECK(w.pos(tree).x == again.pos(tree).x);

  const uns_thing bot = w.things("bot").front(), tree = w.create("tree", 6.5, 5);
  CHECK(w.act("fell", bot, tree) == UNS_DONE);
  CHECK(w.cause(tree) == "an axe");
}

TEST_CASE("rules of ticks run in the small world, and their faults are counted") {
  testing::world w(try_all::all);
  w.create("bot", 5, 5);

  w.tick();
  w.tick();

  CHECK(w.now() == 2);
  CHECK(w.rule_faults() == 2);
}

TEST_CASE("what is carried in the small world goes along, blocks nobody, and is set down") {
  testing::world w(exported_by(wrong_plugin("hands")));
  w.add(shipped("walk"));
  const uns_thing ann = w.create("bot", 2, 2), ben = w.create("bot", 2, 3);
  const uns_thing stone = w.create("stone", 2.5, 2), other = w.create("stone", 2.5, 2.5);

  REQUIRE(w.act("take", ann, stone) == UNS_DONE);
  REQUIRE(w.act("take", ann, other) == UNS_DONE);
  CHECK(w.integer(ann, "burden") == 2);
  CHECK(w.carrier(stone) == ann);
  CHECK(w.act("walk", ann) == UNS_DONE);  // over where they lay
  CHECK(w.pos(stone).x == 2.8);
  CHECK(w.act("push", ben, stone) == UNS_REFUSED);
  CHECK(w.act("fumble", ann) == UNS_DONE);

  REQUIRE(w.act("take", ben, stone) == UNS_DONE);
  CHECK(w.carrier(stone) == ben);
  CHECK(w.act("drop", ben, {{"distance", 9}}) == UNS_REFUSED);  // into the wall
  REQUIRE(w.act("drop", ben, {{"distance", 5}}) == UNS_DONE);
  CHECK(w.carrier(stone) == UNS_WORLD);
  CHECK(w.pos(stone).x == 7);
}

TEST_CASE("who dies in the small world sets down what it carried") {
  testing::world w(exported_by(wrong_plugin("hands")));
  w.add(shipped("walk"));
  w.add(shipped("life"));
  const uns_thing bot = w.create("bot", 5, 5), stone = w.create("stone", 5.5, 5);
  w.set(UNS_WORLD, "day", 1);
  REQUIRE(w.act("take", bot, stone) == UNS_DONE);

  w.act("walk", bot);

  CHECK_FALSE(w.exists(bot));
  CHECK(w.carrier(stone) == UNS_WORLD);
  CHECK(w.pos(stone).x == 5.8);
}
