// Time, deaths, heirs and graves.
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

slot_values short_life(std::int64_t day, std::int64_t lifespan) {
  return {{of_world::day, value::integer(day)}, {of_world::lifespan, value::integer(lifespan)}};
}

settings with(population follows, pace how = pace::free) {
  settings s = small_world();
  s.population = follows;
  s.pace = how;
  return s;
}

/// Passes with one bot until it is dead; how many actions that took.
int actions_to_death(lab& l, serial bot) {
  int count = 0;
  while (l.state().find(bot)) {
    l.act(bot, "pass", bot);
    if (++count > 10'000) FAIL("it does not die");
  }
  return count;
}

}  // namespace

TEST_CASE("ten bots with ten actions each pass ten ticks", "[core][life]") {
  lab l;
  for (int i = 0; i < 10; ++i) l.bot(i + 0.5, 5);

  for (std::uint64_t round = 1; round <= 10; ++round) {
    for (const serial bot : l.state().bots()) {
      CHECK(l.state().tick() == round - 1);
      l.act(bot, "pass", bot);
    }
    CHECK(l.state().tick() == round);
    CHECK(l.history().back().tick == round);
    CHECK(l.state().turns() == 0);
  }
  CHECK(l.state().actions() == 100);
}

TEST_CASE("an idle bot does not stop time", "[core][life]") {
  lab l;
  const serial busy = l.bot(2, 2);
  l.bot(5, 5);

  for (int i = 0; i < 10; ++i) l.act(busy, "pass", busy);

  CHECK(l.state().tick() == 5);
}

TEST_CASE("a refused action takes a turn, a fault does not", "[core][life]") {
  lab l;
  const serial bot = l.bot(2, 2);
  l.bot(5, 5);

  l.act(bot, "break");
  CHECK(l.state().turns() == 0);
  l.act(bot, "decline");
  CHECK(l.state().turns() == 1);
  l.act(bot, "decline");
  CHECK(l.state().tick() == 1);
}

TEST_CASE("a tick comes when bots become fewer than the turns already taken", "[core][life]") {
  lab l{with(population::none)};
  std::vector<serial> bots;
  for (int i = 0; i < 4; ++i) bots.push_back(l.bot(i + 0.5, 5));
  l.act(bots[0], "pass", bots[0]);
  l.act(bots[1], "pass", bots[1]);
  CHECK(l.state().turns() == 2);

  l.play(remove_command{bots[3]});
  l.act(bots[2], "pass", bots[2]);

  CHECK(l.state().tick() == 1);
  CHECK(l.state().turns() == 0);
}

TEST_CASE("the last action of the last bot still ends its tick", "[core][life]") {
  lab l{with(population::none), short_life(100, 1)};
  const serial bot = l.bot(5, 5);

  l.act(bot, "pass", bot);

  CHECK(l.state().bot_count() == 0);
  CHECK(l.state().tick() == 1);
}

TEST_CASE("in lockstep and realtime only an advance passes a tick", "[core][life]") {
  const pace how = GENERATE(pace::lockstep, pace::realtime);
  lab l{with(population::replace, how)};
  const serial bot = l.bot(5, 5);

  for (int i = 0; i < 5; ++i) l.act(bot, "pass", bot);
  CHECK(l.state().tick() == 0);
  CHECK(l.state().turns() == 0);
  l.play(advance_command{});

  CHECK(l.state().tick() == 1);
  CHECK(l.integer(world_serial, of_world::rain) == 1);  // the rule at each tick ran once
}

TEST_CASE("a pass for one who is absent costs life but is no action", "[core][life]") {
  lab l{with(population::replace, pace::lockstep)};
  const serial bot = l.bot(5, 5);
  command c = act_of(l.state(), bot, "pass", bot);
  std::get<act_command>(c).absent = true;

  const record r = l.play(c);

  CHECK(std::get<act_command>(r.command).absent);
  CHECK(l.integer(bot, of_bot::age) == 1);
  CHECK(l.state().actions() == 0);
}

TEST_CASE("rules at a tick see the new tick and run after all else", "[core][life]") {
  lab l;
  const serial bot = l.bot(5, 5);

  const record r = l.act(bot, "pass", bot);

  REQUIRE(r.effects.size() == 4);
  CHECK(r.effects[2].type == effect_type::ticked);
  CHECK(r.effects[2].bits == 1);
  CHECK(r.effects[3].type == effect_type::added);
  CHECK(r.effects[3].thing == world_serial);
}

TEST_CASE("thirst kills after a day without water", "[core][life]") {
  lab l{with(population::none), short_life(8, 1000)};
  const serial bot = l.bot(5, 5);

  CHECK(actions_to_death(l, bot) == 9);  // at 8 nothing is left; one more is below 0

  REQUIRE(l.state().find_grave(bot));
  CHECK(l.state().find_grave(bot)->cause == "thirst");
  CHECK(l.state().deaths().at("thirst") == 1);
}

TEST_CASE("a well saves from thirst, and age kills in the end", "[core][life]") {
  lab l{with(population::none), short_life(8, 40)};
  const serial bot = l.bot(5, 5);
  const serial well = l.well(6.5, 5);
  int actions = 0;

  while (l.state().find(bot) && ++actions < 100) l.act(bot, "drink", well);

  CHECK(actions == 40);
  CHECK(l.state().find_grave(bot)->cause == "age");
  CHECK(l.state().deaths().at("age") == 1);
}

TEST_CASE("an heir has the name, mind and sex of the dead, and is of the next generation",
          "[core][life]") {
  const bool female = GENERATE(true, false);
  lab l{with(population::replace), short_life(100, 3)};
  l.play(create_command{bot_kind,
                        metres(5, 0, 5),
                        metres(0.4, 1.5, 0.4),
                        "Eve",
                        "random",
                        {{of_bot::female, value::boolean(female)},
                         {of_bot::generation, value::integer(6)},
                         {of_bot::note, value::of_text("mine")}}});

  actions_to_death(l, 1);

  const grave* g = l.state().find_grave(1);
  REQUIRE(g);
  CHECK(g->cause == "age");
  const thing& heir = l.at(g->heir);
  CHECK(heir.name == "Eve");
  CHECK(heir.mind == "random");
  CHECK(heir.dims == metres(0.4, 1.5, 0.4));
  CHECK(l.integer(g->heir, of_bot::female) == (female ? 1 : 0));
  CHECK(l.integer(g->heir, of_bot::generation) == 7);
  CHECK(l.integer(g->heir, of_bot::age) == 0);
  CHECK(l.number(g->heir, of_bot::drink) == 1);
  CHECK(l.state().bots() == std::vector<serial>{g->heir});
}

TEST_CASE("with the population rule none, nobody follows", "[core][life]") {
  lab l{with(population::none), short_life(100, 1)};
  const serial bot = l.bot(5, 5);
  actions_to_death(l, bot);
  CHECK(l.state().find_grave(bot)->heir == no_thing);
  CHECK(l.state().thing_count() == 0);
}

TEST_CASE("a full world still replaces its dead", "[core][life]") {
  settings s = with(population::replace);
  s.capacity = {{"bot", 2}, {"thing", 2}};
  lab l{s, short_life(100, 1)};
  const serial bot = l.bot(5, 5);
  l.bot(7, 7);

  actions_to_death(l, bot);

  CHECK(l.state().bot_count() == 2);
  check_whole(l.state());
}

TEST_CASE("where nobody fits, the dead has no heir", "[core][life]") {
  settings s = with(population::replace);
  s.dims = metres(1, 2, 1);
  lab l{s, short_life(100, 1)};
  const serial bot = l.bot(0.5, 0.85);
  l.play(create_command{well_kind, metres(0.5, 0, 0.35), metres(1, 1, 0.7), {}, {}, {}});

  actions_to_death(l, bot);

  CHECK(l.state().find_grave(bot)->heir == no_thing);
  check_whole(l.state());
}

TEST_CASE("where the capacity was lowered, the dead above it have no heirs", "[core][life]") {
  settings s = with(population::replace);
  lab l{s, short_life(100, 1)};
  const serial first = l.bot(2, 2), second = l.bot(5, 5);
  s.capacity["bot"] = 1;
  l.play(configure_command{s, {}});

  l.act(first, "pass", first);
  l.act(second, "pass", second);

  CHECK(l.state().find_grave(first)->heir == no_thing);
  CHECK(l.state().find_grave(second)->heir != no_thing);
  CHECK(l.state().bot_count() == 1);
}

TEST_CASE("one killed by another is dead with cause and heir", "[core][life]") {
  lab l{with(population::replace)};
  const serial one = l.bot(5, 5), other = l.bot(6, 5);

  l.act(one, "strike", other);

  CHECK(l.state().find_grave(other)->cause == "strike");
  CHECK(l.state().find(l.state().find_grave(other)->heir));
  CHECK(l.state().bot_count() == 2);
}

TEST_CASE("one taken out by a client or by itself has no cause and no heir", "[core][life]") {
  lab l{with(population::replace)};
  const serial one = l.bot(5, 5), other = l.bot(6, 6);

  l.play(remove_command{one});
  l.act(other, "vanish");

  for (const serial bot : {one, other}) {
    REQUIRE(l.state().find_grave(bot));
    CHECK(l.state().find_grave(bot)->cause.empty());
    CHECK(l.state().find_grave(bot)->heir == no_thing);
  }
  CHECK(l.state().deaths().empty());
  CHECK(l.state().bot_count() == 0);
}

TEST_CASE("the same bot dies once, of the first cause", "[core][life]") {
  lab l{with(population::none), short_life(2, 3)};  // thirst and age in the same action
  const serial bot = l.bot(5, 5);
  actions_to_death(l, bot);
  CHECK(l.state().find_grave(bot)->cause == "thirst");
  CHECK(l.state().deaths().size() == 1);
}

TEST_CASE("a rule that fails is undone without harm to the action", "[core][life]") {
  catalogue_parts parts = life_parts();
  parts.rules.push_back({"aftermath", "", 0, coded([](const call& c) {
                           c.writes.move(c.agent, metres(1, 0, 1));
                           c.writes.erase(c.agent);
                           return outcome::fault;
                         }),
                         nullptr});
  lab l{small_world(), {}, std::make_shared<const catalogue>(std::move(parts))};
  const serial bot = l.bot(5, 5);

  const record r = l.act(bot, "walk", world_serial, {{"angle", 0.0}});

  CHECK(r.outcome == outcome::done);
  CHECK(l.at(bot).pos == metres(5.8, 0, 5));
  CHECK(l.integer(bot, of_bot::age) == 1);
}

TEST_CASE("no rule runs for one who is gone", "[core][life]") {
  catalogue_parts parts = life_parts();
  const auto count = coded([](const call& c) {
    c.writes.add(world_serial, {world_kind, of_world::rain}, 1);
    return outcome::done;
  });
  parts.rules.push_back({"a count", "", 0, count, nullptr});
  parts.rules.push_back({"the count after life", "", 0, count, nullptr});
  lab l{with(population::none, pace::lockstep), short_life(100, 2),
        std::make_shared<const catalogue>(std::move(parts))};
  const serial mortal = l.bot(5, 5), shy = l.bot(7, 7);

  l.act(mortal, "pass", mortal);
  CHECK(l.integer(world_serial, of_world::rain) == 2);
  l.act(mortal, "pass", mortal);  // dies between the two counts
  CHECK(l.integer(world_serial, of_world::rain) == 3);
  l.act(shy, "vanish");
  CHECK(l.integer(world_serial, of_world::rain) == 3);
}

TEST_CASE("only the last dead are remembered", "[core][life]") {
  settings s = with(population::replace);
  lab l{s, short_life(100, 1)};
  l.bot(5, 5);

  for (std::size_t i = 0; i < world::graves_max + 10; ++i) {
    const serial bot = l.state().bots().front();
    l.act(bot, "pass", bot);
  }

  CHECK(l.state().graves().size() == world::graves_max);
  CHECK_FALSE(l.state().find_grave(1));
  CHECK_FALSE(l.state().find_grave(10));
  CHECK(l.state().find_grave(11));
  CHECK(l.state().deaths().at("age") == world::graves_max + 10);
}
