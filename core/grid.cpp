#include "core/grid.hpp"

#include <algorithm>

namespace unscripted::core {

namespace {

constexpr micrometres widening = 4;
// A level holds four bytes a cell: at most 16 MiB. A wider world gets wider cells.
constexpr micrometres cells_max = 4'000'000;

std::uint32_t cells_along(micrometres length, micrometres cell) {
  return static_cast<std::uint32_t>(std::max<micrometres>(1, (length + cell - 1) / cell));
}

bool too_many(const vec3& dims, micrometres cell) {
  return micrometres{cells_along(dims.x, cell)} * cells_along(dims.z, cell) > cells_max;
}

}  // namespace

grid::grid(const vec3& dims, micrometres finest_cell) {
  const micrometres longest = std::max(dims.x, dims.z);
  micrometres cell = finest_cell;
  while (cells_along(longest, cell) > cells_max || too_many(dims, cell)) cell *= 2;
  for (;; cell *= widening) {
    levels_.push_back({cell,
                       1 / static_cast<double>(cell),
                       cells_along(dims.x, cell),
                       cells_along(dims.z, cell),
                       0,
                       {}});
    if (cell >= longest) return;
  }
}

grid::level& grid::level_of(const vec3& dims) {
  const micrometres size = std::max(dims.x, dims.z);
  for (level& l : levels_)
    if (size <= l.cell) return l;
  return levels_.back();  // nothing in a world is larger than the world
}

void grid::link_in(level& l, std::uint32_t cell, position who) {
  const position head = l.heads[cell];
  links_[who] = {head, none, cell};
  if (head != none) links_[head].before = who;
  l.heads[cell] = who;
}

void grid::link_out(level& l, position who) {
  const link here = links_[who];
  if (here.before == none) l.heads[here.cell] = here.next;
  else links_[here.before].next = here.next;
  if (here.next != none) links_[here.next].before = here.before;
}

void grid::insert(position who, const box& where) {
  level& l = level_of(where.dims);
  if (l.heads.empty()) l.heads.assign(std::size_t{l.columns} * l.rows, none);
  if (who >= links_.size()) links_.resize(std::size_t{who} + 1);
  link_in(l, l.cell_of(where.pos), who);
  ++l.count;
}

void grid::erase(position who, const vec3& dims) {
  level& l = level_of(dims);
  link_out(l, who);
  --l.count;
}

void grid::move(position who, const box& to) {
  level& l = level_of(to.dims);
  const std::uint32_t cell = l.cell_of(to.pos);
  if (cell == links_[who].cell) return;
  link_out(l, who);
  link_in(l, cell, who);
}

}  // namespace unscripted::core
