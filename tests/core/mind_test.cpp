#include "core/mind.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

using namespace unscripted::core;

namespace {

const std::string walk = "walk";

parameter number(double least, double most) {
  return {"x", "", value_type::number, value::number(least), least, most};
}

parameter integer(double least, double most) {
  return {"n", "", value_type::integer, value::integer(0), least, most};
}

/// The values that a mind gives to one parameter in `count` choices.
std::vector<value> chosen(const parameter& p, int count, std::uint64_t seed = 1) {
  const std::vector<parameter> parameters{p};
  const std::vector<option> options{{world_serial, &walk, &parameters}};
  const auto mind = make_mind("random", seed, 7);
  std::vector<value> values;
  for (int age = 0; age < count; ++age)
    values.push_back(mind->choose(options, static_cast<std::uint64_t>(age)).args.at(0));
  return values;
}

}  // namespace

TEST_CASE("minds are known by their names", "[core][mind]") {
  for (const std::string& name : mind_names()) CHECK(make_mind(name, 1, 1));
  CHECK_FALSE(make_mind("", 1, 1));
  CHECK_FALSE(make_mind("Random", 1, 1));
}

TEST_CASE("a mind chooses the same at the same age whatever it chose before", "[core][mind]") {
  const std::vector<parameter> parameters{number(0, 1), integer(1, 1000)};
  const std::vector<option> options(5, {world_serial, &walk, &parameters});
  const auto one = make_mind("random", 3, 9), other = make_mind("random", 3, 9);
  for (std::uint64_t age = 0; age < 100; ++age) (void)one->choose(options, age);

  for (std::uint64_t age = 50; age-- > 0;) {
    const choice a = one->choose(options, age), b = other->choose(options, age);
    REQUIRE(a.option == b.option);
    REQUIRE(a.args == b.args);
  }
}

TEST_CASE("minds of other bots, seeds and ages choose otherwise", "[core][mind]") {
  const std::vector<parameter> parameters{integer(0, 1e15)};
  const std::vector<option> options{{world_serial, &walk, &parameters}};
  const auto choose = [&](std::uint64_t seed, serial bot, std::uint64_t age) {
    return make_mind("random", seed, bot)->choose(options, age).args.at(0);
  };

  CHECK(choose(1, 1, 1) != choose(2, 1, 1));
  CHECK(choose(1, 1, 1) != choose(1, 2, 1));
  CHECK(choose(1, 1, 1) != choose(1, 1, 2));
}

TEST_CASE("every option is chosen about equally often", "[core][mind]") {
  const std::vector<parameter> none;
  const std::vector<option> options(10, {world_serial, &walk, &none});
  const auto mind = make_mind("random", 1, 1);
  std::array<int, 10> counts{};

  for (std::uint64_t age = 0; age < 100'000; ++age) ++counts.at(mind->choose(options, age).option);

  for (const int count : counts) {
    CHECK(count > 9'600);
    CHECK(count < 10'400);
  }
}

TEST_CASE("a number is chosen all over its range and never outside", "[core][mind]") {
  const double edge = GENERATE(1.0, 0.3, 1e-300, 1e15);
  CAPTURE(edge);
  double least = edge, most = -edge, sum = 0;

  for (const value& v : chosen(number(-edge, edge), 20'000)) {
    least = std::min(least, v.as_number());
    most = std::max(most, v.as_number());
    sum += v.as_number() / edge;
  }

  CHECK(least >= -edge);
  CHECK(most <= edge);
  CHECK(least < -0.99 * edge);
  CHECK(most > 0.99 * edge);
  CHECK(std::fabs(sum / 20'000) < 0.02);
}

TEST_CASE("every integer of a range is chosen, both ends included", "[core][mind]") {
  std::array<int, 7> counts{};
  for (const value& v : chosen(integer(-3, 3), 7'000)) {
    REQUIRE(v.as_integer() >= -3);
    REQUIRE(v.as_integer() <= 3);
    ++counts.at(static_cast<std::size_t>(v.as_integer() + 3));
  }
  for (const int count : counts) CHECK(count > 800);
}

TEST_CASE("the widest ranges are chosen from without overflow", "[core][mind]") {
  const double most = std::numeric_limits<double>::max();

  for (const value& v : chosen(number(-most, most), 100)) CHECK(std::isfinite(v.as_number()));
  for (const value& v : chosen(integer(-9007199254740992.0, 9007199254740992.0), 100))
    CHECK(std::abs(v.as_integer()) <= 9007199254740992);
  for (const value& v : chosen(integer(-most, most), 100)) CHECK(v.type == value_type::integer);
  CHECK(chosen(number(2, 2), 3) == std::vector<value>(3, value::number(2)));
}

TEST_CASE("a boolean is chosen both ways", "[core][mind]") {
  const auto flags = chosen({"b", "", value_type::boolean, value::boolean(false), 0, 1}, 1'000);
  const auto yes = std::count(flags.begin(), flags.end(), value::boolean(true));
  CHECK(yes > 400);
  CHECK(yes < 600);
}

TEST_CASE("a text is a word of up to eight letters, and as declared where it has no room",
          "[core][mind]") {
  const value none = value::of_text("");
  const auto words = chosen({"t", "", value_type::text, none, 0, 200}, 1'000);
  for (const value& v : words) {
    REQUIRE(v.type == value_type::text);
    REQUIRE(v.text.size() >= 2);
    REQUIRE(v.text.size() <= 8);
    REQUIRE(std::all_of(v.text.begin(), v.text.end(), [](char c) { return c >= 'a' && c <= 'z'; }));
  }
  CHECK(std::count(words.begin(), words.end(), words.front()) < 100);

  for (const value& v : chosen({"t", "", value_type::text, none, 0, 3}, 100))
    CHECK(v.text.size() == 2);
  const value x = value::of_text("x");
  CHECK(chosen({"t", "", value_type::text, x, 0, 1}, 2) == std::vector<value>(2, x));
}

TEST_CASE("a thing is one of those that the options aim at", "[core][mind]") {
  const std::vector<parameter> parameters{
      {"what", "", value_type::thing, value::thing(no_thing), 0, 0}};
  const std::vector<option> options{
      {3, &walk, &parameters}, {5, &walk, &parameters}, {8, &walk, &parameters}};
  const auto mind = make_mind("random", 1, 7);
  std::map<serial, int> counts;

  for (std::uint64_t age = 0; age < 3'000; ++age) {
    const value v = mind->choose(options, age).args.at(0);
    REQUIRE(v.type == value_type::thing);
    ++counts[v.bits];
  }

  REQUIRE(counts.size() == 3);
  for (const serial target : {3, 5, 8}) CHECK(counts.at(target) > 800);
}
