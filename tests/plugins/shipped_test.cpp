#include "tests/plugins/small_world.hpp"

#include <limits>

using namespace unscripted;
using namespace unscripted::tests;
using core::outcome;

namespace {

std::vector<std::string> names(const std::vector<core::property>& properties) {
  std::vector<std::string> out;
  for (const core::property& p : properties) out.push_back(p.name);
  return out;
}

core::named_values angle(double turns) { return {{"angle", turns}}; }

} // namespace

TEST_CASE("the shipped plugins give exactly the kinds, actions and rules that are documented") {
  const auto all = shipped_and();
  const core::catalogue& c = *all.catalogue;

  CHECK(all.refusals.empty());
  REQUIRE(c.plugins().size() == 4);
  CHECK(c.plugins()[0].id == "org.unscripted.drink");
  CHECK(c.plugins()[1].id == "org.unscripted.life");
  CHECK(c.plugins()[2].id == "org.unscripted.pass");
  CHECK(c.plugins()[3].id == "org.unscripted.walk");
  REQUIRE(c.kinds().size() == 3);
  CHECK(c.kinds()[0].name == "world");
  CHECK(names(c.kinds()[0].properties) == std::vector<std::string>{"sight", "day", "lifespan"});
  CHECK(c.kinds()[1].name == "bot");
  CHECK(c.kinds()[1].dims == core::vec3{500'000, 1'700'000, 300'000});
  CHECK(c.kinds()[1].solid);
  CHECK(names(c.kinds()[1].properties) ==
        std::vector<std::string>{"drink", "age", "generation", "female"});
  CHECK(c.kinds()[2].name == "well");
  CHECK(c.kinds()[2].dims == core::vec3{1'000'000, 1'000'000, 1'000'000});
  CHECK(c.kinds()[2].solid);
  CHECK(c.kinds()[2].properties.empty());
  REQUIRE(c.actions().size() == 3);
  CHECK(c.actions()[0].name == "walk");
  CHECK(c.actions()[0].target == core::world_kind);
  CHECK(c.actions()[1].name == "pass");
  CHECK(c.actions()[1].self_only);
  CHECK(c.actions()[1].target == c.bot_kind());
  CHECK(c.actions()[2].name == "drink");
  CHECK(c.actions()[2].target == c.find_kind("well"));
  CHECK(c.actions()[2].reach == 1'000'000);
  REQUIRE(c.rules().size() == 1);
  CHECK(c.rules()[0].name == "life");
  CHECK(c.rules()[0].after_action);
  CHECK(!c.rules()[0].at_tick);
}

TEST_CASE("the shipped parameters and properties have the documented ranges and fallbacks") {
  const auto all = shipped_and();
  const core::catalogue& c = *all.catalogue;

  REQUIRE(c.actions()[0].parameters.size() == 1);
  const core::parameter& turn = c.actions()[0].parameters[0];
  CHECK(turn.name == "angle");
  CHECK(turn.unit == "turn");
  CHECK(turn.minimum == 0);
  CHECK(turn.maximum == 1);
  CHECK(turn.fallback == core::value::number(0));
  const auto& world = c.kinds()[0].properties;
  CHECK(world[1].fallback == core::value::integer(150'000));
  CHECK(world[1].minimum == 1);
  CHECK(world[1].unit == "tick");
  CHECK(world[2].fallback == core::value::integer(1'500'000));
  CHECK(world[2].unit == "action");
  const auto& bot = c.kinds()[1].properties;
  CHECK(bot[0].fallback == core::value::number(1));
  CHECK(bot[0].unit == "1");
  CHECK(bot[1].fallback == core::value::integer(0));
  CHECK(bot[2].fallback == core::value::integer(1));
  CHECK(bot[3].fallback == core::value::boolean(false));
}

TEST_CASE("a step at a quarter turn goes 0.8 m along z, exactly") {
  small_world w(shipped_and().catalogue);
  const auto bot = w.create("bot", 5, 5);

  const core::record& r = w.act(bot, "walk", 0, angle(0.25));

  CHECK(r.outcome == outcome::done);
  CHECK(w.pos(bot) == core::vec3{5'000'000, 0, 5'800'000});
}

TEST_CASE("a walk without an angle goes along x") {
  small_world w(shipped_and().catalogue);
  const auto bot = w.create("bot", 5, 5);

  w.act(bot, "walk");

  CHECK(w.pos(bot) == core::vec3{5'800'000, 0, 5'000'000});
}

TEST_CASE("a wall blocks a step and nothing moves") {
  small_world w(shipped_and().catalogue);
  const auto bot = w.create("bot", 9.5, 5);

  const core::record& r = w.act(bot, "walk", 0, angle(0));

  CHECK(r.outcome == outcome::refused);
  CHECK(r.reason == "blocked");
  CHECK(w.pos(bot) == core::vec3{9'500'000, 0, 5'000'000});
}

TEST_CASE("a well blocks a step, a step around it is free") {
  small_world w(shipped_and().catalogue);
  const auto bot = w.create("bot", 5, 5);
  w.create("well", 6, 5);

  CHECK(w.act(bot, "walk", 0, angle(0)).reason == "blocked");
  CHECK(w.act(bot, "walk", 0, angle(0.5)).outcome == outcome::done);
  CHECK(w.pos(bot).x == 4'200'000);
}

TEST_CASE("drinking fills up, then the action costs its share") {
  small_world w(shipped_and().catalogue, {{"day", std::int64_t{4}}});
  const auto bot = w.create("bot", 5, 5);
  const auto well = w.create("well", 6, 5);
  w.act(bot, "pass", bot);
  w.act(bot, "pass", bot);
  REQUIRE(w.number(bot, "drink") == 0.5);

  CHECK(w.act(bot, "drink", well).outcome == outcome::done);

  CHECK(w.number(bot, "drink") == 0.75);
  CHECK(w.get(bot, "age").as_integer() == 3);
}

TEST_CASE("a well that is too far away gives no water, and the try costs") {
  small_world w(shipped_and().catalogue, {{"day", std::int64_t{4}}});
  const auto bot = w.create("bot", 2, 5);
  const auto well = w.create("well", 8, 5);

  const core::record& r = w.act(bot, "drink", well);

  CHECK(r.outcome == outcome::refused);
  CHECK(r.reason == "not_in_reach");
  CHECK(w.number(bot, "drink") == 0.75);
}

TEST_CASE("passing changes nothing but what life costs") {
  small_world w(shipped_and().catalogue, {{"day", std::int64_t{4}}});
  const auto bot = w.create("bot", 5, 5);
  const auto other = w.create("bot", 7, 5);

  CHECK(w.act(bot, "pass", bot).outcome == outcome::done);

  CHECK(w.pos(bot) == core::vec3{5'000'000, 0, 5'000'000});
  CHECK(w.number(bot, "drink") == 0.75);
  CHECK(w.number(other, "drink") == 1);
  CHECK(!core::resolve_act(w.world(), 1, {bot, "pass", core::thing_id{1, other}, {}}));
}

TEST_CASE("without water a bot dies of thirst at its action day + 1") {
  small_world w(shipped_and().catalogue, {{"day", std::int64_t{8}}});
  const auto bot = w.create("bot", 5, 5);

  for (int i = 0; i < 8; ++i) w.act(bot, "pass", bot);
  REQUIRE(w.number(bot, "drink") == 0);
  w.act(bot, "pass", bot);

  CHECK(w.world().find(bot) == nullptr);
  REQUIRE(w.world().find_grave(bot));
  CHECK(w.world().find_grave(bot)->cause == "thirst");
}

TEST_CASE("in a day of any length thirst kills at the action day or day + 1") {
  for (const std::int64_t day : {1, 3, 7, 10, 49, 100, 1000}) {
    small_world w(shipped_and().catalogue, {{"day", day}});
    const auto bot = w.create("bot", 5, 5);
    std::int64_t actions = 0;
    for (; w.world().find(bot); ++actions) w.act(bot, "pass", bot);
    INFO("day " << day << ", died at action " << actions);
    CHECK((actions == day || actions == day + 1));
    CHECK(w.world().find_grave(bot)->cause == "thirst");
  }
}

TEST_CASE("a bot that always drinks dies of age at its last action") {
  small_world w(shipped_and().catalogue,
                {{"day", std::int64_t{2}}, {"lifespan", std::int64_t{20}}});
  const auto bot = w.create("bot", 5, 5);
  const auto well = w.create("well", 6, 5);

  for (int i = 0; i < 19; ++i) w.act(bot, "drink", well);
  REQUIRE(w.world().find(bot));
  w.act(bot, "drink", well);

  CHECK(w.world().find(bot) == nullptr);
  CHECK(w.world().find_grave(bot)->cause == "age");
}

TEST_CASE("an action of a bot that lives on writes additions, which the history keeps small") {
  small_world w(shipped_and().catalogue);
  const auto bot = w.create("bot", 5, 5);

  const core::record& r = w.act(bot, "walk");

  REQUIRE(r.effects.size() >= 3);
  CHECK(r.effects[0].type == core::effect_type::moved);
  CHECK(r.effects[1].type == core::effect_type::added);
  CHECK(r.effects[2].type == core::effect_type::added);
  CHECK(r.draws == 0);
}
