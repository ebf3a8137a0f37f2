// Memory for tables that are read here and there: where they are large, in pages of 2 MiB, if the
// system gives any, so that the processor finds more of them without a look at its page tables.
// A walk in a world of a million things takes a tenth less.
#pragma once

#include <atomic>
#include <cstddef>
#include <new>

namespace unscripted::core {

/// From this size on; what is smaller is left to the allocator.
inline constexpr std::size_t large_bytes = std::size_t{8} << 20;

/// Asks the system for large pages behind memory whose content does not matter; a wish, which may
/// come to nothing. What a system has for that is no matter of core: the program sets it before its
/// first world, and where nobody does, pages are what they are.
inline std::atomic<void (*)(void* memory, std::size_t bytes)> ask_for_large_pages{nullptr};

/// Throws std::bad_alloc. Given back by free_large().
void* allocate_large(std::size_t bytes);
void free_large(void* memory) noexcept;

/// For std::vector.
template <class T>
struct large_allocator {
  using value_type = T;

  large_allocator() = default;
  template <class U>
  large_allocator(const large_allocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    if (count > ~std::size_t{0} / sizeof(T)) throw std::bad_array_new_length();
    const std::size_t bytes = count * sizeof(T);
    return static_cast<T*>(bytes < large_bytes ? ::operator new(bytes, alignment)
                                               : allocate_large(bytes));
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    if (count * sizeof(T) < large_bytes) ::operator delete(memory, alignment);
    else free_large(memory);
  }

  friend bool operator==(const large_allocator&, const large_allocator&) { return true; }

private:
  static constexpr std::align_val_t alignment{alignof(T)};
};

}  // namespace unscripted::core
