#include "core/numbers.hpp"
#include "core/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace unscripted::core;

namespace {

constexpr long double two_pi = 6.283185307179586476925286766559005768L;

double sine_error(double turns) {
  const long double angle = two_pi * (turns - std::floor(turns));
  const direction d = direction_of(turns);
  const auto sine = std::fabs(static_cast<long double>(d.sine) - std::sin(angle));
  const auto cosine = std::fabs(static_cast<long double>(d.cosine) - std::cos(angle));
  return static_cast<double>(std::max(sine, cosine));
}

box at(micrometres x, micrometres z, micrometres width, micrometres depth) {
  return {{x, 0, z}, {width, 10, depth}};
}

}  // namespace

TEST_CASE("a length survives the way to metres and back", "[core][numbers]") {
  const std::uint64_t seed = GENERATE(1u, 2u, 3u);
  CAPTURE(seed);
  keyed_random chance{seed, 0};

  for (int i = 0; i < 10'000; ++i) {
    const auto length =
        static_cast<micrometres>(chance.below(20'000'000'000'000)) - 10'000'000'000'000;
    REQUIRE(from_metres(to_metres(length)) == length);
  }
}

TEST_CASE("metres are rounded to the nearest micrometre, halves away from zero",
          "[core][numbers]") {
  CHECK(from_metres(0.8) == 800'000);
  CHECK(from_metres(0.1) == 100'000);
  CHECK(from_metres(0.0000005) == 1);
  CHECK(from_metres(-0.0000005) == -1);
  CHECK(from_metres(0.00000049) == 0);
  CHECK(from_metres(-0.00000049) == 0);
  CHECK(from_metres(-2.5) == -2'500'000);
  CHECK(from_metres(-0.0) == 0);
  CHECK(from_metres(metres_max) == 10'000'000'000'000);
}

TEST_CASE("the quarters of a turn are exact", "[core][numbers]") {
  const auto is = [](double turns, double cosine, double sine) {
    const direction d = direction_of(turns);
    return d.cosine == cosine && d.sine == sine;
  };

  for (const double turns : {0.0, 1.0, -1.0, -3.0, 1e15, -1e300}) {
    CAPTURE(turns);
    CHECK(is(turns, 1, 0));
  }
  CHECK(is(0.25, 0, 1));
  CHECK(is(0.5, -1, 0));
  CHECK(is(0.75, 0, -1));
  CHECK(is(-0.25, 0, -1));
  CHECK(is(7.5, -1, 0));
}

TEST_CASE("whole turns and quarters of one change no bit of a direction but signs",
          "[core][numbers]") {
  const std::uint64_t seed = GENERATE(1u, 2u);
  CAPTURE(seed);
  keyed_random chance{seed, 0};

  for (int i = 0; i < 10'000; ++i) {
    // Twenty bits of a turn, so that what is added to them is exact.
    const double turns = static_cast<double>(chance.below(1u << 18)) * 0x1p-20;
    CAPTURE(turns);
    const direction d = direction_of(turns);
    const auto is = [&](double others, double cosine, double sine) {
      const direction got = direction_of(others);
      return got.cosine == cosine && got.sine == sine;
    };
    REQUIRE(is(turns + 3, d.cosine, d.sine));
    REQUIRE(is(turns - 1'000'000, d.cosine, d.sine));
    REQUIRE(is(turns + 0.25, -d.sine, d.cosine));
    REQUIRE(is(turns + 0.5, -d.cosine, -d.sine));
    REQUIRE(is(turns - 0.25, d.sine, -d.cosine));
  }
}

TEST_CASE("known angles have their known directions", "[core][numbers]") {
  const double root = std::sqrt(0.5);
  CHECK(direction_of(0.125).cosine == Approx(root).epsilon(1e-15));
  CHECK(direction_of(0.125).sine == Approx(root).epsilon(1e-15));
  CHECK(direction_of(1.0 / 12).sine == Approx(0.5).epsilon(1e-15));
  CHECK(direction_of(1.0 / 6).cosine == Approx(0.5).epsilon(1e-15));
  CHECK(direction_of(0.625).cosine == Approx(-root).epsilon(1e-15));
}

TEST_CASE("directions are those of libm within 5e-16", "[core][numbers]") {
  const std::uint64_t seed = GENERATE(1u, 2u);
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  double worst = 0;

  for (int i = 0; i < 200'000; ++i) worst = std::max(worst, sine_error(chance.ratio()));
  for (int i = 0; i <= 4096; ++i) worst = std::max(worst, sine_error(i / 4096.0));

  CHECK(worst < 5e-16);
}

TEST_CASE("an angle near a border of octants or of turns has no worse direction",
          "[core][numbers]") {
  for (int eighth = 0; eighth <= 8; ++eighth)
    for (const double offset : {-1e-3, -1e-9, -1e-16, -1e-300, 0.0, 1e-300, 1e-16, 1e-9, 1e-3}) {
      CAPTURE(eighth, offset);
      CHECK(sine_error(eighth / 8.0 + offset) < 5e-16);
    }
}

TEST_CASE("a direction has length one", "[core][numbers]") {
  const std::uint64_t seed = GENERATE(1u, 2u);
  CAPTURE(seed);
  keyed_random chance{seed, 0};

  for (int i = 0; i < 100'000; ++i) {
    const double turns = (chance.ratio() - 0.5) * 1000;
    const direction d = direction_of(turns);
    CAPTURE(turns);
    REQUIRE(std::fabs(d.cosine * d.cosine + d.sine * d.sine - 1) < 1e-15);
  }
}

TEST_CASE("the turn of a direction is the angle it came from", "[core][numbers]") {
  const std::uint64_t seed = GENERATE(1u, 2u);
  CAPTURE(seed);
  keyed_random chance{seed, 0};

  for (int i = 0; i < 100'000; ++i) {
    const double turns = chance.ratio();
    const double length = std::pow(10, chance.ratio() * 14 - 7);
    const direction d = direction_of(turns);
    const double found = turn_of(d.cosine * length, d.sine * length);
    CAPTURE(turns, found);
    REQUIRE(found >= 0);
    REQUIRE(found < 1);
    const double away = std::fabs(found - turns);
    REQUIRE(std::min(away, 1 - away) < 1e-10);
  }
}

TEST_CASE("the turn of an axis is an exact quarter, and of nothing 0", "[core][numbers]") {
  CHECK(turn_of(0, 0) == 0);
  CHECK(turn_of(-0.0, -0.0) == 0);
  CHECK(turn_of(3, 0) == 0);
  CHECK(turn_of(0, 3) == 0.25);
  CHECK(turn_of(-3, 0) == 0.5);
  CHECK(turn_of(-3, -0.0) == 0.5);
  CHECK(turn_of(0, -3) == 0.75);
  CHECK(turn_of(5, 5) == 0.125);
  CHECK(turn_of(1, -1e-300) == 0);  // a whole turn would be out of range
  CHECK(turn_of(1e-300, 1e300) == 0.25);
}

TEST_CASE("boxes that touch have no gap and do not overlap", "[core][numbers]") {
  const box a = at(0, 0, 10, 10);
  CHECK(gap(a, at(10, 0, 10, 10)) == 0);
  CHECK_FALSE(overlap(a, at(10, 0, 10, 10)));
  CHECK(overlap(a, at(9, 0, 10, 10)));
  CHECK(gap(a, at(10, 10, 10, 10)) == 0);
  CHECK_FALSE(overlap(a, at(10, 10, 10, 10)));
  CHECK_FALSE(overlap(a, at(9, 10, 10, 10)));
  CHECK(overlap(a, a));
}

TEST_CASE("a gap is measured straight, across a corner by Pythagoras", "[core][numbers]") {
  const box a = at(0, 0, 10, 10);
  CHECK(gap(a, at(17, 3, 10, 10)) == 7);
  CHECK(gap(a, at(3, -17, 10, 10)) == 7);
  CHECK(gap(a, at(13, 14, 10, 10)) == 5);
  CHECK(gap(a, at(-13, -14, 10, 10)) == 5);
  const box far = at(10'000'000'000'000, 10'000'000'000'000, 10, 10);
  CHECK(to_metres(gap(a, far)) == Approx((1e7 - 1e-5) * std::sqrt(2)).epsilon(1e-13));
}

TEST_CASE("odd sizes count with their half micrometres", "[core][numbers]") {
  CHECK(overlap(at(0, 0, 11, 11), at(10, 0, 10, 10)));        // half a micrometre of ground
  CHECK_FALSE(overlap(at(0, 0, 11, 11), at(11, 0, 11, 11)));  // they touch
  CHECK(gap(at(0, 0, 11, 11), at(12, 0, 11, 11)) == 1);
  CHECK(gap(at(0, 0, 11, 11), at(11, 0, 10, 10)) == 0);  // half a micrometre, rounded down
}

TEST_CASE("gap, overlap and being in reach are symmetric", "[core][numbers]") {
  const std::uint64_t seed = GENERATE(1u, 2u);
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  const auto draw = [&] { return static_cast<micrometres>(chance.below(60)); };

  for (int i = 0; i < 50'000; ++i) {
    const box a{{draw(), 0, draw()}, {1 + draw(), 10, 1 + draw()}};
    const box b{{draw(), 0, draw()}, {1 + draw(), 10, 1 + draw()}};
    REQUIRE(gap(a, b) == gap(b, a));
    REQUIRE(overlap(a, b) == overlap(b, a));
    if (overlap(a, b)) REQUIRE(gap(a, b) == 0);
  }
}

TEST_CASE("a thing is inside a room up to its walls and its ceiling", "[core][numbers]") {
  const vec3 room{100, 50, 100};
  const auto fits = [&](vec3 pos, vec3 dims) { return inside({pos, dims}, room); };

  CHECK(fits({5, 0, 5}, {10, 50, 10}));
  CHECK(fits({95, 0, 95}, {10, 10, 10}));
  CHECK(fits({50, 0, 50}, {100, 50, 100}));
  CHECK_FALSE(fits({4, 0, 5}, {10, 10, 10}));
  CHECK_FALSE(fits({5, 0, 96}, {10, 10, 10}));
  CHECK_FALSE(fits({5, 0, 5}, {11, 10, 10}));  // half a micrometre through the wall
  CHECK_FALSE(fits({95, 0, 5}, {11, 10, 10}));
  CHECK_FALSE(fits({5, -1, 5}, {10, 10, 10}));
  CHECK(fits({5, 40, 5}, {10, 10, 10}));
  CHECK_FALSE(fits({5, 41, 5}, {10, 10, 10}));
  CHECK_FALSE(fits({50, 0, 50}, {101, 10, 10}));
}
