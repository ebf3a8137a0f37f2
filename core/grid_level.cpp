#include "core/grid_level.hpp"

namespace unscripted::core {

namespace {

constexpr micrometres widening = 4;

std::uint32_t cells_along(micrometres length, micrometres cell) {
  return static_cast<std::uint32_t>(std::max<micrometres>(1, (length + cell - 1) / cell));
}

}  // namespace

std::vector<grid_level> grid_levels(const vec3& dims, micrometres finest_cell,
                                    std::int64_t cells_max) {
  const micrometres longest = std::max(dims.x, dims.z);
  const auto too_many = [&](micrometres cell) {
    return cells_along(longest, cell) > cells_max ||
           std::int64_t{cells_along(dims.x, cell)} * cells_along(dims.z, cell) > cells_max;
  };
  micrometres cell = finest_cell;
  while (too_many(cell)) cell *= 2;
  std::vector<grid_level> levels;
  for (;; cell *= widening) {
    levels.push_back({cell, 1 / static_cast<double>(cell), cells_along(dims.x, cell),
                      cells_along(dims.z, cell)});
    if (cell >= longest) return levels;
  }
}

}  // namespace unscripted::core
