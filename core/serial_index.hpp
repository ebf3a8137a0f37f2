// A hash table from serials to positions, for lookup only: it has no iteration, so nothing can come
// to depend on its order. Open addressing, linear probing, deletion by shifting back.
#pragma once

#include "core/ids.hpp"
#include "core/large_memory.hpp"

#include <bit>
#include <cstdint>
#include <vector>

namespace unscripted::core {

class serial_index {
public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  /// The position of `key`, or none.
  std::uint32_t find(serial key) const {
    if (entries_.empty()) return none;
    for (std::size_t i = home(key);; i = next(i)) {
      if (entries_[i].position == none) return none;
      if (entries_[i].key == key) return entries_[i].position;
    }
  }

  /// `key` must not be present.
  void insert(serial key, std::uint32_t position) {
    if ((count_ + 1) * 2 > entries_.size()) grow();
    place(key, position);
    ++count_;
  }

  /// `key` must be present.
  void erase(serial key) {
    std::size_t hole = home(key);
    while (entries_[hole].key != key || entries_[hole].position == none) hole = next(hole);
    for (std::size_t i = next(hole); entries_[i].position != none; i = next(i)) {
      const std::size_t wanted = home(entries_[i].key);
      const bool may_fill = ((i - wanted) & mask()) >= ((i - hole) & mask());
      if (!may_fill) continue;
      entries_[hole] = entries_[i];
      hole = i;
    }
    entries_[hole].position = none;
    --count_;
  }

private:
  struct entry {
    serial key = 0;
    std::uint32_t position = none;
  };

  std::size_t mask() const { return entries_.size() - 1; }
  // Fibonacci hashing: serials come in order, so one multiplication spreads them well.
  std::size_t home(serial key) const {
    return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15u) >> shift_);
  }
  std::size_t next(std::size_t i) const { return (i + 1) & mask(); }

  void place(serial key, std::uint32_t position) {
    std::size_t i = home(key);
    while (entries_[i].position != none) i = next(i);
    entries_[i] = {key, position};
  }

  void grow() {
    decltype(entries_) old(entries_.empty() ? 16 : entries_.size() * 2);
    old.swap(entries_);
    shift_ = 64 - static_cast<unsigned>(std::countr_zero(entries_.size()));
    for (const entry& e : old)
      if (e.position != none) place(e.key, e.position);
  }

  std::vector<entry, large_allocator<entry>> entries_;  // a power of two, at most half full
  std::size_t count_ = 0;
  unsigned shift_ = 64;  // 64 - log2 of the number of entries
};

}  // namespace unscripted::core
