// A table of values by serial, side by side in the order in which they came, for lookup and for
// visits whose order means nothing. Who comes in order of serials is found in order of memory.
#pragma once

#include "core/serial_index.hpp"

#include <utility>
#include <vector>

namespace unscripted::core {

template <class T>
class serial_map {
public:
  using entry = std::pair<serial, T>;

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  bool contains(serial key) const { return find_position(key) != serial_index::none; }

  /// Null where there is none of that key. Valid until the next insert() or erase().
  T* find(serial key) {
    const std::uint32_t position = find_position(key);
    return position == serial_index::none ? nullptr : &entries_[position].second;
  }
  const T* find(serial key) const {
    const std::uint32_t position = find_position(key);
    return position == serial_index::none ? nullptr : &entries_[position].second;
  }

  /// `key` must not be present.
  void insert(serial key, T value) {
    index_.insert(key, static_cast<std::uint32_t>(entries_.size()));
    entries_.emplace_back(key, std::move(value));
  }

  /// The last one takes its place. Nothing happens where there is none of that key.
  void erase(serial key) {
    const std::uint32_t position = find_position(key);
    if (position == serial_index::none) return;
    index_.erase(key);
    if (position + 1 < entries_.size()) {
      const serial last = entries_.back().first;
      index_.erase(last);
      index_.insert(last, position);
      entries_[position] = std::move(entries_.back());
    }
    entries_.pop_back();
  }

  void clear() {
    index_ = {};
    entries_.clear();
  }

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

private:
  // Those who came in a row are as far from the first as their serials are, until the first leaves,
  // and who comes after anyone left is not: found without a look at the index.
  std::uint32_t find_position(serial key) const {
    const std::size_t guess = entries_.empty() ? 0 : key - entries_.front().first;
    if (guess < entries_.size() && entries_[guess].first == key)
      return static_cast<std::uint32_t>(guess);
    return index_.find(key);
  }

  serial_index index_;
  std::vector<entry> entries_;
};

}  // namespace unscripted::core
