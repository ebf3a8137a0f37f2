// Which difference between two records is told, and how.
#include "core/compare.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

effect an_effect(effect_type type, serial thing = world_serial) {
  effect e;
  e.type = type;
  e.thing = thing;
  return e;
}

effect setting(serial id, std::uint16_t slot, std::uint64_t bits) {
  effect e = an_effect(effect_type::set, id);
  e.slot = slot;
  e.bits = bits;
  return e;
}

effect adding(serial id, std::uint16_t slot, std::uint64_t bits) {
  effect e = setting(id, slot, bits);
  e.type = effect_type::added;
  return e;
}

effect writing(serial id, std::uint16_t slot, const char* text) {
  effect e = setting(id, slot, 0);
  e.more = details(std::string{text});
  return e;
}

effect moving(serial id, vec3 to) {
  effect e = an_effect(effect_type::moved, id);
  e.pos = to;
  return e;
}

effect removal(serial id, const char* cause, serial heir = no_thing) {
  effect e = an_effect(effect_type::removed, id);
  e.bits = heir;
  e.more = details(std::string{cause});
  return e;
}

effect birth(serial id, kind_index kind, const char* name = "") {
  effect e = an_effect(effect_type::created, id);
  e.pos = metres(8, 0, 8);
  e.more = details(creation{kind, world_serial, metres(1, 1, 1), name, {}});
  return e;
}

effect ticking(std::uint64_t tick) {
  effect e = an_effect(effect_type::ticked);
  e.bits = tick;
  return e;
}

effect configuring(settings s) {
  effect e = an_effect(effect_type::configured);
  e.more = details(std::move(s));
  return e;
}

effect loading(catalogue_ptr c) {
  effect e = an_effect(effect_type::catalogued);
  e.more = details(std::move(c));
  return e;
}

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

using effects = std::vector<effect>;

/// Bot 1 and well 2.
const world& garden() {
  static const lab l = [] {
    lab made;
    made.bot(2, 2);
    made.well(5, 5);
    return made;
  }();
  return l.state();
}

record with(effects all) {
  record r;
  r.effects = std::move(all);
  return r;
}

mismatch told(const record& expected, const record& found) {
  const auto m = first_mismatch(expected, found, garden());
  REQUIRE(m);
  return *m;
}

/// "1 drink: 0.5 | 0.25"
std::string told(effects expected, effects found) {
  const mismatch m = told(with(std::move(expected)), with(std::move(found)));
  const std::string thing = m.thing == no_thing ? "-" : std::to_string(m.thing);
  return thing + " " + m.what + ": " + m.expected + " | " + m.found;
}

std::string shown(const effect& e) { return show(e, garden()); }

}  // namespace

TEST_CASE("equal records have no mismatch", "[core][compare]") {
  record r = with({setting(1, of_bot::drink, bits(0.5)), birth(3, bot_kind), ticking(1)});
  r.reason = "x";
  CHECK_FALSE(first_mismatch(r, r, garden()));
  CHECK_FALSE(first_mismatch(record{}, record{}, garden()));
}

TEST_CASE("outcome comes before reason, reason before draws, draws before effects",
          "[core][compare]") {
  record a = with({ticking(1)}), b;
  b.outcome = outcome::refused;
  b.reason = "not_in_reach";
  b.draws = 3;

  const mismatch first = told(a, b);
  CHECK(first.thing == no_thing);
  CHECK(first.what == "outcome");
  CHECK(first.expected == "done");
  CHECK(first.found == "refused");
  a.outcome = b.outcome;
  const mismatch second = told(a, b);
  CHECK(second.what == "reason");
  CHECK(second.expected == "\"\"");
  CHECK(second.found == "\"not_in_reach\"");
  a.reason = b.reason;
  const mismatch third = told(a, b);
  CHECK(third.what == "draws");
  CHECK(third.expected == "0");
  CHECK(third.found == "3");
  a.draws = b.draws;
  CHECK(told(a, b).what == "tick");
}

TEST_CASE("the first effect that differs is told", "[core][compare]") {
  const effect same = setting(1, of_bot::age, 7);
  CHECK(told({same, ticking(2), moving(1, {})}, {same, ticking(3), moving(1, {1, 1, 1})}) ==
        "0 tick: 2 | 3");
}

TEST_CASE("two effects of the same sort on the same thing differ in values", "[core][compare]") {
  const auto one = [](effect a, effect b) { return told(effects{a}, effects{b}); };
  CHECK(one(setting(1, of_bot::drink, bits(0.5)), setting(1, of_bot::drink, bits(0.25))) ==
        "1 drink: 0.5 | 0.25");
  CHECK(one(adding(1, of_bot::drink, bits(-0.5)), adding(1, of_bot::drink, bits(-0.25))) ==
        "1 drink: -0.5 | -0.25");
  CHECK(one(setting(1, of_bot::female, 0), setting(1, of_bot::female, 1)) ==
        "1 female: false | true");
  CHECK(one(setting(1, of_bot::likes, 1), setting(1, of_bot::likes, 2)) == "1 likes: 1 | 2");
  CHECK(one(writing(1, of_bot::note, "a"), writing(1, of_bot::note, "b\n")) ==
        "1 _note: \"a\" | \"b\\n\"");
  CHECK(one(setting(0, of_world::day, 5), setting(0, of_world::day, 6)) == "0 day: 5 | 6");
  CHECK(one(moving(1, metres(1, 0, 2)), moving(1, metres(1.5, 0, 2))) ==
        "1 place: (1, 0, 2) | (1.5, 0, 2)");
  CHECK(one(removal(1, "thirst"), removal(1, "age", 5)) == "1 cause: \"thirst\" | \"age\"");
  CHECK(one(removal(1, "age"), removal(1, "age", 5)) == "1 heir: none | 5");
}

TEST_CASE("two births differ in what is created", "[core][compare]") {
  CHECK(told(effects{birth(3, bot_kind, "Ada")}, effects{birth(3, well_kind)}) ==
        "3 created: created bot at (8, 0, 8), size (1, 1, 1), name \"Ada\""
        " | created well at (8, 0, 8), size (1, 1, 1)");
}

TEST_CASE("settings that differ are told by name", "[core][compare]") {
  settings a = small_world(), b = small_world();
  b.speed = 2;
  b.pause_at = 9;
  CHECK(told(effects{configuring(a)}, effects{configuring(b)}) ==
        "0 settings: speed 1, pause_at - | speed 2, pause_at 9");
}

TEST_CASE("catalogues that differ are told by their plugins", "[core][compare]") {
  const std::string text =
      told(effects{loading(life_catalogue())}, effects{loading(later_catalogue())});
  CHECK(text.starts_with("0 catalogue: catalogue "));
  CHECK(text.find(" of test.life 1.0.0 | ") != std::string::npos);
  CHECK(text.ends_with(" of test.life 2.0.0"));
}

TEST_CASE("two effects of different sorts are told as deeds", "[core][compare]") {
  const auto one = [](effect a, effect b) { return told(effects{a}, effects{b}); };
  CHECK(one(setting(1, of_bot::drink, bits(0.25)), moving(1, metres(1, 0, 2))) ==
        "1 drink: set drink to 0.25 | moved to (1, 0, 2)");
  CHECK(one(setting(1, of_bot::age, 3), adding(1, of_bot::age, 3)) ==
        "1 age: set age to 3 | added 3 to age");
  CHECK(one(setting(1, of_bot::age, 3), setting(1, of_bot::luck, 3)) ==
        "1 age: set age to 3 | set luck to 3");
  CHECK(one(an_effect(effect_type::turned), ticking(4)) == "0 turn: one more turn | tick 4 begins");
}

TEST_CASE("where two effects are about different things, both are named", "[core][compare]") {
  const auto one = [](effect a, effect b) { return told(effects{a}, effects{b}); };
  CHECK(one(moving(1, metres(1, 0, 2)), moving(2, metres(1, 0, 2))) ==
        "1 place: bot 1: moved to (1, 0, 2) | well 2: moved to (1, 0, 2)");
  CHECK(one(ticking(4), removal(1, "age")) == "0 tick: tick 4 begins | bot 1: removed by \"age\"");
}

TEST_CASE("where a record has fewer effects, nothing stands against the first of the others",
          "[core][compare]") {
  const effect same = setting(1, of_bot::age, 7);
  CHECK(told({same, moving(1, metres(1, 0, 2))}, {same}) ==
        "1 place: moved to (1, 0, 2) | nothing");
  CHECK(told({same}, {same, removal(1, "age", 3)}) ==
        "1 removed: nothing | removed by \"age\", heir 3");
}

TEST_CASE("properties of what the record itself created have their names", "[core][compare]") {
  CHECK(told({birth(3, bot_kind), setting(3, of_bot::age, 1)},
             {birth(3, bot_kind), setting(3, of_bot::age, 2)}) == "3 age: 1 | 2");
}

TEST_CASE("an effect is one line for people", "[core][compare]") {
  CHECK(shown(setting(1, of_bot::drink, bits(0.25))) == "bot 1: set drink to 0.25");
  CHECK(shown(setting(0, of_world::rain, 3)) == "the world: set rain to 3");
  CHECK(shown(removal(2, "")) == "well 2: removed");
  CHECK(shown(birth(3, well_kind)) == "thing 3: created well at (8, 0, 8), size (1, 1, 1)");
  CHECK(shown(ticking(7)) == "tick 7 begins");
  settings s = garden().settings();
  CHECK(shown(configuring(s)) == "settings: as before");
  s.name = "two\nlines";
  CHECK(shown(configuring(s)) == "settings: name \"two\\nlines\"");
}

TEST_CASE("what is unknown is shown by its number", "[core][compare]") {
  CHECK(shown(setting(9, 4, 3)) == "thing 9: set slot 4 to bits 3");
  CHECK(shown(setting(1, 99, 3)) == "bot 1: set slot 99 to bits 3");
  CHECK(shown(setting(1, of_bot::note, 3)) == "bot 1: set _note to bits 3");
  CHECK(shown(birth(3, 77)) == "thing 3: created kind 77 at (8, 0, 8), size (1, 1, 1)");
  for (int type = 1; type <= 9; ++type)  // without their details
    CHECK_FALSE(shown(an_effect(static_cast<effect_type>(type), 1)).empty());
  const effects earlier{birth(9, bot_kind)};
  CHECK(show(setting(9, of_bot::age, 3), garden(), earlier) == "bot 9: set age to 3");
}

TEST_CASE("the effects of a founding have names from its own catalogue", "[core][compare]") {
  const lab l{small_world(), {{of_world::day, value::integer(12)}}};
  const record& founding = l.history().front();
  record other = founding;
  other.effects.back().bits = 13;
  const auto m = first_mismatch(founding, other, world{});
  REQUIRE(m);
  CHECK(m->what == "day");
  CHECK(m->expected == "12");
  CHECK(m->found == "13");
}

TEST_CASE("two records differ exactly where a mismatch is told", "[core][compare]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 4));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  lab l;

  for (int i = 0; i < 300; ++i) {
    const world before = l.state();
    const command c = random_command(before, chance);
    record a, b;
    if (decide(before, c, a) || decide(before, random_command(before, chance), b)) continue;
    REQUIRE_FALSE(first_mismatch(a, a, before));
    const bool same = a.outcome == b.outcome && a.reason == b.reason && a.draws == b.draws &&
                      a.effects == b.effects;
    const auto m = first_mismatch(a, b, before);
    CAPTURE(i);
    REQUIRE(m.has_value() == !same);
    if (m) REQUIRE(m->expected != m->found);
    (void)l.try_play(c);
  }
}
