#include "gateway/v1/selection.hpp"
#include "gateway/v1/thing_json.hpp"
#include "gateway/v1/wishes.hpp"

#include <catch2/catch.hpp>

using namespace unscripted;
using core::value_type;
namespace v1 = unscripted::gateway::v1;

namespace {

core::parameter param(const std::string& name, value_type type, double minimum, double maximum,
                      const std::string& unit = {}) {
  return {name, unit, type, {type, 0, {}}, minimum, maximum};
}

core::action action(const std::string& name, core::kind_index target, core::parameter p) {
  core::action a;
  a.name = name;
  a.target = target;
  a.parameters.push_back(std::move(p));
  return a;
}

// Kinds `world` and `oven`, which can be turned, set, lit, labelled and filled.
core::catalogue kitchen() {
  core::catalogue_parts parts;
  parts.plugins.push_back({"test", "1", ""});
  parts.kinds = core::engine_kinds();
  core::kind oven;
  oven.name = "oven";
  oven.properties.push_back({"heat", "1", value_type::number, core::value::number(0), 0, 9});
  oven.properties.push_back({"_secret", "", value_type::number, core::value::number(0), 0, 9});
  parts.kinds.push_back(std::move(oven));
  parts.actions.push_back(action("turn", 1, param("angle", value_type::number, 0, 1, "turn")));
  parts.actions.push_back(action("set", 1, param("x", value_type::number, 5, 10)));
  parts.actions.push_back(action("step", 1, param("x", value_type::integer, 1, 3)));
  parts.actions.push_back(action("light", 1, param("x", value_type::boolean, 0, 1)));
  parts.actions.push_back(action("label", 1, param("x", value_type::text, 0, 20)));
  parts.actions.push_back(action("fill", 1, param("x", value_type::thing, 0, 0)));
  parts.actions.push_back(action("set", 0, param("x", value_type::number, 0, 100)));
  return core::catalogue{std::move(parts)};
}

v1::query asked(const std::string& target) { return std::get<v1::query>(v1::parse_query(target)); }

core::loose_value argument(const std::string& target, const std::string& name,
                           bool on_world = false) {
  auto args = v1::read_args(asked(target), kitchen(), name, on_world);
  if (const auto* why = std::get_if<v1::failure>(&args)) FAIL(why->message);
  REQUIRE(std::get<core::named_values>(args).size() == 1);
  return std::get<core::named_values>(args)[0].second;
}

}  // namespace

TEST_CASE("a number from 0 to below 1 fills every parameter but things") {
  CHECK(argument("?angle=0.3", "turn") == core::loose_value{0.3});
  CHECK(argument("?angle=-0.25", "turn") == core::loose_value{0.75});
  CHECK(argument("?x=0.3", "set") == core::loose_value{5.0});
  CHECK(argument("?x=0.3", "step") == core::loose_value{1.0});
  CHECK(argument("?x=0.7", "light") == core::loose_value{true});
  CHECK(argument("?x=0.3", "light") == core::loose_value{false});
  CHECK(argument("?x=0.3", "label") == core::loose_value{std::string{"0.3"}});
  const core::catalogue known = kitchen();
  for (const core::action& a : known.actions()) CHECK(v1::is_listed(a) == (a.name != "fill"));
}

TEST_CASE("what is asked for is taken as it is where it is in range") {
  CHECK(argument("?x=7.5", "set") == core::loose_value{7.5});
  CHECK(argument("?x=99", "set", true) == core::loose_value{99.0});
  CHECK(argument("?x=2", "step") == core::loose_value{2.0});
  CHECK(argument("?x=hot", "label") == core::loose_value{std::string{"hot"}});
}

TEST_CASE("a word is no number, and what an action does not know is ignored") {
  CHECK(
      std::holds_alternative<v1::failure>(v1::read_args(asked("?x=hot"), kitchen(), "set", false)));
  const auto none = v1::read_args(asked("?y=1&actorid=2"), kitchen(), "set", false);
  CHECK(std::get<core::named_values>(none).empty());
  CHECK(
      std::get<core::named_values>(v1::read_args(asked("?x=1"), kitchen(), "fly", false)).empty());
}

TEST_CASE("of a new thing its own public properties are read, and no others") {
  const auto wish =
      v1::read_thing(asked("?heat=3&_secret=4&colour=red&dims=1,2,3&name=Aga"), kitchen(), "oven");
  const auto& oven = std::get<core::thing_wish>(wish);
  CHECK(oven.name == "Aga");
  CHECK(oven.dims == core::vec3{1'000'000, 2'000'000, 3'000'000});
  CHECK_FALSE(oven.pos);
  REQUIRE(oven.props.size() == 1);
  CHECK(oven.props[0] == std::pair{std::string{"heat"}, core::loose_value{3.0}});
}

TEST_CASE("a type names its kind alone or with an s behind it") {
  CHECK(v1::names_kind("bot", "bot"));
  CHECK(v1::names_kind("bots", "bot"));
  CHECK(v1::names_kind("glass", "glass"));
  CHECK_FALSE(v1::names_kind("glas", "glass"));
  CHECK_FALSE(v1::names_kind("botss", "bot"));
  CHECK_FALSE(v1::names_kind("", "bot"));
}

TEST_CASE("filters that speak of different worlds match nothing") {
  const std::string one = core::to_string(core::thing_id{1, 0});
  const std::string two = core::to_string(core::thing_id{2, 5});
  CHECK(v1::select(asked("things?rootid=" + one + "&id=" + two)).is_empty);
  CHECK(v1::select(asked("things/" + two + "?id=" + one)).is_empty);
  CHECK(v1::select(asked("things?rootid=" + two)).is_empty);
  CHECK(v1::select(asked("things?id=")).is_empty);
  CHECK(v1::select(asked("things?id=" + two)).world() == 2u);
  CHECK(v1::select(asked("things")).takes_worlds());
  CHECK_FALSE(v1::select(asked("bots?rootid=" + one)).takes_worlds());
  CHECK_FALSE(v1::select(asked("things?parentid=" + one)).takes_worlds());
}
