// The catalogue of the tests: kinds, actions and rules.
#include "tests/core/fixture.hpp"

#include <algorithm>
#include <bit>

namespace unscripted::core::test {

namespace {

class coded_behaviour final : public behaviour {
public:
  explicit coded_behaviour(outcome (*code)(const call&)) : code_(code) {}
  outcome run(const call& c) const noexcept override { return code_(c); }

private:
  outcome (*code_)(const call&);
};

// Slots differ between the two catalogues; behaviours look them up, as the plugin loader does once.
cell_ref cell(const call& c, const char* kind, const char* property) {
  return c.writes.base().catalogue().find_cell(kind, property).value_or(cell_ref{0, 0xffff});
}

std::uint64_t number_bits(double x) { return std::bit_cast<std::uint64_t>(x); }

// -- actions that behave -------------------------------------------------------------------------

outcome walk(const call& c) {
  const direction d = direction_of(std::bit_cast<double>(c.args[0]));
  const vec3 from = c.writes.place_of(c.agent)->pos;
  const vec3 step{from_metres(0.8 * d.cosine), 0, from_metres(0.8 * d.sine)};
  const vec3 to{from.x + step.x, from.y, from.z + step.z};
  return c.writes.move(c.agent, to) ? outcome::done : outcome::refused;
}

outcome drink(const call& c) {
  c.writes.set(c.agent, cell(c, "bot", "drink"), number_bits(1));
  return outcome::done;
}

outcome pass(const call&) { return outcome::done; }

outcome tell(const call& c) {
  c.writes.set_text(c.target, cell(c, "bot", "_note"), (*c.texts)[c.args[0]]);
  c.writes.set(c.target, cell(c, "bot", "likes"), c.args[1]);
  return outcome::done;
}

outcome strike(const call& c) {
  c.writes.remove(c.target, "strike");
  return outcome::done;
}

outcome roll(const call& c) {
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < c.args[0]; ++i) last = c.writes.random();
  c.writes.set(c.agent, cell(c, "bot", "luck"), last);
  return outcome::done;
}

outcome spawn(const call& c) {
  for (const char* name : {"mist", "well", "bot"}) {
    const auto kind = c.writes.base().catalogue().find_kind(name);
    const vec3 dims = c.writes.base().catalogue().kinds()[*kind].dims;
    c.writes.create({*kind, world_serial, dims, {}, {}}, std::nullopt);
  }
  return outcome::done;
}

// -- actions that misbehave ----------------------------------------------------------------------

void write_much(const call& c) {
  c.writes.set(c.agent, cell(c, "bot", "drink"), number_bits(0.25));
  c.writes.set_text(c.agent, cell(c, "bot", "_note"), "half done");
  spawn(c);
  for (const serial near : c.writes.near(c.agent, 100'000'000, 3)) c.writes.remove(near, "wrath");
  c.writes.random();
}

outcome decline(const call& c) {
  write_much(c);
  c.writes.explain("not today");
  return outcome::refused;
}

outcome out_of_order(const call& c) {
  write_much(c);
  c.writes.explain("out of order");
  return outcome::fault;
}

outcome gamble(const call& c) {
  for (std::uint64_t i = 0; i <= draws_max; ++i) c.writes.random();
  return outcome::done;
}

outcome scribble(const call& c) {
  for (std::size_t i = 0; i <= effects_max; ++i) c.writes.set(c.agent, cell(c, "bot", "luck"), i);
  return outcome::done;
}

outcome vanish(const call& c) {
  c.writes.erase(c.agent);
  return outcome::done;
}

// -- rules ---------------------------------------------------------------------------------------

outcome live(const call& c) {
  const auto of_world = [&](const char* name) {
    return static_cast<std::int64_t>(*c.writes.get(world_serial, cell(c, "world", name)));
  };
  const cell_ref water = cell(c, "bot", "drink"), age = cell(c, "bot", "age");
  c.writes.add(c.agent, water, number_bits(-1.0 / static_cast<double>(of_world("day"))));
  c.writes.add(c.agent, age, 1);
  if (std::bit_cast<double>(*c.writes.get(c.agent, water)) < 0) c.writes.remove(c.agent, "thirst");
  else if (static_cast<std::int64_t>(*c.writes.get(c.agent, age)) >= of_world("lifespan"))
    c.writes.remove(c.agent, "age");
  return outcome::done;
}

outcome rain(const call& c) {
  const cell_ref rain = cell(c, "world", "rain");
  const auto type = c.writes.base().catalogue().kinds()[rain.kind].properties[rain.slot].type;
  c.writes.add(c.target, rain, type == value_type::number ? number_bits(1) : 1);
  return outcome::done;
}

// -- their descriptions --------------------------------------------------------------------------

property a_property(const char* name, const char* unit, value fallback, double most) {
  const value_type type = fallback.type;
  return {name, unit, type, std::move(fallback), 0, most};
}

std::vector<kind> life_kinds() {
  auto kinds = engine_kinds();
  auto& world = kinds[world_kind].properties;
  world.push_back({"day", "tick", value_type::integer, value::integer(150'000), 1, 1e9});
  world.push_back({"lifespan", "action", value_type::integer, value::integer(1'500'000), 1, 1e9});
  world.push_back(a_property("rain", "", value::integer(0), 1e9));
  kinds.push_back({"bot", metres(0.5, 1.7, 0.3), true, {}, {}});
  kinds.back().properties = {
      a_property("drink", "1", value::number(1), 1),
      a_property("age", "action", value::integer(0), 1e9),
      a_property("generation", "", value::integer(1), 1e9),
      a_property("female", "", value::boolean(false), 1),
      a_property("_note", "", value::of_text("nothing"), 40),
      a_property("likes", "", value::thing(world_serial), 0),
      a_property("luck", "", value::integer(0), 1e9),
  };
  kinds.push_back({"well", metres(1, 1, 1), true, {}, {}});
  kinds.push_back({"mist", metres(3, 2, 3), false, {}, {}});
  return kinds;
}

action an_action(const char* name, kind_index target, outcome (*code)(const call&),
                 std::vector<parameter> parameters = {}) {
  action a;
  a.name = name;
  a.target = target;
  a.summary = std::string{"For tests: "} + name + ".";
  a.parameters = std::move(parameters);
  a.code = coded(code);
  return a;
}

std::vector<parameter> words_of_tell() {
  return {{"words", "", value_type::text, value::of_text("hello"), 0, 20},
          {"about", "", value_type::thing, value::thing(world_serial), 0, 0},
          {"loud", "", value_type::boolean, value::boolean(false), 0, 1},
          {"times", "", value_type::integer, value::integer(1), 1, 9}};
}

}  // namespace

std::shared_ptr<const behaviour> coded(outcome (*run)(const call&)) {
  return std::make_shared<coded_behaviour>(run);
}

catalogue_parts life_parts() {
  catalogue_parts parts;
  parts.plugins = {{"test.life", "1.0.0", std::string(32, '0')}};
  parts.kinds = life_kinds();
  parts.actions = {
      an_action("walk", world_kind, walk,
                {{"angle", "turn", value_type::number, value::number(0), 0, 1}}),
      an_action("roll", world_kind, roll,
                {{"times", "", value_type::integer, value::integer(1), 0, 1000}}),
      an_action("spawn", world_kind, spawn),
      an_action("break", world_kind, out_of_order),
      an_action("decline", world_kind, decline),
      an_action("gamble", world_kind, gamble),
      an_action("scribble", world_kind, scribble),
      an_action("vanish", world_kind, vanish),
      an_action("drink", well_kind, drink),
      an_action("pass", bot_kind, pass),
      an_action("tell", bot_kind, tell, words_of_tell()),
      an_action("strike", bot_kind, strike),
  };
  for (action& a : parts.actions) a.self_only = a.name == "pass";
  parts.rules = {{"weather", "Ticks are counted.", 0, nullptr, coded(rain)},
                 {"life", "Every action costs; thirst and age kill.", 0, coded(live), nullptr}};
  return parts;
}

catalogue_ptr life_catalogue() {
  static const auto known = std::make_shared<const catalogue>(life_parts());
  return known;
}

catalogue_ptr later_catalogue() {
  static const auto known = [] {
    catalogue_parts parts = life_parts();
    parts.plugins.front().version = "2.0.0";
    auto& of_bots = parts.kinds[bot_kind].properties;
    of_bots.erase(of_bots.begin() + of_bot::likes);
    std::reverse(of_bots.begin(), of_bots.end());
    of_bots.push_back(a_property("mood", "", value::of_text("calm"), 40));
    parts.kinds[world_kind].properties[of_world::rain] =
        a_property("rain", "", value::number(0.5), 1e9);
    std::swap(parts.kinds[well_kind], parts.kinds[mist_kind]);
    for (action& a : parts.actions)
      if (a.target == well_kind) a.target = mist_kind;  // where the wells are now
    return std::make_shared<const catalogue>(std::move(parts));
  }();
  return known;
}

}  // namespace unscripted::core::test
