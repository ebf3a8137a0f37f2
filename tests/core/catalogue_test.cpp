// Catalogues, loading one into a running world, and configuring the world.
#include "core/codec.hpp"
#include "core/perception.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

value cell(const lab& l, serial id, const char* property) {
  const thing& t = l.at(id);
  const kind& k = l.state().catalogue().kinds()[t.kind];
  return read_cell(t, k, k.slot_of(property).value());
}

}  // namespace

TEST_CASE("a catalogue is found through by names", "[core][catalogue]") {
  const catalogue_ptr known = life_catalogue();

  CHECK(known->find_kind("well") == well_kind);
  CHECK_FALSE(known->find_kind("Well"));
  CHECK(known->bot_kind() == bot_kind);
  CHECK(known->generation_slot() == of_bot::generation);
  CHECK(known->female_slot() == of_bot::female);
  CHECK(known->sight_slot() == of_world::sight);
  CHECK(known->find_cell("bot", "age")->slot == of_bot::age);
  CHECK_FALSE(known->find_cell("bot", "agility"));
  CHECK_FALSE(known->find_cell("robot", "age"));
  CHECK(known->find_action(well_kind, "drink") == known->find_action("drink"));
  CHECK_FALSE(known->find_action(world_kind, "drink"));
  CHECK_FALSE(known->find_action("fly"));
  CHECK(known->kinds()[bot_kind].properties[of_bot::note].is_private());
  CHECK_FALSE(known->kinds()[bot_kind].properties[of_bot::age].is_private());
}

TEST_CASE("actions are in order of target and name whatever order they came in",
          "[core][catalogue]") {
  catalogue_parts turned = life_parts();
  std::reverse(turned.actions.begin(), turned.actions.end());
  std::reverse(turned.rules.begin(), turned.rules.end());
  const catalogue other{std::move(turned)};

  CHECK(other.same_description(*life_catalogue()));
  CHECK(other.digest() == life_catalogue()->digest());
  CHECK_FALSE(other.same_description(*later_catalogue()));
}

TEST_CASE("an action of two kinds is found by its target only, unless the world has it",
          "[core][catalogue]") {
  catalogue_parts parts = life_parts();
  action twice = parts.actions[*life_catalogue()->find_action("drink")];
  for (const action& a : life_parts().actions)
    if (a.name == "drink") twice = a;
  twice.target = mist_kind;
  parts.actions.push_back(twice);
  const catalogue both{parts};
  CHECK_FALSE(both.find_action("drink"));

  twice.target = world_kind;
  parts.actions.push_back(twice);
  const catalogue three{parts};
  REQUIRE(three.find_action("drink"));
  CHECK(three.actions()[*three.find_action("drink")].target == world_kind);
}

TEST_CASE("a property of the wrong type is none that the engine uses", "[core][catalogue]") {
  catalogue_parts parts = life_parts();
  auto& of_bots = parts.kinds[bot_kind].properties;
  of_bots[of_bot::generation].type = value_type::number;
  of_bots[of_bot::generation].fallback = value::number(1);
  of_bots[of_bot::female].type = value_type::text;
  of_bots[of_bot::female].fallback = value::of_text("no");
  const catalogue odd{std::move(parts)};

  CHECK_FALSE(odd.generation_slot());
  CHECK_FALSE(odd.female_slot());
}

TEST_CASE("things keep what the new catalogue still knows, by name", "[core][catalogue]") {
  lab l;
  const serial well = l.well(2, 2);
  const serial mist = l.put(mist_kind, metres(5, 0, 5));
  const serial bot = l.put(bot_kind, metres(7, 0, 7),
                           {{of_bot::drink, value::number(0.5)},
                            {of_bot::age, value::integer(9)},
                            {of_bot::note, value::of_text("keep me")},
                            {of_bot::likes, value::thing(well)}});
  l.act(bot, "pass", bot);

  l.play(load_command{later_catalogue()});

  check_whole(l.state());
  CHECK(cell(l, bot, "age") == value::integer(10));
  CHECK(cell(l, bot, "_note") == value::of_text("keep me"));
  CHECK(cell(l, bot, "mood") == value::of_text("calm"));
  CHECK(cell(l, world_serial, "rain") == value::number(0.5));  // of another type now
  CHECK(cell(l, world_serial, "day") == value::integer(150'000));
  CHECK(l.state().catalogue().kinds()[l.at(well).kind].name == "well");
  CHECK(l.state().catalogue().kinds()[l.at(mist).kind].name == "mist");
  CHECK(l.state().bots() == std::vector<serial>{bot});
  CHECK(l.act(bot, "walk").outcome == outcome::done);
}

TEST_CASE("loading and loading back loses only what was unknown in between", "[core][catalogue]") {
  lab l;
  const serial bot =
      l.put(bot_kind, metres(7, 0, 7),
            {{of_bot::likes, value::thing(7)}, {of_bot::note, value::of_text("mine")}});
  l.play(load_command{later_catalogue()});
  l.play(load_command{life_catalogue()});

  CHECK(cell(l, bot, "likes") == value::thing(world_serial));
  CHECK(cell(l, bot, "_note") == value::of_text("mine"));
  check_whole(l.state());
}

TEST_CASE("what things offer is what the present catalogue says, whichever kinds offer something",
          "[core][catalogue]") {
  lab l;
  const serial bot = l.bot(5, 5), well = l.well(7, 5);
  const auto offers_of = [&](serial target) {
    std::vector<sighting> seen;
    std::vector<offer> offers;
    glance(l.state(), l.at(bot), seen);
    list_offers(l.state(), l.at(bot), seen, offers);
    return std::ranges::count(offers, target, &offer::target);
  };
  CHECK(offers_of(well) == 1);
  catalogue_parts dry = life_parts();
  std::erase_if(dry.actions, [](const action& a) { return a.target == well_kind; });
  l.play(load_command{std::make_shared<const catalogue>(std::move(dry))});
  check_whole(l.state());
  CHECK(offers_of(well) == 0);
  const serial later = l.well(3, 5);
  l.play(load_command{life_catalogue()});
  check_whole(l.state());
  CHECK(offers_of(well) == 1);
  CHECK(offers_of(later) == 1);
}

TEST_CASE("the same catalogue loaded again changes nothing", "[core][catalogue]") {
  lab l;
  l.bot(5, 5);
  const std::uint64_t before = l.state().hash();
  l.play(load_command{std::make_shared<const catalogue>(life_parts())});
  CHECK(l.state().hash() == before);
}

TEST_CASE("a catalogue that lacks a kind in use is not loaded", "[core][catalogue]") {
  catalogue_parts parts = life_parts();
  parts.kinds.pop_back();
  const auto mistless = std::make_shared<const catalogue>(std::move(parts));
  lab l;
  const serial mist = l.put(mist_kind, metres(5, 0, 5));

  const auto why = l.try_play(load_command{mistless});
  REQUIRE(why);
  CHECK(why->code == errc::conflict);
  CHECK(why->message.find("mist") != std::string::npos);

  l.play(remove_command{mist});
  CHECK_FALSE(l.try_play(load_command{mistless}));
  check_whole(l.state());
}

TEST_CASE("a command resolved before a load is refused, not misread, where it no longer fits",
          "[core][catalogue]") {
  catalogue_parts parts = life_parts();
  std::erase_if(parts.actions, [](const action& a) { return a.target == world_kind; });
  lab l;
  const serial bot = l.bot(5, 5);
  const serial well = l.well(6.5, 5);
  const command drink = act_of(l.state(), bot, "drink", well);
  l.play(load_command{std::make_shared<const catalogue>(std::move(parts))});

  const auto why = l.try_play(drink);

  REQUIRE(why);
  CHECK(why->code == errc::conflict);
}

TEST_CASE("configuring changes settings and rules, and the hash with what matters",
          "[core][catalogue]") {
  lab l;
  settings s = l.state().settings();
  const std::uint64_t before = l.state().hash();

  s.name = "renamed";
  s.pause_at = 7;
  s.created_ms = 99;
  s.parent = "elsewhere";
  l.play(configure_command{s, {}});
  CHECK(l.state().hash() == before);
  CHECK(l.state().settings() == s);

  s.capacity["well"] = 3;
  l.play(configure_command{s, {{of_world::day, value::integer(10)}}});
  CHECK(l.state().hash() != before);
  CHECK(cell(l, world_serial, "day") == value::integer(10));
  check_whole(l.state());
}

TEST_CASE("each setting that changes what happens changes the hash", "[core][catalogue]") {
  const std::uint64_t plain = lab{small_world(1)}.state().hash();
  const auto changed = [&](auto&& change) {
    settings s = small_world(1);
    change(s);
    return lab{s}.state().hash() != plain;
  };

  CHECK(changed([](settings& s) { s.seed = 2; }));
  CHECK(changed([](settings& s) { s.dims.x += 1; }));
  CHECK(changed([](settings& s) { s.pace = pace::lockstep; }));
  CHECK(changed([](settings& s) { s.population = population::none; }));
  CHECK(changed([](settings& s) { s.speed = 2; }));
  CHECK(changed([](settings& s) { s.deadline_ms = 2; }));
  CHECK(changed([](settings& s) { s.capacity["bot"] = 11; }));
  CHECK_FALSE(changed([](settings& s) { s.name = "other"; }));
}

TEST_CASE("a world stands still from the tick where it pauses", "[core][catalogue]") {
  settings s = small_world();
  s.pace = pace::lockstep;
  s.pause_at = 2;
  lab l{s};

  CHECK_FALSE(l.state().paused());
  l.play(advance_command{});
  CHECK_FALSE(l.state().paused());
  l.play(advance_command{});
  CHECK(l.state().paused());
}

TEST_CASE("what happens where is in the hash: things that swap give another", "[core][catalogue]") {
  const auto hash = [](double first, double second) {
    lab l;
    l.put(mist_kind, metres(first, 0, 5));
    l.put(mist_kind, metres(second, 0, 5));
    return l.state().hash();
  };
  CHECK(hash(3, 4) != hash(4, 3));
  CHECK(hash(3, 4) == hash(3, 4));
}

TEST_CASE("a world must be founded first, and once", "[core][catalogue]") {
  world empty;
  record r;
  CHECK(decide(empty, advance_command{}, r));
  CHECK(decide(empty, create_command{bot_kind, {}, {}, {}, {}, {}}, r));

  lab l;
  const auto again = l.try_play(found_command{small_world(), life_catalogue(), {}});
  REQUIRE(again);
  CHECK(again->code == errc::conflict);
}

TEST_CASE("words and codes of the wire are as in the protocol", "[core][catalogue]") {
  CHECK(wire_code(errc::parse_error) == -32700);
  CHECK(wire_code(errc::invalid_params) == -32602);
  CHECK(wire_code(errc::over_capacity) == 403);
  CHECK(wire_code(errc::dead) == 409);
  CHECK(wire_code(errc::plugin_fault) == 500);
  CHECK(wire_code(errc::overloaded) == 503);
  CHECK(std::string{reason(errc::not_found)} == "not_found");
  CHECK(std::string{reason(errc::overloaded)} == "overloaded");
  for (const pace x : {pace::free, pace::lockstep, pace::realtime})
    CHECK(parse_pace(to_string(x)) == x);
  for (const population x : {population::none, population::replace})
    CHECK(parse_population(to_string(x)) == x);
  CHECK_FALSE(parse_pace("fast"));
  CHECK_FALSE(parse_population(""));
}
