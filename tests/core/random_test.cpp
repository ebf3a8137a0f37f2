#include "core/random.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <set>

using namespace unscripted::core;

TEST_CASE("the same seed and key draw the same", "[core][random]") {
  keyed_random a{7, 11}, b{7, 11};
  for (int i = 0; i < 100; ++i) REQUIRE(a.next() == b.next());
  CHECK(a.draws() == 100);
}

TEST_CASE("neighbouring seeds, keys and draws share no value", "[core][random]") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for (std::uint64_t key = 0; key < 50; ++key) {
      keyed_random chance{seed, key};
      for (int i = 0; i < 20; ++i) REQUIRE(seen.insert(chance.next()).second);
    }
}

TEST_CASE("a bounded draw stays below its bound and reaches every value", "[core][random]") {
  const std::uint64_t seed = 3;
  keyed_random chance{seed, 0};
  std::array<int, 10> counts{};

  for (int i = 0; i < 100'000; ++i) ++counts.at(chance.below(10));

  for (const int count : counts) {
    CHECK(count > 9'600);  // a little over four standard deviations of 95
    CHECK(count < 10'400);
  }
  CHECK(chance.below(1) == 0);
}

TEST_CASE("a ratio is from 0 to below 1 with a mean of a half", "[core][random]") {
  keyed_random chance{3, 1};
  double sum = 0;

  for (int i = 0; i < 100'000; ++i) {
    const double x = chance.ratio();
    REQUIRE(x >= 0);
    REQUIRE(x < 1);
    sum += x;
  }

  CHECK(sum / 100'000 == Approx(0.5).margin(0.004));
}

TEST_CASE("every bit of a draw is even", "[core][random]") {
  keyed_random chance{5, 2};
  std::array<int, 64> ones{};

  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t x = chance.next();
    for (unsigned bit = 0; bit < 64; ++bit) ones.at(bit) += static_cast<int>(x >> bit & 1);
  }

  for (const int count : ones) {
    CHECK(count > 4'750);  // five standard deviations of 50
    CHECK(count < 5'250);
  }
}

TEST_CASE("a text's hash depends on its bytes, their order and their number", "[core][random]") {
  const std::set<std::uint64_t> hashes{
      mix_text(""),         mix_text("a"),        mix_text("b"),
      mix_text("ab"),       mix_text("ba"),       mix_text({"\0", 1}),
      mix_text({"a\0", 2}), mix_text("12345678"), mix_text("123456789")};
  CHECK(hashes.size() == 9);
}
