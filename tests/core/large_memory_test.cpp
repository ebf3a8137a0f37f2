#include "core/large_memory.hpp"
#include "core/thing.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <numeric>
#include <vector>

using namespace unscripted::core;

TEST_CASE("a list that grows large keeps what is in it, and large ones begin at a large page",
          "[core][memory]") {
  std::vector<std::uint64_t, large_allocator<std::uint64_t>> list;
  const std::size_t count = 3 * large_bytes / sizeof(std::uint64_t);
  for (std::uint64_t i = 0; i < count; ++i) list.push_back(i);

  CHECK(reinterpret_cast<std::uintptr_t>(list.data()) % (std::size_t{2} << 20) == 0);
  CHECK(std::accumulate(list.begin(), list.end(), std::uint64_t{0}) == count * (count - 1) / 2);

  const auto copy = list;
  list = {};
  list.shrink_to_fit();
  CHECK(copy.size() == count);
  CHECK(copy.back() == count - 1);
}

TEST_CASE("what is to begin with a line of the cache does in small lists and large ones",
          "[core][memory]") {
  struct alignas(64) line {
    std::uint64_t number;
  };
  std::vector<line, large_allocator<line>> list;
  const std::uint64_t count = large_bytes / sizeof(line) + 2;
  for (std::uint64_t i = 0; i < count; ++i) {
    list.push_back({i});
    REQUIRE(reinterpret_cast<std::uintptr_t>(list.data()) % 64 == 0);
  }
  for (std::uint64_t i = 0; i < count; ++i) REQUIRE(list[i].number == i);
}

TEST_CASE("where a thing stands fills one line of the cache, its cells the next two",
          "[core][memory]") {
  const thing t;
  const auto at = [&](const void* part) {
    return static_cast<const char*>(part) - reinterpret_cast<const char*>(&t);
  };
  CHECK(at(&t.kind) < 64);
  CHECK(at(&t.parent) == 64);
  CHECK(at(&t.cells[13]) + 8 <= 192);
  CHECK(sizeof(thing) / 64 % 2 == 1);
}

TEST_CASE("more memory than there is, is refused", "[core][memory]") {
  large_allocator<std::uint64_t> ask;
  CHECK_THROWS_AS(ask.allocate(~std::size_t{0} / 4), std::bad_alloc);
  CHECK_THROWS_AS(ask.allocate(~std::size_t{0} / 9), std::bad_alloc);
}
