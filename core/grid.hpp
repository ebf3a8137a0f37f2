// The uniform grid that answers "who is near" in the cost of the neighbours, not of the world.
//
// Things are filed by the cell of their centre. Cells are as wide as the grid was made for; things
// that are larger go to coarser levels (each four times as wide), so one long wall does not widen
// everybody's search. Cells hold linked positions and nothing else:
// filing a thing allocates nothing once its level exists.
#pragma once

#include "core/grid_level.hpp"
#include "core/large_memory.hpp"

#include <cstdint>
#include <vector>

namespace unscripted::core {

class grid {
public:
  using position = std::uint32_t;  // of a thing in the world's table

  grid() = default;
  /// For a world whose ground spans [0, dims.x] × [0, dims.z], in cells of this width, or wider
  /// where there would be too many. A search is quickest where its range is about a cell.
  grid(const vec3& dims, micrometres finest_cell);

  void insert(position who, const box& where);
  /// `dims` as it was filed with.
  void erase(position who, const vec3& dims);
  /// Likewise of its size. Files anew only where the cell changed.
  void move(position who, const box& to);

  /// Calls visit(position) for every thing whose box may lie within `range` of `where` on the
  /// ground: all that do, and some that don't. In no particular order: the caller sorts or is
  /// indifferent.
  template <class Visit>
  void near(const box& where, micrometres range, Visit&& visit) const {
    for (const level& l : levels_) {
      if (l.count == 0) continue;
      l.cross(where, range, [&](std::size_t cell) {
        for (position p = l.heads[cell]; p != none; p = links_[p].next) visit(p);
      });
    }
  }

private:
  static constexpr position none = ~position{0};

  struct level : grid_level {
    // Empty until the first thing of this size comes.
    std::vector<position, large_allocator<position>> heads;
  };

  struct link {
    position next = none;
    position before = none;
    std::uint32_t cell = 0;  // of its level
  };

  void link_in(level& l, std::uint32_t cell, position who);
  void link_out(level& l, position who);

  std::vector<level> levels_;
  std::vector<link, large_allocator<link>> links_;  // by position
};

}  // namespace unscripted::core
