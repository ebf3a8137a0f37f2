// The cells of a thing: as many as its kind has properties. The first few lie in the thing itself,
// since most kinds have no more: who has the thing at hand has them as well. One that was moved
// from may only be assigned to or destroyed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace unscripted::core {

class cell_list {
public:
  cell_list() = default;
  cell_list(std::initializer_list<std::uint64_t> cells) {
    for (const std::uint64_t cell : cells) push_back(cell);
  }

  std::size_t size() const { return size_; }
  /// `slot` must be below size().
  std::uint64_t& operator[](std::size_t slot) {
    return slot < here_max ? here_[slot] : beyond_[slot - here_max];
  }
  const std::uint64_t& operator[](std::size_t slot) const {
    return slot < here_max ? here_[slot] : beyond_[slot - here_max];
  }
  void push_back(std::uint64_t cell) {
    if (size_ < here_max) here_[size_] = cell;
    else beyond_.push_back(cell);
    ++size_;
  }

  friend bool operator==(const cell_list&, const cell_list&) = default;

private:
  static constexpr std::size_t here_max = 14;  // fills two lines of the cache, see core/thing.hpp

  std::array<std::uint64_t, here_max> here_{};
  std::size_t size_ = 0;
  std::vector<std::uint64_t> beyond_;
};

}  // namespace unscripted::core
