// The uniform grid that answers "who is near" in the cost of the neighbours, not of the world.
//
// Things are filed by the cell of their centre. Cells are as wide as the grid was made for; things
// that are larger go to coarser levels (each four times as wide), so one long wall does not widen
// everybody's search. Cells hold linked positions and nothing else:
// filing a thing allocates nothing once its level exists.
#pragma once

#include "core/grid_level.hpp"
#include "core/large_memory.hpp"
#include "core/prefetch.hpp"

#include <array>
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
  /// Likewise of its size. Files anew only where the cell changed, and says whether it did.
  bool move(position who, const box& to);

  /// Calls visit(position) for every thing whose box may lie within `range` of `where` on the
  /// ground: all that do, and some that don't. In no particular order: the caller sorts or is
  /// indifferent.
  template <class Visit>
  void near(const box& where, micrometres range, Visit&& visit) const {
    for (const level& l : levels_) {
      if (l.count == 0) continue;
      const auto cells = l.around(where, range);
      if (cells.are_few()) visit_few(l, cells, visit);
      else l.cross(cells, [&](std::size_t cell) { visit_all(l.heads[cell], visit); });
    }
  }

  /// For who will ask soon what touches `where`: has the cells of the finest level fetched.
  void prefetch_cells(const box& where) const;
  /// Likewise what they hold first, and calls visit(position) for it. Of no use before the cells
  /// are there.
  template <class Visit>
  void prefetch_first(const box& where, Visit&& visit) const {
    each_corner(where, [&](const place& head) {
      prefetch(&links_[head]);
      if (head != nobody) visit(head - 1);
    });
  }

private:
  /// Of a link: the thing's position and one. The link of nobody takes what is written to it, so
  /// that who comes and goes need not ask whether there are neighbours, which cannot be foretold:
  /// 1.02 of the walks of core alone.
  using place = std::uint32_t;
  static constexpr place nobody = 0;

  struct level : grid_level {
    // Empty until the first thing of this size comes.
    std::vector<place, large_allocator<place>> heads;
  };

  struct link {
    place next = nobody;
    place before = nobody;
    std::uint32_t cell = 0;  // of its level
  };

  template <class Visit>
  void visit_all(place head, Visit& visit) const {
    for (place p = head; p != nobody; p = links_[p].next) visit(p - 1);
  }
  /// Which of the cells hold somebody cannot be foretold, so nothing is decided by that, but by how
  /// many do: 1.05 of the walks of core alone.
  template <class Visit>
  void visit_few(const level& l, const grid_level::block_of_cells& cells, Visit& visit) const {
    const auto [x, z] = cells;
    const bool is_wide = x.first != x.last, is_deep = z.first != z.last;
    std::array<place, 4> heads;
    std::size_t count = 0;
    const auto add = [&](std::uint32_t at_x, std::uint32_t at_z, bool is_another) {
      heads[count] = l.heads[l.cell_at(at_x, at_z)];
      count += static_cast<std::size_t>(is_another & (heads[count] != nobody));
    };
    add(x.first, z.first, true);
    add(x.last, z.first, is_wide);
    add(x.first, z.last, is_deep);
    add(x.last, z.last, is_wide & is_deep);
    for (std::size_t i = 0; i < count; ++i) visit_all(heads[i], visit);
  }

  /// Of the cells that a search for what touches `where` crosses: mostly these are all. Some may
  /// come twice.
  template <class Visit>
  void each_corner(const box& where, Visit&& visit) const {
    const level& l = levels_.front();
    if (l.count == 0) return;
    const auto [x, z] = l.around(where, 0);
    visit(l.heads[l.cell_at(x.first, z.first)]);
    visit(l.heads[l.cell_at(x.last, z.first)]);
    visit(l.heads[l.cell_at(x.first, z.last)]);
    visit(l.heads[l.cell_at(x.last, z.last)]);
  }

  void link_in(level& l, std::uint32_t cell, place who);
  void link_out(level& l, place who);

  std::vector<level> levels_;
  std::vector<link, large_allocator<link>> links_;  // by place
};

}  // namespace unscripted::core
