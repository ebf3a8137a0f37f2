#include "core/large_memory.hpp"

#include <cstddef>
#include <cstdlib>
#include <limits>

namespace unscripted::core {

namespace {

constexpr std::size_t page_bytes = std::size_t{2} << 20;

}  // namespace

void* allocate_large(std::size_t bytes) {
  // Beyond what any list may have; sanitizers end the process where that is asked for.
  if (bytes > static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / 2)
    throw std::bad_alloc();
  const std::size_t whole = (bytes + page_bytes - 1) / page_bytes * page_bytes;
  void* const memory = std::aligned_alloc(page_bytes, whole);
  if (!memory) throw std::bad_alloc();
  if (const auto ask = ask_for_large_pages.load(std::memory_order_relaxed)) ask(memory, whole);
  return memory;
}

void free_large(void* memory) noexcept { std::free(memory); }

}  // namespace unscripted::core
