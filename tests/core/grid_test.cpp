#include "core/bucket_grid.hpp"
#include "core/grid.hpp"
#include "core/random.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <malloc.h>
#include <map>
#include <set>
#include <vector>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

// From a micrometre to the whole room, small ones most often, round and odd.
micrometres random_size(micrometres most, keyed_random& chance) {
  const micrometres kinds[] = {1, 500'000, 2'000'000, 2'000'001, 8'000'000, 31'999'999, most};
  const micrometres bound = std::min(most, kinds[chance.below(std::size(kinds))]);
  if (chance.below(3) == 0) return bound;
  return 1 + static_cast<micrometres>(chance.below(static_cast<std::uint64_t>(bound)));
}

micrometres random_centre(micrometres size, micrometres length, keyed_random& chance) {
  const micrometres least = (size + 1) / 2, most = length - least;
  if (most <= least) return least;
  const auto span = static_cast<std::uint64_t>(most - least);
  const micrometres at = least + static_cast<micrometres>(chance.below(span + 1));
  return chance.below(3) == 0 ? std::max(least, at / 1'000'000 * 1'000'000) : at;
}

box random_box(const vec3& room, keyed_random& chance) {
  const vec3 dims{random_size(room.x, chance), 1, random_size(room.z, chance)};
  return {{random_centre(dims.x, room.x, chance), 0, random_centre(dims.z, room.z, chance)}, dims};
}

std::vector<grid::position> list(const grid& g, const box& where, micrometres range) {
  std::vector<grid::position> all;
  g.near(where, range, [&](grid::position p) { all.push_back(p); });
  return all;
}

std::vector<grid::position> list(const bucket_grid& g, const box& where, micrometres range) {
  constexpr grid::position before = 7;  // what is found is added to what was there
  std::vector<grid::position> all{before};
  g.near(where, range, all, [](grid::position p) { return p; });
  if (all.front() != before) FAIL("what was found before is lost");
  all.erase(all.begin());
  return all;
}

template <class Grid>
std::set<grid::position> found(const Grid& g, const box& where, micrometres range) {
  const auto all = list(g, where, range);
  std::set<grid::position> each(all.begin(), all.end());
  if (each.size() != all.size()) FAIL("some are found twice");
  return each;
}

using boxes = std::map<grid::position, box>;

// One insertion, removal or move in both.
template <class Grid>
void change(Grid& g, boxes& all, const vec3& room, keyed_random& chance) {
  const auto who = static_cast<grid::position>(chance.below(200));
  const auto here = all.find(who);
  if (here == all.end()) {
    const box where = random_box(room, chance);
    g.insert(who, where);
    all[who] = where;
  } else if (chance.below(4) == 0) {
    g.erase(who, here->second.dims);
    all.erase(here);
  } else {
    box to = here->second;
    to.pos.x = random_centre(to.dims.x, room.x, chance);
    to.pos.z = random_centre(to.dims.z, room.z, chance);
    g.move(who, to);
    here->second = to;
  }
}

template <class Grid>
void check_search(const Grid& g, const boxes& all, const box& where, micrometres range) {
  const auto near = found(g, where, range);
  for (const auto& [who, place] : all)
    if (gap(where, place) <= range && !near.contains(who)) FAIL("missed " << who);
  for (const grid::position who : near)
    if (!all.contains(who)) FAIL("found " << who << ", which was erased");
}

/// A world of mist, which may lie anywhere: things of all sizes.
lab misty_world(const vec3& room, std::uint64_t things, keyed_random& chance) {
  settings s = small_world();
  s.dims = room;
  s.capacity = {{"mist", things}, {"thing", things}};
  lab l{s};
  for (std::uint64_t i = 0; i < things; ++i) {
    const box where = random_box(room, chance);
    l.play(create_command{mist_kind, where.pos, where.dims, {}, {}, {}});
  }
  return l;
}

void check_search(const world& w, const box& where, micrometres range) {
  std::set<serial> expected, near;
  for (const serial id : w.serials())
    if (gap(where, w.find(id)->occupied()) <= range) expected.insert(id);
  w.near(where, range, [&](const thing& t, micrometres) { near.insert(t.id); });
  CAPTURE(where.pos.x, where.pos.z, range);
  REQUIRE(near == expected);
}

}  // namespace

TEMPLATE_TEST_CASE("the grid misses nothing that a search of all things finds", "[core][grid]",
                   grid, bucket_grid) {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 9));
  const vec3 room = GENERATE(vec3{10'000'000, 1, 10'000'000}, vec3{200'000'000, 1, 90'000'001},
                             vec3{1'000'000, 1, 300'000'000},
                             vec3{from_metres(metres_max), 1, from_metres(metres_max)});
  CAPTURE(seed, room.x, room.z);
  keyed_random chance{seed, 0};
  TestType g{room, GENERATE(2'000'000, 16'000'000)};
  boxes all;

  for (int i = 0; i < 3'000; ++i) {
    change(g, all, room, chance);
    const micrometres ranges[] = {0, 1, 1'000'000, 50'000'000};
    check_search(g, all, random_box(room, chance), ranges[chance.below(4)]);
  }
}

TEMPLATE_TEST_CASE("a thing as wide as a cell is found at exactly the range from an odd-sized one",
                   "[core][grid]", grid, bucket_grid) {
  TestType g{{100'000'000, 1, 100'000'000}, 2'000'000};
  const micrometres range = 1'000'000;
  const box wide{{20'000'000, 0, 50'000'000}, {2'000'000, 1, 2'000'000}};
  const box odd{{20'000'000 - 1'000'000 - range - 250'001, 0, 50'000'000}, {500'001, 1, 500'001}};
  REQUIRE(gap(odd, wide) == range);

  g.insert(0, wide);

  CHECK(found(g, odd, range).contains(0));
}

TEMPLATE_TEST_CASE("an odd-sized thing is found at exactly the range from an even-sized one",
                   "[core][grid]", grid, bucket_grid) {
  TestType g{{100'000'000, 1, 100'000'000}, 2'000'000};
  const micrometres range = 1'000'000;
  const box odd{{20'000'000, 0, 50'000'000}, {1'999'999, 1, 1'999'999}};
  const box even{{20'000'000 - 1'250'000 - range, 0, 50'000'000}, {500'000, 1, 500'000}};
  REQUIRE(gap(even, odd) == range);

  g.insert(0, odd);  // at the border of a cell: half a micrometre decides

  CHECK(found(g, even, range).contains(0));
}

TEMPLATE_TEST_CASE("a grid of the widest world takes things in all corners", "[core][grid]", grid,
                   bucket_grid) {
  const micrometres most = from_metres(metres_max);
  TestType g{{most, 1, most}, 2'000'000};
  const vec3 dims{1'000'000, 1, 1'000'000};
  const micrometres edge = most - 500'000;

  g.insert(0, {{500'000, 0, 500'000}, dims});
  g.insert(1, {{edge, 0, 500'000}, dims});
  g.insert(2, {{500'000, 0, edge}, dims});
  g.insert(3, {{edge, 0, edge}, dims});

  CHECK(found(g, {{edge, 0, edge}, dims}, 1'000'000) == std::set<grid::position>{3});
  CHECK(found(g, {{500'000, 0, edge}, dims}, 2 * most).size() == 4);
}

TEST_CASE("a search crosses cells as far as the widest thing stands out, and no farther",
          "[core][grid]") {
  grid g{{100'000'000, 1, 100'000'000}, 2'000'000};
  const box asked{{19'000'000, 0, 19'000'000}, {200'000, 1, 200'000}};
  const vec3 next_cell{20'500'000, 0, 19'000'000};

  g.insert(0, {next_cell, {200'000, 1, 200'000}});
  CHECK(found(g, asked, 700'000).empty());  // 0.7 m, and a tenth on either side: up to 19.9 m

  g.insert(1, {next_cell, {1'400'000, 1, 200'000}});
  CHECK(found(g, asked, 700'000).contains(1));  // its side is 0.7 m away
}

TEST_CASE("a bucket grid passes over those of a cell that are out of reach", "[core][grid]") {
  bucket_grid g{{100'000'000, 1, 100'000'000}, 16'000'000};
  const vec3 dims{1'000'000, 1, 1'000'000};
  for (grid::position who = 0; who < 10; ++who)
    g.insert(who, {{20'000'000 + 1'000'000 * who, 0, 20'000'000}, dims});

  const auto near = found(g, {{20'000'000, 0, 20'000'000}, dims}, 2'500'000);

  CHECK(near == std::set<grid::position>{0, 1, 2, 3});
}

TEST_CASE("a crowd that walked across a bucket grid leaves no memory behind", "[core][grid]") {
  const vec3 dims{300'000, 1, 300'000};
  bucket_grid g{{1'600'000'000, 1, 16'000'000}, 16'000'000};
  constexpr grid::position crowd = 10'000;
  const auto walk_to = [&](micrometres x) {
    for (grid::position who = 0; who < crowd; ++who) g.move(who, {{x, 0, 8'000'000}, dims});
  };
  for (grid::position who = 0; who < crowd; ++who) g.insert(who, {{8'000'000, 0, 8'000'000}, dims});
  walk_to(24'000'000);
  const std::size_t before = mallinfo2().uordblks;

  for (micrometres x = 40'000'000; x < 1'600'000'000; x += 16'000'000) walk_to(x);

  CHECK(mallinfo2().uordblks <= before + 64 * 1024);  // 98 cells of 160 kB would be 15 MB
}

TEST_CASE("whoever moved is found in the world, from near and from afar", "[core][grid]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 5));
  const auto side = GENERATE(10.0, 40.0, 300.0, metres_max);
  CAPTURE(seed, side);
  constexpr std::uint64_t things = 60;
  const vec3 room = metres(side, 10, side);
  keyed_random chance{seed, 0};
  lab l = misty_world(room, things, chance);

  for (int i = 0; i < 300; ++i) {
    const serial id = 1 + chance.below(things);
    const vec3 dims = l.at(id).dims;
    const vec3 to{random_centre(dims.x, room.x, chance), 0, random_centre(dims.z, room.z, chance)};
    l.play(update_command{id, to, {}});
    for (const micrometres range : {0, 1'000'000, 8'000'000, 8'000'001, 50'000'000}) {
      check_search(l.state(), random_box(room, chance), range);
      check_search(l.state(), {to, {1, 1, 1}}, range);
    }
  }
}
