#include "core/perception.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

std::vector<serial> seen(const lab& l, serial bot, double range) {
  std::vector<sighting> found;
  perceive(l.state(), l.at(bot), from_metres(range), found);
  std::vector<serial> ids;
  for (const sighting& s : found) ids.push_back(s.what->id);
  return ids;
}

settings wide() {
  settings s = small_world();
  s.dims = metres(300, 10, 200);
  s.capacity = {};
  return s;
}

}  // namespace

TEST_CASE("a bot sees the nearest first and at equal distance the older", "[core][perception]") {
  lab l;
  const serial eye = l.bot(5, 5);
  const serial far = l.well(9, 5);
  const serial east = l.bot(6, 5), west = l.bot(4, 5);
  const serial mist = l.put(mist_kind, metres(5, 0, 5));

  CHECK(seen(l, eye, 50) == std::vector<serial>{mist, east, west, far});
}

TEST_CASE("what is at the range is seen, a micrometre further is not", "[core][perception]") {
  lab l;
  const serial eye = l.bot(2, 5);
  l.well(5, 5);  // 2.25 m from side to side

  CHECK(seen(l, eye, 2.25).size() == 1);
  CHECK(seen(l, eye, 2.249999).empty());
}

TEST_CASE("a bot sees all in range and nothing else, in order", "[core][perception]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 6));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  lab l{wide()};
  for (int i = 0; i < 200; ++i) l.put(static_cast<kind_index>(1 + chance.below(3)), std::nullopt);
  const serial eye = l.bot(150, 100);
  const micrometres range = from_metres(20 + chance.ratio() * 50);
  std::vector<std::pair<micrometres, serial>> expected, found;
  for (const serial id : l.state().serials()) {
    const micrometres distance = gap(l.at(eye).occupied(), l.at(id).occupied());
    if (id != eye && distance <= range) expected.emplace_back(distance, id);
  }
  std::sort(expected.begin(), expected.end());

  std::vector<sighting> seen_now;
  perceive(l.state(), l.at(eye), range, seen_now);
  for (const sighting& s : seen_now) found.emplace_back(s.gap, s.what->id);

  CHECK(found == expected);
  CHECK(found.size() > 5);
}

TEST_CASE("sight is what the world's rules say", "[core][perception]") {
  lab l;
  CHECK(sight_of(l.state()) == from_metres(50));
  l.play(configure_command{l.state().settings(), {{of_world::sight, value::number(0.5)}}});
  CHECK(sight_of(l.state()) == from_metres(0.5));
}

TEST_CASE("a sight that a plugin made absurd is brought to what a world can hold",
          "[core][perception]") {
  lab l;
  const serial eye = l.bot(5, 5);
  l.bot(7, 7);
  const auto see_with = [&](double sight) {
    l.play(configure_command{l.state().settings(), {{of_world::sight, value::number(sight)}}});
    std::vector<sighting> found;
    perceive(l.state(), l.at(eye), sight_of(l.state()), found);
    return found.size();
  };

  CHECK(see_with(1e300) == 1);
  CHECK(see_with(-1e300) == 0);
}

TEST_CASE("walking by the bearing leads to what it was taken of", "[core][perception]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 11));
  CAPTURE(seed);
  lab l{[&] {
    settings s = wide();
    s.seed = seed;
    return s;
  }()};
  const serial bot = l.put(bot_kind, std::nullopt), well = l.put(well_kind, std::nullopt);
  const auto apart = [&] { return gap(l.at(bot).occupied(), l.at(well).occupied()); };
  const micrometres start = apart();
  int steps = 0;

  while (apart() > 1'000'000 && ++steps < 1'000)
    l.act(bot, "walk", world_serial, {{"angle", bearing(l.at(bot), l.at(well))}});

  CHECK(apart() <= 1'000'000);
  CHECK(steps <= 2 + static_cast<int>(to_metres(start) / 0.8 * 1.02));
  CHECK(l.act(bot, "drink", well).outcome == outcome::done);
}

TEST_CASE("bearings of the four winds are quarters", "[core][perception]") {
  lab l;
  const serial bot = l.bot(5, 5);
  const auto to = [&](double x, double z) { return bearing(l.at(bot), l.at(l.bot(x, z))); };
  CHECK(to(8, 5) == 0);
  CHECK(to(5, 8) == 0.25);
  CHECK(to(2, 5) == 0.5);
  CHECK(to(5, 2) == 0.75);
}

TEST_CASE("what is done to oneself only is offered to oneself only", "[core][perception]") {
  const auto& known = *life_catalogue();
  const action& pass = known.actions()[*known.find_action("pass")];
  const action& tell = known.actions()[*known.find_action("tell")];
  CHECK(offered(pass, 3, 3));
  CHECK_FALSE(offered(pass, 3, 4));
  CHECK(offered(tell, 3, 4));
}
