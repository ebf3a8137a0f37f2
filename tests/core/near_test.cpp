#include "core/random.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

constexpr std::uint64_t things = 60;

// Around the widths of cells: what fits one, what just does not, and what is far too large.
micrometres random_width(micrometres room, keyed_random& chance) {
  const micrometres widths[] = {500'000,   2'000'000,  2'000'001, 8'000'000,
                                9'000'000, 16'000'001, 70'000'000};
  return std::min(room, widths[chance.below(std::size(widths))]);
}

// On a border of cells, beside it, at a wall, or anywhere.
micrometres random_centre(micrometres width, micrometres room, keyed_random& chance) {
  const micrometres least = (width + 1) / 2, most = std::max(least, room - least);
  const auto anywhere =
      least + static_cast<micrometres>(chance.below(static_cast<std::uint64_t>(most - least) + 1));
  const auto cell = micrometres{2'000'000} << chance.below(14);
  const micrometres border = anywhere / cell * cell;
  const micrometres wanted[] = {anywhere, border - 1, border, border + 1, least, most};
  return std::clamp(wanted[chance.below(std::size(wanted))], least, most);
}

vec3 random_place(const vec3& dims, const vec3& room, keyed_random& chance) {
  return {random_centre(dims.x, room.x, chance), 0, random_centre(dims.z, room.z, chance)};
}

lab misty_world(const vec3& room, keyed_random& chance) {
  settings s = small_world();
  s.dims = room;
  s.capacity = {{"mist", things}, {"thing", things}};
  lab l{s};
  for (std::uint64_t i = 0; i < things; ++i) {
    create_command made;
    made.kind = mist_kind;
    made.dims = vec3{random_width(room.x, chance), 1'000'000, random_width(room.z, chance)};
    made.pos = random_place(*made.dims, room, chance);
    l.play(made);
  }
  return l;
}

void check_search(const world& w, const box& where, micrometres range) {
  std::vector<serial> expected, found;
  for (const serial id : w.serials())
    if (gap(where, w.find(id)->occupied()) <= range) expected.push_back(id);
  w.near(where, range, [&](const thing& t, micrometres) { found.push_back(t.id); });
  std::sort(found.begin(), found.end());
  CAPTURE(where.pos.x, where.pos.z, range);
  REQUIRE(found == expected);
}

}  // namespace

TEST_CASE("whoever walked over any border is found, from near and from afar", "[core][world]") {
  const auto side = GENERATE(10.0, 40.0, 300.0, metres_max);
  const std::uint64_t seed = Catch::rngSeed();
  CAPTURE(side, seed);
  const vec3 room = metres(side, 10, side);
  keyed_random chance{seed, 0};
  lab l = misty_world(room, chance);

  for (int i = 0; i < 300; ++i) {
    const serial walker = 1 + chance.below(things);
    const thing& t = l.at(walker);
    l.play(update_command{walker, random_place(t.dims, room, chance), {}});
    const box eye{random_place({1, 1, 1}, room, chance), {1, 1, 1}};
    for (const micrometres range : {0, 1'000'000, 8'000'000, 8'000'001, 50'000'000}) {
      check_search(l.state(), eye, range);
      check_search(l.state(), l.at(walker).occupied(), range);
    }
  }
}
