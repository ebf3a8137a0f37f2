#include "tests/fuzz/small_world.hpp"

#include <utility>

namespace unscripted::fuzz {

namespace {

using namespace core;

constexpr kind_index bot = 1, well = 2;
constexpr serial ada = 1, eve = 2, spring = 3;
enum slot : std::uint16_t { drink, age, female, note, likes };

property a_property(const char* name, value fallback, double most) {
  const value_type type = fallback.type;
  return {name, "", type, std::move(fallback), 0, most};
}

effect about(effect_type type, serial thing) {
  effect e;
  e.type = type;
  e.thing = thing;
  return e;
}

effect born(serial thing, kind_index kind, const vec3& pos, const vec3& dims, const char* name) {
  effect e = about(effect_type::created, thing);
  e.pos = pos;
  e.more = details(creation{kind, world_serial, dims, name, {}});
  return e;
}

effect with_bits(effect_type type, serial thing, std::uint16_t slot, std::uint64_t bits) {
  effect e = about(type, thing);
  e.slot = slot;
  e.bits = bits;
  return e;
}

effect with_details(effect_type type, effect::details more) {
  effect e = about(type, world_serial);
  e.more = details(std::move(more));
  return e;
}

record founding() {
  found_command c;
  c.settings.name = "eden";
  c.settings.created_ms = 1'700'000'000'000;
  c.catalogue = small_catalogue();
  record r;
  r.effects = {with_details(effect_type::configured, c.settings),
               with_details(effect_type::catalogued, c.catalogue),
               born(world_serial, world_kind, {}, c.settings.dims, "eden")};
  r.command = std::move(c);
  return r;
}

record birth(serial thing, kind_index kind, const vec3& pos, const char* name) {
  const vec3 dims = small_catalogue()->kinds()[kind].dims;
  record r;
  r.command = create_command{kind, pos, dims, name, {}, {{note, value::of_text("new")}}};
  r.effects = {born(thing, kind, pos, dims, name)};
  return r;
}

record step() {
  act_command c;
  c.agent = ada;
  c.action = 0;
  c.args = {{value::number(0.25).bits}, 1, {}};
  effect moved = about(effect_type::moved, ada);
  moved.pos = {2'000'000, 0, 2'800'000};
  effect said = about(effect_type::set, ada);
  said.slot = note;
  said.more = details(std::string{"on \"my\" way"});
  record r;
  r.command = c;
  r.draws = 2;
  r.effects = {moved,
               said,
               with_bits(effect_type::added, ada, drink, value::number(-0.125).bits),
               with_bits(effect_type::added, ada, age, 1),
               with_bits(effect_type::set, ada, likes, eve),
               about(effect_type::turned, world_serial)};
  return r;
}

record refusal() {
  act_command c;
  c.agent = eve;
  c.action = 1;
  c.target = spring;
  c.args = {{0}, 1, {"please"}};
  record r;
  r.command = c;
  r.outcome = outcome::refused;
  r.reason = "not_in_reach";
  r.effects = {with_bits(effect_type::ticked, world_serial, 0, 1)};
  return r;
}

record death() {
  effect carried = about(effect_type::carried, spring);
  carried.bits = ada;
  effect gone = about(effect_type::removed, eve);
  gone.bits = no_thing;
  gone.more = details(std::string{"thirst"});
  record r;
  r.command = remove_command{eve};
  r.effects = {carried, gone};
  return r;
}

}  // namespace

catalogue_ptr small_catalogue() {
  catalogue_parts parts;
  parts.plugins = {{"test.small", "1.0", "00"}};
  parts.kinds = engine_kinds();
  parts.kinds.push_back(
      {"bot",
       {200'000, 1'700'000, 300'000},
       true,
       {a_property("drink", value::number(1), 1), a_property("age", value::integer(0), 1e9),
        a_property("female", value::boolean(true), 1), a_property("_note", value::of_text(""), 64),
        a_property("likes", value::thing(no_thing), 0)},
       {}});
  parts.kinds.push_back({"well", {1'000'000, 1'000'000, 1'000'000}, true, {}, {}});
  parts.actions.resize(2);
  parts.actions[0].name = "walk";
  parts.actions[0].summary = "Goes a step.";
  parts.actions[0].parameters = {{"angle", "turn", value_type::number, value::number(0), 0, 1}};
  parts.actions[1].name = "ask";
  parts.actions[1].target = well;
  parts.actions[1].parameters = {{"words", "", value_type::text, value::of_text(""), 0, 64}};
  parts.rules = {{"life", "Lets them die.", 0, nullptr, nullptr}};
  static const auto made = std::make_shared<const catalogue>(std::move(parts));
  return made;
}

std::vector<record> small_history() {
  std::vector<record> all{founding(),
                          birth(ada, bot, {2'000'000, 0, 2'000'000}, "ada"),
                          birth(eve, bot, {5'000'000, 0, 5'000'000}, "eve"),
                          birth(spring, well, {8'000'000, 0, 2'000'000}, ""),
                          step(),
                          refusal(),
                          death()};
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].seq = i + 1;
    all[i].tick = i < 5 ? 0 : 1;
  }
  return all;
}

world small_world() {
  world w;
  for (const record& r : small_history())
    if (!w.try_apply(r)) std::abort();
  return w;
}

}  // namespace unscripted::fuzz
