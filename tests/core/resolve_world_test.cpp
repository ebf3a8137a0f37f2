// Creating, updating and removing things, founding and configuring worlds: every refusal.
#include "core/resolve.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

constexpr world_number here = 7;

std::string text_of(const problem& p, const std::string& key) {
  for (const auto& [name, value] : p.data)
    if (name == key) return std::get<std::string>(value);
  return "(no " + key + ")";
}

void check_bad(const result<command>& r, const std::string& param, const std::string& expected) {
  REQUIRE_FALSE(r);
  CHECK(r.why().code == errc::invalid_params);
  CHECK(text_of(r.why(), "param") == param);
  CHECK(text_of(r.why(), "expected") == expected);
}

result<command> create(const lab& l, const thing_wish& wish) {
  return resolve_create(l.state(), wish);
}

thing_wish a_bot() {
  thing_wish wish;
  wish.kind = "bot";
  return wish;
}

result<command> configure(const world_wish& wish) { return resolve_configure(lab{}.state(), wish); }

result<command> found(const world_wish& wish) { return resolve_found(life_catalogue(), wish, 5); }

const std::string dims_of_world = "three lengths in [1, 10000000] m";

}  // namespace

TEST_CASE("a thing is created of a kind that there is, never a world", "[core][resolve]") {
  const lab l;
  for (const char* kind : {"", "dog", "world", "Bot"}) {
    thing_wish wish;
    wish.kind = kind;
    check_bad(create(l, wish), "kind", "one of bot, well, mist");
  }
  CHECK(create(l, a_bot()));
}

TEST_CASE("a name is short and without control characters", "[core][resolve]") {
  const lab l;
  const std::string expected = "at most 64 bytes of UTF-8 without control characters";
  thing_wish wish = a_bot();
  for (const std::string& name : {std::string(65, 'x'), std::string{"a\nb"}, std::string{"a\0", 2},
                                  std::string{"\x7f"}, std::string{"\x1b[31m"}}) {
    wish.name = name;
    check_bad(create(l, wish), "name", expected);
    world_wish renamed;
    renamed.name = name;
    check_bad(configure(renamed), "name", expected);
  }
  wish.name = std::string(64, 'x');
  CHECK(create(l, wish));
  wish.name = "J\u00fcrgen \u6c34";
  CHECK(create(l, wish));
}

TEST_CASE("a mind's name is as short as a history can hold", "[core][resolve]") {
  const lab l;
  thing_wish wish = a_bot();
  wish.mind = std::string(name_bytes_max + 1, 'm');
  check_bad(create(l, wish), "mind", "the name of a hosted mind");
}

TEST_CASE("a place beyond what any world holds is refused", "[core][resolve]") {
  const lab l;
  const micrometres most = std::numeric_limits<micrometres>::max();
  thing_wish wish = a_bot();
  for (const vec3 pos : {vec3{most, 0, 0}, vec3{0, -most, 0}, vec3{0, 0, most}}) {
    wish.pos = pos;
    check_bad(create(l, wish), "pos", "a place in the world, in metres");
  }
}

TEST_CASE("a size is above nothing and within the world", "[core][resolve]") {
  const lab l;
  thing_wish wish = a_bot();
  for (const vec3 dims : {vec3{0, 1, 1}, vec3{1, -1, 1}, metres(11, 1, 1), metres(1, 1, 10.1)}) {
    wish.dims = dims;
    check_bad(create(l, wish), "dims", "three lengths in metres, above 0 and within the world");
  }
  wish.dims = metres(10, 10, 10);
  CHECK(create(l, wish));
}

TEST_CASE("a property is one of its kind, in its range", "[core][resolve]") {
  lab l;
  const serial bot = l.bot(5, 5);
  const std::string all = "a property of kind bot: drink, age, generation, female, _note, likes, "
                          "luck";
  const auto both = [&](const std::string& name, const loose_value& v, const std::string& param,
                        const std::string& expected) {
    thing_wish wish = a_bot();
    wish.props = {{name, v}};
    check_bad(create(l, wish), param, expected);
    check_bad(resolve_update(l.state(), here, bot, {}, {{name, v}}), param, expected);
  };

  both("colour", 1.0, "colour", all);
  both("drink", 1.5, "drink", "a number in [0, 1]");
  both("drink", std::nan(""), "drink", "a number in [0, 1]");
  both("female", 1.0, "female", "true or false");
  both("_note", std::string(41, 'x'), "_note", "a text of at most 40 bytes");
  CHECK(resolve_update(l.state(), here, bot, {}, {{"drink", 0.5}, {"female", true}}));
}

TEST_CASE("a thing that is not there cannot be updated or removed", "[core][resolve]") {
  lab l;
  const serial bot = l.bot(5, 5);
  const auto updated = resolve_update(l.state(), here, 99, {}, {});
  const auto removed = resolve_remove(l.state(), here, 99);
  for (const auto* r : {&updated, &removed}) {
    REQUIRE_FALSE(*r);
    CHECK(r->why().code == errc::not_found);
    CHECK(text_of(r->why(), "id") == to_string(thing_id{here, 99}));
  }
  CHECK(resolve_remove(l.state(), here, bot));
  check_bad(resolve_update(l.state(), here, bot, vec3{1, 1, 1'000'000'000'000'000}, {}), "pos",
            "a place in the world, in metres");
}

TEST_CASE("the world is changed and removed by other means than a thing", "[core][resolve]") {
  const lab l;
  check_bad(resolve_update(l.state(), here, world_serial, {}, {}), "id",
            "a thing other than the world; use world.update for the world");
  check_bad(resolve_remove(l.state(), here, world_serial), "id",
            "a thing other than the world; use world.delete for the world");
}

TEST_CASE("a world is founded with its size, seed and settings", "[core][resolve]") {
  world_wish wish;
  wish.name = "home";
  wish.dims = metres(20, 10, 30);
  wish.seed = 9;
  wish.pace = pace::lockstep;
  wish.capacity = {{"bot", 3}};
  wish.rules = {{"day", std::int64_t{100}}, {"population", std::string{"none"}}};

  const auto r = found(wish);

  REQUIRE(r);
  const auto& c = std::get<found_command>(*r);
  CHECK(c.settings.name == "home");
  CHECK(c.settings.dims == metres(20, 10, 30));
  CHECK(c.settings.seed == 9);
  CHECK(c.settings.pace == pace::lockstep);
  CHECK(c.settings.population == population::none);
  CHECK(c.settings.created_ms == 5);
  CHECK(c.settings.capacity.at("bot") == 3);
  CHECK(c.settings.capacity.at("thing") == 100);
  lab l{c.settings, c.rules};
  CHECK(l.integer(world_serial, of_world::day) == 100);
  CHECK(l.number(world_serial, of_world::sight) == 50);
}

TEST_CASE("a world is a metre to ten thousand kilometres wide", "[core][resolve]") {
  world_wish wish;
  for (const vec3 dims :
       {vec3{0, 0, 0}, metres(0.999999, 1, 1), metres(1, 1, 1e7 + 1), vec3{-1, 1, 1}}) {
    wish.dims = dims;
    check_bad(found(wish), "dims", dims_of_world);
  }
  wish.dims = metres(1, 1, 1);
  CHECK(found(wish));
  wish.dims = metres(1e7, 1e7, 1e7);
  CHECK(found(wish));
}

TEST_CASE("size and seed stay as they were founded", "[core][resolve]") {
  world_wish wish;
  wish.seed = 1;
  check_bad(configure(wish), "seed", "nothing: it is fixed when a world is created");
  wish.dims = metres(2, 2, 2);
  check_bad(configure(wish), "dims", "nothing: it is fixed when a world is created");
}

TEST_CASE("speed and deadline are positive and bounded", "[core][resolve]") {
  for (const double speed : {0.0, -1.0, 10000.1, std::nan(""), HUGE_VAL}) {
    world_wish wish;
    wish.speed = speed;
    check_bad(configure(wish), "speed", "a number in (0, 10000]");
  }
  for (const std::uint32_t deadline : {0u, 3'600'001u}) {
    world_wish wish;
    wish.deadline_ms = deadline;
    check_bad(configure(wish), "deadline_ms", "an integer in [1, 3600000] milliseconds");
  }
}

TEST_CASE("a capacity is of a kind that there is or of things", "[core][resolve]") {
  world_wish wish;
  wish.capacity = {{"thing", 5}, {"mist", 2}};
  CHECK(configure(wish));
  wish.capacity = {{"dog", 5}};
  const auto r = configure(wish);
  REQUIRE_FALSE(r);
  CHECK(text_of(r.why(), "param") == "capacity");
  CHECK(r.why().message == "capacity: there is no kind `dog`");
}

TEST_CASE("a rule is one of the world's, in its range and unit", "[core][resolve]") {
  const auto rule = [](const std::string& name, const loose_value& v) {
    world_wish wish;
    wish.rules = {{name, v}};
    return configure(wish);
  };
  check_bad(rule("population", std::string{"many"}), "population", "\"replace\" or \"none\"");
  check_bad(rule("population", 1.0), "population", "\"replace\" or \"none\"");
  check_bad(rule("gravity", 9.81), "gravity",
            "a property of kind world: sight, day, lifespan, rain");
  check_bad(rule("day", std::int64_t{0}), "day", "an integer in [1, 1000000000], in ticks");
  check_bad(rule("sight", -1.0), "sight", "a number in [0, 10000000], in m");
  CHECK(rule("sight", 5.0));
}

TEST_CASE("configuring changes only what is wished", "[core][resolve]") {
  world_wish wish;
  wish.speed = 4;
  wish.pause_at = std::optional<std::uint64_t>{12};
  const auto r = configure(wish);

  REQUIRE(r);
  settings expected = lab{}.state().settings();
  expected.speed = 4;
  expected.pause_at = 12;
  CHECK(std::get<configure_command>(*r).settings == expected);
  CHECK(std::get<configure_command>(*r).rules.empty());

  lab paused;
  paused.play(*r);
  world_wish resume;
  resume.pause_at = std::optional<std::uint64_t>{};
  const auto resumed = resolve_configure(paused.state(), resume);
  REQUIRE(resumed);
  CHECK_FALSE(std::get<configure_command>(*resumed).settings.pause_at);
}
