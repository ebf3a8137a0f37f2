#include "core/look_ahead.hpp"
#include "core/random.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

constexpr std::size_t rows = 130;  // 16,900 bots, two metres apart

/// Just too large for the caches.
world crowded_world() {
  settings s = small_world();
  s.dims = metres(2 * rows, 10, 2 * rows);
  s.capacity = {{"bot", rows * rows}, {"thing", rows * rows}};
  lab l{s};
  for (std::size_t i = 0; i < rows * rows; ++i)
    l.bot(static_cast<double>(i % rows) * 2 + 1, static_cast<double>(i / rows) * 2 + 1);
  return l.state();
}

/// One step of each of so many bots, and who ahead() says before each.
template <class Ahead>
std::uint64_t hash_after_steps(world w, std::size_t steps, Ahead ahead) {
  keyed_random chance{1, 0};
  record r;
  for (std::size_t i = 0; i < steps; ++i) {
    ahead(w, i, steps);
    auto step = resolve_act(w, 1, {i + 1, "walk", {}, {{"angle", chance.ratio()}}});
    REQUIRE(step);
    REQUIRE_FALSE(decide(w, std::move(*step), r));
    w.apply(r);
  }
  return w.hash();
}

}  // namespace

TEST_CASE("looking ahead changes nothing, whoever is said to come", "[core][look_ahead]") {
  const world w = crowded_world();
  REQUIRE_FALSE(w.fits_caches());
  constexpr std::size_t steps = 2'000;
  const auto blindly = hash_after_steps(w, steps, [](auto&&...) {});
  std::size_t told = 0;

  const auto truly =
      hash_after_steps(w, steps, [&](const world& now, std::size_t i, std::size_t n) {
        look_ahead(now, i, n, [&](std::size_t later) {
          REQUIRE(later < n);
          ++told;
          return turn_to_come{later + 1, later + 2};
        });
      });
  const auto wrongly =
      hash_after_steps(w, steps, [](const world& now, std::size_t i, std::size_t n) {
        look_ahead(now, i, n, [&](std::size_t later) {
          constexpr serial nobody[] = {world_serial, no_thing, rows * rows + 1,
                                       std::numeric_limits<serial>::max() - 1};
          return turn_to_come{nobody[later % 4], nobody[later / 4 % 4]};
        });
      });

  CHECK(told > steps);
  CHECK(truly == blindly);
  CHECK(wrongly == blindly);
}

TEST_CASE("a world that fits the caches is not looked ahead in", "[core][look_ahead]") {
  lab l;
  l.bot(2, 2);
  REQUIRE(l.state().fits_caches());

  look_ahead(l.state(), 0, 100, [](std::size_t) -> turn_to_come {
    FAIL("asked who comes");
    return {};
  });
}
