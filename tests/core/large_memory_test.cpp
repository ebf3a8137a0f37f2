#include "core/large_memory.hpp"

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

TEST_CASE("more memory than there is, is refused", "[core][memory]") {
  large_allocator<std::uint64_t> ask;
  CHECK_THROWS_AS(ask.allocate(~std::size_t{0} / 4), std::bad_alloc);
  CHECK_THROWS_AS(ask.allocate(~std::size_t{0} / 9), std::bad_alloc);
}
