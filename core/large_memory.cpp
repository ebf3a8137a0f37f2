#include "core/large_memory.hpp"

#include <cstdlib>

namespace unscripted::core {

namespace {

constexpr std::size_t page_bytes = std::size_t{2} << 20;

}  // namespace

void* allocate_large(std::size_t bytes) {
  const std::size_t whole = (bytes + page_bytes - 1) / page_bytes * page_bytes;
  void* const memory = whole >= bytes ? std::aligned_alloc(page_bytes, whole) : nullptr;
  if (!memory) throw std::bad_alloc();
  if (const auto ask = ask_for_large_pages.load(std::memory_order_relaxed)) ask(memory, whole);
  return memory;
}

void free_large(void* memory) noexcept { std::free(memory); }

}  // namespace unscripted::core
