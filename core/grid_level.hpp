// One level of a grid over the ground of a world: which cell a place is in, which cells a search
// crosses. What the cells hold is up to the grid.
#pragma once

#include "core/numbers.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace unscripted::core {

struct grid_level {
  struct range_of_cells {
    std::uint32_t first, last;
  };
  struct block_of_cells {
    range_of_cells x, z;

    /// Two by two at most.
    bool are_few() const { return x.last - x.first <= 1 && z.last - z.first <= 1; }
  };

  micrometres cell = 0;
  double per_cell = 0;  // 1 / cell: a multiplication is a quarter of a division
  std::uint32_t columns = 0, rows = 0;
  std::size_t count = 0;   // of the things that are filed here
  micrometres widest = 0;  // of all that ever were: a search looks no farther than they stand out

  void count_in(const vec3& dims) {
    ++count;
    widest = std::max(widest, std::max(dims.x, dims.z));
  }
  void count_out() { --count; }

  std::size_t cells() const { return std::size_t{columns} * rows; }
  std::uint32_t cell_of(const vec3& pos) const {
    return along(pos.z, rows) * columns + along(pos.x, columns);
  }

  /// The cells with the centres of all things of this level whose boxes may lie within `range` of
  /// `where`.
  block_of_cells around(const box& where, micrometres range) const {
    // Halves rounded up: gap() rounds down.
    const micrometres half = (widest + 1) / 2;
    const micrometres reach_x = (where.dims.x + 1) / 2 + range + half;
    const micrometres reach_z = (where.dims.z + 1) / 2 + range + half;
    return {span(where.pos.x, reach_x, columns), span(where.pos.z, reach_z, rows)};
  }
  std::size_t cell_at(std::uint32_t x, std::uint32_t z) const {
    return std::size_t{z} * columns + x;
  }

  /// Calls visit(cell) for each.
  template <class Visit>
  void cross(const block_of_cells& all, Visit&& visit) const {
    for (std::uint32_t z = all.z.first; z <= all.z.last; ++z)
      for (std::uint32_t x = all.x.first; x <= all.x.last; ++x) visit(cell_at(x, z));
  }

private:
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
};

/// The levels for a world whose ground spans [0, dims.x] × [0, dims.z]: the finest in cells of this
/// width, or wider where there would be more than `cells_max`; each four times as wide as the one
/// before, until one cell holds the world.
std::vector<grid_level> grid_levels(const vec3& dims, micrometres finest_cell,
                                    std::int64_t cells_max);

/// The first level whose cells are as wide as a thing of that size.
template <class Levels>
auto& level_of(Levels& levels, const vec3& dims) {
  const micrometres size = dims.x > dims.z ? dims.x : dims.z;
  for (auto& l : levels)
    if (size <= l.cell) return l;
  return levels.back();  // nothing in a world is larger than the world
}

}  // namespace unscripted::core
