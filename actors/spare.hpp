// Memory that was used and is about to be used again: lists of requests and texts of answers are as
// large as what a connection sends at once, larger than what an allocator hands out in passing.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace unscripted::actors {

/// Containers that are empty and have room. Each thread keeps some of its own, at most `most`, none
/// with room for more than `largest` elements; what is given beyond that is freed.
template <class Container, std::size_t most, std::size_t largest>
class spare {
public:
  /// An empty one: with room, where there is one.
  static Container take() {
    if (kept_.empty()) return {};
    Container one = std::move(kept_.back());
    kept_.pop_back();
    return one;
  }
  /// Empties it.
  static void give(Container&& used) {
    const bool is_worth_it = used.capacity() > Container{}.capacity();
    if (!is_worth_it || used.capacity() > largest || kept_.size() >= most) return;
    kept_.push_back(std::move(used));
    kept_.back().clear();  // not before: what was just written is slow to read as one piece
  }

private:
  static inline thread_local std::vector<Container> kept_;
};

}  // namespace unscripted::actors
