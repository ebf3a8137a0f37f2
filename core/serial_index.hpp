// A hash table from serials to positions, for lookup only: it has no iteration, so nothing can come
// to depend on its order. Open addressing, linear probing, deletion by shifting back.
//
// Serials come in order, and who is looked up is often followed by its neighbours. So sixteen in a
// row lie in a block of sixteen entries, each in its lane, and only where the block lies is hashed.
// A lane is a table of its own: where an entry is taken, the same lane of the next block is tried.
#pragma once

#include "core/ids.hpp"
#include "core/large_memory.hpp"

#include <array>
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
    std::uint32_t& count = counts_[key % lanes];
    if ((count + 1) * std::size_t{2} > entries_.size() / lanes) grow();
    place(key, position);
    ++count;
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
    --counts_[key % lanes];
  }

private:
  struct entry {
    serial key = 0;
    std::uint32_t position = none;
  };

  std::size_t mask() const { return entries_.size() - 1; }
  // Fibonacci hashing: blocks come in order, so one multiplication spreads them well.
  std::size_t home(serial key) const {
    const auto block = static_cast<std::size_t>((key / lanes * 0x9e3779b97f4a7c15u) >> shift_);
    return block * lanes + key % lanes;
  }
  std::size_t next(std::size_t i) const { return (i + lanes) & mask(); }

  void place(serial key, std::uint32_t position) {
    std::size_t i = home(key);
    while (entries_[i].position != none) i = next(i);
    entries_[i] = {key, position};
  }

  void grow() {
    decltype(entries_) old(entries_.empty() ? 2 * lanes : entries_.size() * 2);
    old.swap(entries_);
    shift_ = 64 - static_cast<unsigned>(std::countr_zero(entries_.size() / lanes));
    for (const entry& e : old)
      if (e.position != none) place(e.key, e.position);
  }

  static constexpr std::size_t lanes = 16;

  std::vector<entry, large_allocator<entry>> entries_;  // a power of two
  std::array<std::uint32_t, lanes> counts_{};           // of each lane: at most half full
  unsigned shift_ = 64;                                 // 64 - log2 of the number of blocks
};

}  // namespace unscripted::core
