#include "tests/plugins/small_world.hpp"

using namespace unscripted;
using namespace unscripted::tests;
using core::outcome;

namespace {

// Decides a faulty action, checks that the world is as before, returns the reason.
std::string fault(const std::string& action) {
  small_world w(shipped_and({"faulty"}).catalogue);
  const auto bot = w.create("bot", 5, 5);
  const std::uint64_t before = w.world().hash();

  const core::record& r = w.act(bot, action);

  CHECK(r.outcome == outcome::fault);
  CHECK(r.effects.empty());
  CHECK(w.world().hash() == before);
  CHECK(w.number(bot, "drink") == 1);
  return r.reason;
}

}  // namespace

TEST_CASE("an exception in a plugin is a fault and leaves the world as it was") {
  CHECK(fault("explode") == "kaboom");
}

TEST_CASE("an exception that is none of the standard library's is a fault too") {
  CHECK(fault("blurt") == "an unknown exception was thrown");
}

TEST_CASE("an exception of a plugin without a wall is a fault too") {
  CHECK(fault("escape") == "an unknown exception was thrown");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they end who asks for it
TEST_CASE("memory that there is not is a fault") { CHECK(fault("devour") == "std::bad_alloc"); }
#endif

TEST_CASE("an answer that is no outcome is a fault") {
  CHECK(fault("babble") == "the plugin answered 7, which is no outcome");
}

TEST_CASE("draws without end are a fault") {
  CHECK(fault("gamble") == "drew more random numbers than one command may");
}

TEST_CASE("writes without end are a fault") {
  CHECK(fault("flood") == "wrote more effects than one command may");
}

TEST_CASE("numbers that are not finite, wrong kinds and things that are gone are not written") {
  small_world w(shipped_and({"faulty"}).catalogue, {{"day", std::int64_t{4}}});
  const auto bot = w.create("bot", 5, 5);

  const core::record& r = w.act(bot, "poison");

  CHECK(r.outcome == outcome::refused);
  CHECK(r.reason == "nothing of this ? can be");
  CHECK(w.number(bot, "drink") == 0.75);
}

TEST_CASE("a text is written only where it is one line, and one that is too long is a fault") {
  small_world w(shipped_and({"services"}).catalogue);
  const auto bot = w.create("bot", 5, 5);
  const auto say = [&](const std::string& words) {
    return w.act(bot, "say", bot, {{"words", words}});
  };

  CHECK(say("too long for it").outcome == outcome::fault);
  CHECK(w.get(bot, "motto").text == "none");
  CHECK(say("kind").outcome == outcome::done);
  CHECK(w.get(bot, "motto").text == "kind");
  CHECK(say("a\nb").outcome == outcome::refused);
  CHECK(say("\xff").outcome == outcome::refused);
  CHECK(say("caf\xc3\xa9").outcome == outcome::done);
  CHECK(w.get(bot, "motto").text == "caf\xc3\xa9");
}

TEST_CASE("the nearest bot is found and befriended, wells are not") {
  small_world w(shipped_and({"services"}).catalogue);
  const auto bot = w.create("bot", 5, 5);
  CHECK(w.act(bot, "befriend").reason == "nobody is here");
  w.create("well", 6, 5);
  w.create("bot", 1, 5);
  const auto near = w.create("bot", 5, 7);

  CHECK(w.act(bot, "befriend").outcome == outcome::done);

  CHECK(w.get(bot, "friend") == core::value::thing(near));
  CHECK(w.get(bot, "eager") == core::value::boolean(true));
}

TEST_CASE("a plugin makes a thing where there is room, and sees it at once") {
  small_world w(shipped_and({"services"}).catalogue);
  const auto bot = w.create("bot", 5, 5);
  const auto plant = [&](double distance, bool fell) {
    return w.act(bot, "plant", 0, {{"distance", distance}, {"fell", fell}});
  };

  CHECK(plant(1, false).outcome == outcome::done);
  CHECK(plant(1, false).reason == "no room for a tree");
  CHECK(plant(9, false).reason == "no room for a tree");
  CHECK(plant(3, true).outcome == outcome::done);

  CHECK(w.world().count(*w.world().catalogue().find_kind("tree")) == 1);
}

TEST_CASE("directions and places of the engine lead a bot to its target") {
  small_world w(shipped_and({"services"}).catalogue);
  const auto bot = w.create("bot", 2, 2);
  const auto well = w.create("well", 6, 5);
  const core::named_values whom{{"whom", core::to_string(core::thing_id{1, well})}};

  CHECK(w.act(bot, "go_to", 0, whom).outcome == outcome::done);

  CHECK(w.pos(bot) == core::vec3{2'400'000, 0, 2'300'000});
}

TEST_CASE("a rule at the tick sees every tick") {
  small_world w(shipped_and({"services"}).catalogue);
  const auto bot = w.create("bot", 5, 5);

  for (int i = 0; i < 5; ++i) w.act(bot, "pass", bot);

  CHECK(w.world().tick() == 5);
  CHECK(w.get(0, "ticks_seen").as_integer() == 5);
}

TEST_CASE("the same commands give the same world, with another loading of the same plugins") {
  const auto live = [](small_world w) {
    const auto bot = w.create("bot", 5, 5);
    w.create("well", 6.2, 5);
    for (int i = 0; i < 100; ++i) w.act(bot, "walk", 0, {{"angle", i / 100.0}});
    return w.world().hash();
  };

  CHECK(live(small_world(shipped_and().catalogue)) == live(small_world(shipped_and().catalogue)));
}
