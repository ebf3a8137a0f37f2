// The uniform grid that answers "who is near" in the cost of the neighbours, not of the world.
//
// Things are filed by the cell of their centre. Cells are as wide as the grid was made for; things
// that are larger go to coarser levels (each four times as wide), so one long wall does not widen
// everybody's search. Cells hold linked positions and nothing else:
// filing a thing allocates nothing once its level exists.
#pragma once

#include "core/numbers.hpp"

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
      const micrometres half = l.cell / 2;
      // Halves rounded up: gap() rounds down.
      const micrometres reach_x = (where.dims.x + 1) / 2 + range + half;
      const micrometres reach_z = (where.dims.z + 1) / 2 + range + half;
      const auto [x0, x1] = l.span(where.pos.x, reach_x, l.columns);
      const auto [z0, z1] = l.span(where.pos.z, reach_z, l.rows);
      for (std::uint32_t z = z0; z <= z1; ++z)
        for (std::uint32_t x = x0; x <= x1; ++x)
          for (position p = l.heads[std::size_t{z} * l.columns + x]; p != none; p = links_[p].next)
            visit(p);
    }
  }

private:
  static constexpr position none = ~position{0};

  struct range_of_cells {
    std::uint32_t first, last;
  };

  struct level {
    micrometres cell = 0;
    double per_cell = 0;  // 1 / cell: a multiplication is a quarter of a division
    std::uint32_t columns = 0, rows = 0;
    std::size_t count = 0;
    std::vector<position> heads;  // empty until the first thing of this size comes

    /// The cell along one axis. Rounding may put a place at a border into the neighbouring cell,
    /// always the same one: it never decreases with `at`, so a search still covers what it must.
    std::uint32_t along(micrometres at, std::uint32_t cells) const {
      if (at <= 0) return 0;
      // To a signed number: that is one instruction.
      const auto i = static_cast<std::int64_t>(static_cast<double>(at) * per_cell);
      return i < cells ? static_cast<std::uint32_t>(i) : cells - 1;
    }
    range_of_cells span(micrometres centre, micrometres reach, std::uint32_t cells) const {
      return {along(centre - reach, cells), along(centre + reach, cells)};
    }
    std::uint32_t cell_of(const vec3& pos) const {
      return along(pos.z, rows) * columns + along(pos.x, columns);
    }
  };

  struct link {
    position next = none;
    position before = none;
    std::uint32_t cell = 0;  // of its level
  };

  level& level_of(const vec3& dims);
  void link_in(level& l, std::uint32_t cell, position who);
  void link_out(level& l, position who);

  std::vector<level> levels_;
  std::vector<link> links_;  // by position
};

}  // namespace unscripted::core
