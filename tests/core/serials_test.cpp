#include "core/cell_list.hpp"
#include "core/random.hpp"
#include "core/serial_map.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <vector>

using namespace unscripted::core;

TEST_CASE("the index of serials answers as a map does", "[core][serials]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 7));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  serial_index index;
  std::map<serial, std::uint32_t> expected;
  const std::uint64_t keys = 1 + chance.below(2'000);
  const std::uint64_t apart = std::uint64_t{1} << chance.below(8);  // from 16 on: all in one lane
  CAPTURE(keys, apart);

  for (std::uint32_t i = 0; i < 30'000; ++i) {
    const serial key = chance.below(keys) * apart;
    const auto here = expected.find(key);
    REQUIRE(index.find(key) == (here == expected.end() ? serial_index::none : here->second));
    if (here == expected.end()) {
      index.insert(key, i);
      expected[key] = i;
    } else if (chance.below(10) < 6) {
      index.erase(key);
      expected.erase(here);
    }
  }

  for (serial key = 0; key < keys * apart; ++key)
    REQUIRE((index.find(key) != serial_index::none) == expected.contains(key));
}

TEST_CASE("a map of serials holds what was put there last, whoever left", "[core][serials]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 5));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  serial_map<std::unique_ptr<std::uint32_t>> table;
  std::map<serial, std::uint32_t> expected;

  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const serial key = chance.below(500);
    const auto* const found = table.find(key);
    REQUIRE((found != nullptr) == expected.contains(key));
    if (found) REQUIRE(**found == expected.at(key));
    if (found || chance.below(3) == 0) {
      table.erase(key);
      expected.erase(key);
    } else {
      table.insert(key, std::make_unique<std::uint32_t>(i));
      expected[key] = i;
    }
    REQUIRE(table.size() == expected.size());
  }

  std::map<serial, std::uint32_t> visited;
  for (const auto& [key, value] : table) visited[key] = *value;
  CHECK(visited == expected);
  table.clear();
  CHECK(table.empty());
  CHECK_FALSE(table.contains(expected.begin()->first));
}

TEST_CASE("those who came in a row are found whoever of them leaves", "[core][serials]") {
  const serial gone = GENERATE(10, 11, 15, 19);
  CAPTURE(gone);
  serial_map<serial> table;
  for (serial key = 10; key < 20; ++key) table.insert(key, key * 100);

  table.erase(gone);
  table.insert(20, 2'000);

  for (serial key = 0; key < 40; ++key) {
    CAPTURE(key);
    const serial* const found = table.find(key);
    REQUIRE((found != nullptr) == (key >= 10 && key <= 20 && key != gone));
    if (found) CHECK(*found == key * 100);
  }
}

TEST_CASE("an empty index knows nobody", "[core][serials]") {
  serial_index index;
  CHECK(index.find(0) == serial_index::none);
  CHECK(index.find(no_thing) == serial_index::none);
}

TEST_CASE("a list of cells holds each, in the thing and beyond", "[core][serials]") {
  cell_list cells;
  std::vector<std::uint64_t> expected;
  for (std::uint64_t i = 0; i < 40; ++i) {
    CHECK(cells.size() == expected.size());
    cells.push_back(i);
    expected.push_back(i);
    for (std::size_t slot = 0; slot < expected.size(); ++slot) {
      cells[slot] += slot + 1;
      expected[slot] += slot + 1;
    }
    const cell_list copy = cells;
    for (std::size_t slot = 0; slot < expected.size(); ++slot)
      REQUIRE(copy[slot] == expected[slot]);
    REQUIRE(copy == cells);
  }

  for (const std::size_t slot :
       {std::size_t{0}, std::size_t{13}, std::size_t{14}, std::size_t{39}}) {
    cell_list other = cells;
    ++other[slot];
    CHECK_FALSE(other == cells);
  }
}
