#include "core/grid.hpp"

namespace unscripted::core {

namespace {

// A level holds four bytes a cell: at most 16 MiB. A wider world gets wider cells.
constexpr std::int64_t cells_max = 4'000'000;

}  // namespace

grid::grid(const vec3& dims, micrometres finest_cell) {
  for (const grid_level& l : grid_levels(dims, finest_cell, cells_max)) levels_.push_back({l, {}});
}

void grid::link_in(level& l, std::uint32_t cell, place who) {
  const place head = l.heads[cell];
  links_[who] = {head, nobody, cell};
  links_[head].before = who;
  l.heads[cell] = who;
}

void grid::link_out(level& l, place who) {
  const link here = links_[who];
  if (here.before == nobody) l.heads[here.cell] = here.next;
  else links_[here.before].next = here.next;
  links_[here.next].before = here.before;
}

void grid::prefetch_cells(const box& where) const {
  each_corner(where, [](const place& head) { prefetch(&head); });
}

void grid::insert(position who, const box& where) {
  level& l = level_of(levels_, where.dims);
  if (l.heads.empty()) l.heads.assign(l.cells(), nobody);
  if (who + 1 >= links_.size()) links_.resize(std::size_t{who} + 2);
  link_in(l, l.cell_of(where.pos), who + 1);
  l.count_in(where.dims);
}

void grid::erase(position who, const vec3& dims) {
  level& l = level_of(levels_, dims);
  link_out(l, who + 1);
  l.count_out();
}

bool grid::move(position who, const box& to) {
  level& l = level_of(levels_, to.dims);
  const std::uint32_t cell = l.cell_of(to.pos);
  if (cell == links_[who + 1].cell) return false;
  link_out(l, who + 1);
  link_in(l, cell, who + 1);
  return true;
}

}  // namespace unscripted::core
