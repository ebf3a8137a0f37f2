// What try_apply() takes from a file, and what it refuses.
#include "core/codec_parts.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <limits>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

/// A world with bot 1, well 2 and mist 3, and whether it takes an effect.
struct judge {
  judge() {
    l.bot(2, 2);
    l.well(5, 5);
    l.put(mist_kind, metres(7, 0, 7));
    l.play(advance_command{});
  }

  bool takes(const effect& e) const {
    world w = l.state();
    record r;
    r.seq = w.seq() + 1;
    r.effects.push_back(e);
    const bool taken = w.try_apply(r);
    if (taken && w.hash() != w.rehash()) FAIL("the hash went wrong");
    return taken;
  }

  lab l;
};

effect an_effect(effect_type type, serial thing) {
  effect e;
  e.type = type;
  e.thing = thing;
  return e;
}

effect birth(serial id, vec3 pos, vec3 dims, kind_index kind = well_kind) {
  effect e = an_effect(effect_type::created, id);
  e.pos = pos;
  e.more = details(creation{kind, world_serial, dims, {}, {}});
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

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

}  // namespace

TEST_CASE("a birth is taken with a new serial, a size and a place inside only", "[core][effects]") {
  const judge j;
  const vec3 size = metres(1, 1, 1), here = metres(5, 0, 5);

  CHECK(j.takes(birth(4, here, size)));
  CHECK(j.takes(birth(99, here, size)));
  CHECK_FALSE(j.takes(birth(3, here, size)));  // in use
  CHECK_FALSE(j.takes(birth(no_thing, here, size)));
  CHECK_FALSE(j.takes(birth(world::counter_max + 1, here, size)));  // the next would be the world
  CHECK_FALSE(j.takes(birth(world_serial, here, size)));
  CHECK_FALSE(j.takes(birth(4, metres(9.6, 0, 5), size)));
  CHECK_FALSE(j.takes(birth(4, metres(5, 9.5, 5), size)));
  CHECK_FALSE(j.takes(birth(4, here, {0, 1, 1})));
  CHECK_FALSE(j.takes(birth(4, here, {1, -1, 1})));
  CHECK_FALSE(j.takes(birth(4, here, size, world_kind)));
  CHECK_FALSE(j.takes(birth(4, here, size, 99)));
  CHECK_FALSE(j.takes(an_effect(effect_type::created, 4)));  // without details
}

TEST_CASE("a move is taken of a thing that is there to a place inside", "[core][effects]") {
  const judge j;
  const auto moved = [&](serial id, vec3 to) {
    effect e = an_effect(effect_type::moved, id);
    e.pos = to;
    return j.takes(e);
  };

  CHECK(moved(1, metres(3, 0, 3)));
  CHECK_FALSE(moved(1, metres(10, 0, 3)));
  CHECK_FALSE(moved(1, {std::numeric_limits<micrometres>::max(), 0, 0}));
  CHECK_FALSE(moved(4, metres(3, 0, 3)));
  CHECK_FALSE(moved(world_serial, metres(3, 0, 3)));
}

TEST_CASE("a removal is taken of any thing but the world", "[core][effects]") {
  const judge j;
  const auto removed = [&](serial id) {
    effect e = an_effect(effect_type::removed, id);
    e.bits = no_thing;
    e.more = details(std::string{"flood"});
    return j.takes(e);
  };

  CHECK(removed(1));
  CHECK(removed(2));
  CHECK_FALSE(removed(4));
  CHECK_FALSE(removed(world_serial));
  CHECK_FALSE(j.takes(an_effect(effect_type::removed, 1)));  // without a cause
}

// Whoever acted for a bot that was its own heir, or that of its heir, looked for the living for
// ever.
TEST_CASE("an heir is one that is born later", "[core][effects]") {
  const judge j;
  const auto removed = [&](serial id, serial heir) {
    effect e = an_effect(effect_type::removed, id);
    e.bits = heir;
    e.more = details(std::string{"flood"});
    return j.takes(e);
  };

  CHECK(removed(2, 3));
  CHECK(removed(2, 99));
  CHECK_FALSE(removed(2, 2));
  CHECK_FALSE(removed(2, 1));
  CHECK_FALSE(removed(2, world_serial));
}

TEST_CASE("a value is taken where its property can hold it", "[core][effects]") {
  const judge j;
  const double inf = std::numeric_limits<double>::infinity();

  CHECK(j.takes(setting(1, of_bot::drink, bits(0.5))));
  CHECK_FALSE(j.takes(setting(1, of_bot::drink, bits(inf))));
  CHECK_FALSE(j.takes(setting(1, of_bot::drink, bits(std::nan("")))));
  CHECK(j.takes(setting(1, of_bot::female, 1)));
  CHECK_FALSE(j.takes(setting(1, of_bot::female, 2)));
  CHECK_FALSE(j.takes(setting(1, of_bot::note, 0)));
  CHECK_FALSE(j.takes(setting(1, 99, 0)));
  CHECK_FALSE(j.takes(setting(2, of_bot::drink, 0)));  // a well has none
  CHECK_FALSE(j.takes(setting(4, of_bot::drink, 0)));
  CHECK(j.takes(writing(1, of_bot::note, "hi")));
  CHECK_FALSE(j.takes(writing(1, of_bot::drink, "hi")));
}

TEST_CASE("an addition is taken where the sum is a value", "[core][effects]") {
  const judge j;

  CHECK(j.takes(adding(1, of_bot::drink, bits(-0.5))));
  CHECK(j.takes(adding(1, of_bot::age, 5)));
  CHECK_FALSE(j.takes(adding(1, of_bot::drink, bits(std::nan("")))));
  CHECK_FALSE(j.takes(adding(1, of_bot::note, 1)));
  CHECK_FALSE(j.takes(adding(1, of_bot::female, 1)));
  CHECK_FALSE(j.takes(adding(1, of_bot::likes, 1)));
}

TEST_CASE("time is taken forwards only", "[core][effects]") {
  const judge j;
  const auto ticked = [&](std::uint64_t to) {
    effect e = an_effect(effect_type::ticked, world_serial);
    e.bits = to;
    return j.takes(e);
  };

  CHECK(j.takes(an_effect(effect_type::turned, world_serial)));
  CHECK(ticked(2));
  CHECK_FALSE(ticked(1));
  CHECK_FALSE(ticked(0));
  CHECK_FALSE(ticked(std::numeric_limits<std::uint64_t>::max()));  // time would begin anew
}

TEST_CASE("settings are taken that a world can have, of the same size", "[core][effects]") {
  const judge j;
  const auto configured = [&](auto&& change) {
    settings s = j.l.state().settings();
    change(s);
    effect e = an_effect(effect_type::configured, world_serial);
    e.more = details(s);
    return j.takes(e);
  };

  CHECK(configured([](settings& s) { s.name = "new"; }));
  CHECK_FALSE(configured([](settings& s) { s.dims.x += 1; }));
  CHECK_FALSE(configured([](settings& s) { s.speed = 0; }));
  CHECK_FALSE(configured([](settings& s) { s.speed = std::nan(""); }));
  CHECK_FALSE(configured([](settings& s) { s.speed = 1e300; }));  // a clock that never rests
  CHECK_FALSE(j.takes(an_effect(effect_type::configured, world_serial)));
}

TEST_CASE("a catalogue is taken that knows all kinds in use", "[core][effects]") {
  const judge j;
  const auto catalogued = [&](catalogue_ptr known) {
    effect e = an_effect(effect_type::catalogued, world_serial);
    e.more = details(std::move(known));
    return j.takes(e);
  };
  catalogue_parts mistless = life_parts(), botless = life_parts();
  mistless.kinds.pop_back();
  botless.kinds[bot_kind].name = "robot";

  CHECK(catalogued(later_catalogue()));
  CHECK_FALSE(catalogued(std::make_shared<const catalogue>(mistless)));
  CHECK_FALSE(catalogued(std::make_shared<const catalogue>(botless)));
  CHECK_FALSE(catalogued(nullptr));
  CHECK_FALSE(j.takes(an_effect(effect_type::catalogued, world_serial)));
}

TEST_CASE("an effect of no known type is not taken", "[core][effects]") {
  const judge j;
  CHECK_FALSE(j.takes(an_effect(static_cast<effect_type>(0), 1)));
  CHECK_FALSE(j.takes(an_effect(static_cast<effect_type>(10), 1)));
}
