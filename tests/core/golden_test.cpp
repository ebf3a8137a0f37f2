// One fixed life of a world and its hash: equal on every machine, compiler and optimisation level.
#include "core/mind.hpp"
#include "core/perception.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <cinttypes>
#include <cstdio>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

// Where a change of what happens is intended, paste the value that the failing test prints, and say
// why in the commit.
constexpr std::uint64_t golden_hash = 0x2f3aecea407a5dfbu;

constexpr world_number here = 1;

std::string hex(std::uint64_t x) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%016" PRIx64, x);
  return text;
}

loose_value loose(const value& v) {
  switch (v.type) {
    case value_type::number: return v.as_number();
    case value_type::integer: return v.as_integer();
    case value_type::boolean: return v.as_boolean();
    case value_type::text: return v.text;
    case value_type::thing: return to_string(thing_id{here, v.bits});
  }
  return {};
}

// All that a bot could do now: of the world, of itself, and of what it sees in reach.
std::vector<option> options_of(const world& w, const thing& bot) {
  std::vector<serial> targets{world_serial, bot.id};
  std::vector<sighting> seen;
  perceive(w, bot, sight_of(w), seen);
  for (const sighting& s : seen)
    if (s.gap <= 1'000'000) targets.push_back(s.what->id);
  std::vector<option> options;
  for (const serial target : targets)
    for (const action_index i : w.catalogue().kinds()[w.find(target)->kind].actions) {
      const action& a = w.catalogue().actions()[i];
      const bool ends_it = a.name == "gamble" || a.name == "vanish" || a.name == "strike";
      if (!ends_it && offered(a, bot.id, target))
        options.push_back({target, &a.name, &a.parameters});
    }
  return options;
}

act_wish chosen_by_mind(const world& w, const thing& bot, std::uint64_t age) {
  const auto options = options_of(w, bot);
  const auto mind = make_mind("random", w.settings().seed, bot.id);
  const choice chosen = mind->choose(options, age);
  const option& what = options[chosen.option];
  act_wish wish{bot.id, *what.action, thing_id{here, what.target}, {}};
  for (std::size_t i = 0; i < chosen.args.size(); ++i)
    wish.args.emplace_back((*what.parameters)[i].name, loose(chosen.args[i]));
  return wish;
}

lab settled_world() {
  settings s = small_world(42);
  s.capacity = {{"bot", 10}, {"thing", 24}};
  lab l{s, {{of_world::day, value::integer(50)}, {of_world::lifespan, value::integer(100)}}};
  for (const kind_index kind : {well_kind, well_kind}) l.put(kind, std::nullopt);
  for (int i = 0; i < 10; ++i)
    l.play(create_command{bot_kind, {}, {}, "bot " + std::to_string(i), "random", {}});
  return l;
}

}  // namespace

TEST_CASE("a fixed life of a world ends at its golden hash", "[core][golden]") {
  lab l = settled_world();

  for (std::uint64_t round = 0; round < 500; ++round) {
    const std::vector<serial> bots = l.state().bots();
    for (const serial bot : bots) {
      // Not the bot's own age: a fault does not age it, and its mind would choose the same again.
      const act_wish wish = chosen_by_mind(l.state(), l.at(bot), round);
      const auto command = resolve_act(l.state(), here, wish);
      REQUIRE(command);
      l.play(*command);
    }
  }

  const world again = replayed(l.encoded());
  CHECK(again.hash() == l.state().hash());
  CHECK(l.state().deaths().at("thirst") > 10);
  CHECK(l.state().deaths().at("age") > 5);
  INFO("golden_hash = " << hex(l.state().hash()));
  CHECK(hex(l.state().hash()) == hex(golden_hash));
}
