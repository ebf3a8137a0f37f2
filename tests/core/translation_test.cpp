// Histories under another catalogue: what is carried over, and what cannot be.
#include "core/diff.hpp"
#include "core/translation.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

catalogue_ptr built(catalogue_parts parts) {
  return std::make_shared<const catalogue>(std::move(parts));
}

template <class Change>
catalogue_ptr changed(const Change& change) {
  catalogue_parts parts = life_parts();
  change(parts);
  return built(std::move(parts));
}

action& action_of(catalogue_parts& parts, const std::string& name) {
  for (action& a : parts.actions)
    if (a.name == name) return a;
  FAIL("no action " << name);
  return parts.actions.front();
}

property& property_of(catalogue_parts& parts, kind_index kind, std::uint16_t slot) {
  return parts.kinds[kind].properties[slot];
}

bool is_identity(const catalogue_ptr& to) {
  return translation{life_catalogue(), to}.is_identity();
}

create_command making(kind_index kind) { return {kind, {}, {}, {}, {}, {}}; }

template <class Command>
Command translated(const translation& t, const command& c, const world& in_from) {
  const auto now = t.translate(c, in_from);
  INFO((now ? "" : now.why().message));
  REQUIRE(now);
  REQUIRE(std::holds_alternative<Command>(*now));
  return std::get<Command>(*now);
}

problem refusal(const translation& t, const command& c, const world& in_from) {
  const auto now = t.translate(c, in_from);
  REQUIRE_FALSE(now);
  return now.why();
}

bool mentions(const problem& p, const std::string& word) {
  return p.message.find(word) != std::string::npos;
}

/// A world with bot 1, bot 2 and well 3 within reach of each other.
struct yard {
  yard() {
    l.bot(4, 5);
    l.bot(5, 5);
    l.well(6.2, 5);
  }

  const world& state() const { return l.state(); }
  command act(const std::string& action, serial target = world_serial,
              named_values args = {}) const {
    return act_of(l.state(), 1, action, target, std::move(args));
  }

  lab l;
};

const translation& later() {
  static const translation t{life_catalogue(), later_catalogue()};
  return t;
}

const kind& later_kind(const char* name) {
  return later_catalogue()->kinds()[*later_catalogue()->find_kind(name)];
}

}  // namespace

// -- identity ------------------------------------------------------------------------------------

TEST_CASE("the same descriptions need no translation, nor do other builds of a plugin",
          "[core][translation]") {
  CHECK(is_identity(life_catalogue()));
  CHECK(is_identity(changed([](catalogue_parts& parts) {
    parts.plugins.front() = {"test.life", "9.9.9", std::string(32, 'f')};
    for (action& a : parts.actions) a.summary = "Otherwise.";
    action_of(parts, "drink").reach = 5;
    property_of(parts, bot_kind, of_bot::drink).unit = "m";
    parts.kinds[well_kind].dims.x += 1;
    parts.rules.clear();
  })));
}

TEST_CASE("whatever must be changed makes a translation more than the identity",
          "[core][translation]") {
  CHECK_FALSE(is_identity(later_catalogue()));
  const auto kept = [](auto change) { return is_identity(changed(change)); };
  CHECK_FALSE(kept([](catalogue_parts& p) {
    p.kinds.push_back({"owl", {1, 1, 1}, true, {}, {}});
  }));
  CHECK_FALSE(kept([](catalogue_parts& p) { p.kinds.back().name = "fog"; }));
  CHECK_FALSE(
      kept([](catalogue_parts& p) { property_of(p, bot_kind, of_bot::age).name = "years"; }));
  CHECK_FALSE(kept(
      [](catalogue_parts& p) { property_of(p, bot_kind, of_bot::age).type = value_type::number; }));
  CHECK_FALSE(kept([](catalogue_parts& p) {
    property_of(p, bot_kind, of_bot::age).fallback = value::integer(1);
  }));
  CHECK_FALSE(kept([](catalogue_parts& p) {
    std::swap(property_of(p, bot_kind, of_bot::age), property_of(p, bot_kind, of_bot::luck));
  }));
  CHECK_FALSE(kept([](catalogue_parts& p) { p.actions.pop_back(); }));
  CHECK_FALSE(kept([](catalogue_parts& p) { action_of(p, "drink").target = mist_kind; }));
  CHECK_FALSE(kept([](catalogue_parts& p) { action_of(p, "tell").parameters.pop_back(); }));
  CHECK_FALSE(kept([](catalogue_parts& p) {
    auto& parameters = action_of(p, "tell").parameters;
    std::swap(parameters[0], parameters[1]);
  }));
  CHECK_FALSE(kept([](catalogue_parts& p) { action_of(p, "tell").parameters[3].maximum = 3; }));
}

// -- commands ------------------------------------------------------------------------------------

TEST_CASE("an action is found by its name and the kind of its target", "[core][translation]") {
  const yard y;
  for (const char* name : {"drink", "tell", "walk"}) {
    const serial target = name == std::string{"drink"} ? 3 : name == std::string{"tell"} ? 2 : 0;
    const auto now = translated<act_command>(later(), y.act(name, target), y.state());
    const action& a = later_catalogue()->actions()[now.action];
    CHECK(a.name == name);
    CHECK(a.target == later_catalogue()->find_kind(target == 3   ? "well"
                                                   : target == 2 ? "bot"
                                                                 : "world"));
    CHECK(now.agent == 1);
    CHECK(now.target == target);
  }
}

TEST_CASE("an action done in its absence stays one", "[core][translation]") {
  const yard y;
  command pass = y.act("pass", 1);
  std::get<act_command>(pass).absent = true;
  CHECK(translated<act_command>(later(), pass, y.state()).absent);
}

TEST_CASE("arguments are matched by name, and what is new has its fallback",
          "[core][translation]") {
  const yard y;
  const translation t{
      life_catalogue(), changed([](catalogue_parts& parts) {
        auto& p = action_of(parts, "tell").parameters;
        std::swap(p[0], p[3]);   // times, about, loud, words
        std::swap(p[1], p[2]);   // times, loud, about, words
        p.erase(p.begin() + 2);  // times, loud, words
        p.insert(p.begin(), {"tone", "", value_type::text, value::of_text("flat"), 0, 9});
      })};
  const auto now = translated<act_command>(
      t,
      y.act("tell", 2,
            {{"words", std::string{"rain!"}}, {"times", std::int64_t{4}}, {"loud", true}}),
      y.state());

  REQUIRE(now.args.count == 4);
  CHECK(now.args.texts == std::vector<std::string>{"flat", "rain!"});
  CHECK(now.args.bits[0] == 0);
  CHECK(now.args.bits[1] == 4);
  CHECK(now.args.bits[2] == 1);
  CHECK(now.args.bits[3] == 1);
}

TEST_CASE("an argument is checked anew where its range or type has changed",
          "[core][translation]") {
  const yard y;
  const auto with = [](value_type type, double most) {
    return translation{life_catalogue(), changed([&](catalogue_parts& parts) {
                         parameter& times = action_of(parts, "roll").parameters.front();
                         times.type = times.fallback.type = type;
                         times.maximum = most;
                       })};
  };
  const command roll = y.act("roll", world_serial, {{"times", std::int64_t{5}}});

  CHECK(translated<act_command>(with(value_type::integer, 5), roll, y.state()).args.bits[0] == 5);
  const auto as_number = translated<act_command>(with(value_type::number, 9), roll, y.state());
  CHECK(std::bit_cast<double>(as_number.args.bits[0]) == 5);
  for (const auto& t : {with(value_type::integer, 4), with(value_type::boolean, 1)}) {
    const problem why = refusal(t, roll, y.state());
    CHECK(why.code == errc::invalid_params);
    CHECK(mentions(why, "`times`"));
  }
}

TEST_CASE("what was recorded out of range stays so where the range is the same",
          "[core][translation]") {
  const yard y;
  command roll = y.act("roll");
  std::get<act_command>(roll).args.bits[0] = 123'456;
  CHECK(translated<act_command>(later(), roll, y.state()).args.bits[0] == 123'456);
}

TEST_CASE("an action that is no longer there is named", "[core][translation]") {
  const yard y;
  const translation no_tell{life_catalogue(), changed([](catalogue_parts& parts) {
                              std::erase_if(parts.actions,
                                            [](const action& a) { return a.name == "tell"; });
                            })};
  const problem why = refusal(no_tell, y.act("tell", 2), y.state());
  CHECK(why.code == errc::not_found);
  CHECK(mentions(why, "`tell`"));
  CHECK(mentions(why, "`bot`"));
}

TEST_CASE("a creation gets the kind and the slots of the other catalogue", "[core][translation]") {
  const yard y;
  const create_command bot{
      bot_kind, metres(1, 0, 1),
      {},       "Ada",
      "random", {{of_bot::age, value::integer(4)}, {of_bot::note, value::of_text("hi")}}};
  const auto now = translated<create_command>(later(), bot, y.state());
  CHECK(now.kind == later_catalogue()->find_kind("bot"));
  CHECK(now.name == "Ada");
  CHECK(now.mind == "random");
  REQUIRE(now.props.size() == 2);
  CHECK(now.props[0].first == later_kind("bot").slot_of("age"));
  CHECK(now.props[0].second == value::integer(4));
  CHECK(now.props[1].first == later_kind("bot").slot_of("_note"));
  CHECK(now.props[1].second == value::of_text("hi"));

  const auto well = translated<create_command>(later(), making(well_kind), y.state());
  CHECK(well.kind == later_catalogue()->find_kind("well"));
  CHECK(well.kind != well_kind);
}

TEST_CASE("a kind or a property that is no longer there is named", "[core][translation]") {
  const yard y;
  const translation mistless{life_catalogue(),
                             changed([](catalogue_parts& parts) { parts.kinds.pop_back(); })};
  const problem kind = refusal(mistless, making(mist_kind), y.state());
  CHECK(kind.code == errc::not_found);
  CHECK(mentions(kind, "kind `mist`"));

  const slot_values likes{{of_bot::likes, value::thing(1)}};
  for (const command& c : {command{create_command{bot_kind, {}, {}, {}, {}, likes}},
                           command{update_command{1, {}, likes}}}) {
    const problem property = refusal(later(), c, y.state());
    CHECK(property.code == errc::not_found);
    CHECK(mentions(property, "property `likes`"));
    CHECK(mentions(property, "`bot`"));
  }
}

TEST_CASE("updates and rules get the slots of the other catalogue", "[core][translation]") {
  const yard y;
  const auto update = translated<update_command>(
      later(), update_command{1, metres(3, 0, 3), {{of_bot::luck, value::integer(9)}}}, y.state());
  CHECK(update.thing == 1);
  CHECK(update.pos == metres(3, 0, 3));
  CHECK(update.props.front().first == later_kind("bot").slot_of("luck"));

  configure_command wish{y.state().settings(), {{of_world::rain, value::integer(3)}}};
  wish.settings.speed = 7;
  const auto configure = translated<configure_command>(later(), wish, y.state());
  CHECK(configure.settings.speed == 7);
  CHECK(configure.rules.front().second == value::number(3));  // of another type now
}

TEST_CASE("an update of a thing that is not there cannot be translated", "[core][translation]") {
  const yard y;
  CHECK(refusal(later(), update_command{9, {}, {}}, y.state()).code == errc::not_found);
}

TEST_CASE("commands without kinds, slots or actions pass unchanged", "[core][translation]") {
  const yard y;
  CHECK(translated<remove_command>(later(), remove_command{2}, y.state()).thing == 2);
  translated<advance_command>(later(), advance_command{}, y.state());
  const auto load = translated<load_command>(later(), load_command{life_catalogue()}, y.state());
  CHECK(load.catalogue == life_catalogue());
  const auto found = translated<found_command>(
      later(), found_command{small_world(), life_catalogue(), {{of_world::rain, {}}}}, y.state());
  CHECK(found.catalogue == life_catalogue());
}

TEST_CASE("numbers that the old catalogue does not have are problems", "[core][translation]") {
  const yard y;
  act_command act = std::get<act_command>(y.act("walk"));
  act.action = 999;
  CHECK(refusal(later(), act, y.state()).code == errc::not_found);
  CHECK(refusal(later(), making(99), y.state()).code == errc::not_found);
  CHECK(refusal(later(), update_command{1, {}, {{99, {}}}}, y.state()).code == errc::not_found);
  act_command tell = std::get<act_command>(y.act("tell", 2));
  tell.args.bits[0] = 99;  // no such text
  CHECK(translated<act_command>(later(), tell, y.state()).args.texts.front() == "hello");
}

// -- effects -------------------------------------------------------------------------------------

namespace {

effect an_effect(effect_type type, serial thing) {
  effect e;
  e.type = type;
  e.thing = thing;
  return e;
}

effect setting(serial id, std::uint16_t slot, std::uint64_t bits = 0) {
  effect e = an_effect(effect_type::set, id);
  e.slot = slot;
  e.bits = bits;
  return e;
}

effect birth(serial id, kind_index kind) {
  effect e = an_effect(effect_type::created, id);
  e.pos = metres(8, 0, 8);
  e.more = details(creation{kind, world_serial, metres(0.5, 1, 0.5), "Ada", {}});
  return e;
}

std::vector<effect> translated(const translation& t, const std::vector<effect>& effects,
                               const world& in_from) {
  const auto now = t.translate(effects, in_from);
  REQUIRE(now);
  return *now;
}

bool can(const translation& t, const std::vector<effect>& effects, const world& in_from) {
  return t.translate(effects, in_from).has_value();
}

}  // namespace

TEST_CASE("slots of effects are those of the other catalogue, also of what was just created",
          "[core][translation]") {
  const yard y;
  effect words = setting(4, of_bot::note);
  words.more = details(std::string{"hi"});
  const auto now =
      translated(later(), {setting(1, of_bot::age, 7), birth(4, bot_kind), words}, y.state());
  REQUIRE(now.size() == 3);
  CHECK(now[0] == setting(1, *later_kind("bot").slot_of("age"), 7));
  CHECK(now[1].created().kind == later_catalogue()->find_kind("bot"));
  CHECK(now[1].created().name == "Ada");
  CHECK(now[1].pos == metres(8, 0, 8));
  CHECK(now[2].slot == *later_kind("bot").slot_of("_note"));
  CHECK(now[2].text() == "hi");
}

TEST_CASE("effects on properties that are gone or of another type are dropped, and catalogues",
          "[core][translation]") {
  const yard y;
  effect load = an_effect(effect_type::catalogued, world_serial);
  load.more = details(life_catalogue());
  CHECK(
      translated(later(), {setting(1, of_bot::likes), setting(0, of_world::rain), load}, y.state())
          .empty());
}

TEST_CASE("effects without slots and kinds pass unchanged", "[core][translation]") {
  const yard y;
  effect moved = an_effect(effect_type::moved, 1), removed = an_effect(effect_type::removed, 1);
  moved.pos = metres(1, 0, 1);
  removed.more = details(std::string{"flood"});
  effect settled = an_effect(effect_type::configured, 0);
  settled.more = details(small_world(5));
  const std::vector<effect> all{moved,
                                removed,
                                settled,
                                an_effect(effect_type::ticked, 0),
                                an_effect(effect_type::turned, 0),
                                an_effect(effect_type::carried, 2)};
  CHECK(translated(later(), all, y.state()) == all);
}

TEST_CASE("a thing is created with the values that it had, whatever the fallbacks",
          "[core][translation]") {
  const yard y;
  const auto thirsty = changed([](catalogue_parts& parts) {
    property_of(parts, bot_kind, of_bot::drink).fallback = value::number(0.5);
    property_of(parts, bot_kind, of_bot::note).fallback = value::of_text("else");
  });
  const translation t{life_catalogue(), thirsty};
  const auto now = translated(t, {birth(4, bot_kind), setting(4, of_bot::age, 7)}, y.state());
  REQUIRE(now.size() == 4);
  CHECK(now[1] == setting(4, of_bot::drink, std::bit_cast<std::uint64_t>(1.0)));
  CHECK(now[2].slot == of_bot::note);
  CHECK(now[2].text() == "nothing");
  CHECK(now[3] == setting(4, of_bot::age, 7));
}

TEST_CASE("effects that speak of unknown things, slots or kinds cannot be translated",
          "[core][translation]") {
  const yard y;
  const translation mistless{life_catalogue(),
                             changed([](catalogue_parts& parts) { parts.kinds.pop_back(); })};
  CHECK(can(mistless, {birth(4, bot_kind)}, y.state()));
  CHECK_FALSE(can(mistless, {birth(4, mist_kind)}, y.state()));
  CHECK_FALSE(can(later(), {birth(4, 99)}, y.state()));
  CHECK_FALSE(can(later(), {an_effect(effect_type::created, 4)}, y.state()));
  CHECK_FALSE(can(later(), {setting(4, 0)}, y.state()));
  CHECK_FALSE(can(later(), {setting(1, 99)}, y.state()));
  CHECK_FALSE(can(later(), {setting(3, 0)}, y.state()));  // a well has no properties
}

// -- worlds --------------------------------------------------------------------------------------

TEST_CASE("a recast world stands as after a load, at the same sequence", "[core][translation]") {
  yard y;
  world w = y.state();
  REQUIRE(recast(w, later_catalogue()));
  CHECK(w.seq() == y.state().seq());
  check_whole(w);
  y.l.play(load_command{later_catalogue()});
  CHECK(w.hash() == y.state().hash());
}

TEST_CASE("a world is not recast where a thing would be lost", "[core][translation]") {
  yard y;
  const auto mistless = changed([](catalogue_parts& parts) { parts.kinds.pop_back(); });
  const serial mist = y.l.put(mist_kind, metres(2, 0, 8));
  world w = y.state();
  CHECK_FALSE(recast(w, mistless));
  CHECK(w.hash() == y.state().hash());
  CHECK(w.shared_catalogue() == y.state().shared_catalogue());

  y.l.play(remove_command{mist});
  world without = y.state();
  CHECK(recast(without, mistless));
  world unfounded;
  CHECK_FALSE(recast(unfounded, mistless));
}

TEST_CASE("a life translated record by record is the life recast at its end",
          "[core][translation]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 5));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  lab l{small_world(seed), {{of_world::day, value::integer(12)}}};
  world twin = l.state();
  REQUIRE(recast(twin, later_catalogue()));

  for (int i = 0; i < 400; ++i) {
    command c = random_command(l.state(), chance);
    if (std::holds_alternative<load_command>(c)) continue;
    const world before = l.state();
    if (l.try_play(std::move(c))) continue;
    for (const effect& e : translated(later(), l.history().back().effects, before)) twin.apply(e);
  }

  world recast_at_end = l.state();
  REQUIRE(recast(recast_at_end, later_catalogue()));
  check_whole(twin);
  const auto found = diff(twin, recast_at_end, 5);
  CAPTURE(found.items.empty() ? "" : found.items.front().what);
  CHECK(found.total == 0);
}

TEST_CASE("a translated command decides as the recorded one where behaviours are the same",
          "[core][translation]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 5));
  CAPTURE(seed);
  const auto reordered = changed([](catalogue_parts& parts) {
    auto& of_bots = parts.kinds[bot_kind].properties;
    std::swap(of_bots.front(), of_bots.back());
    std::swap(parts.kinds[well_kind], parts.kinds[mist_kind]);
    for (action& a : parts.actions)
      if (a.target == well_kind) a.target = mist_kind;
  });
  const translation t{life_catalogue(), reordered};
  keyed_random chance{seed, 0};
  lab l{small_world(seed), {{of_world::day, value::integer(12)}}};

  for (int i = 0; i < 300; ++i) {
    command c = random_command(l.state(), chance);
    if (std::holds_alternative<load_command>(c)) continue;
    const world before = l.state();
    world other = before;
    REQUIRE(recast(other, reordered));
    const auto now = t.translate(c, before);
    REQUIRE(now);
    if (l.try_play(std::move(c))) continue;
    record again;
    REQUIRE_FALSE(decide(other, *now, again));
    REQUIRE(again.outcome == l.history().back().outcome);
    REQUIRE(again.draws == l.history().back().draws);
    REQUIRE(again.effects == translated(t, l.history().back().effects, before));
  }
}
