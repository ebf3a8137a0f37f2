// A grid for searches that look at many and find few: each cell holds what is needed to pass over a
// thing side by side, so that only those are looked at that may be within reach. Things lie apart
// in memory, and in a large world in no cache.
//
// It answers what core/grid.hpp answers; a thing takes two to three times the memory there, 24
// bytes and what its cell has to spare.
#pragma once

#include "core/grid_level.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

namespace unscripted::core {

class bucket_grid {
public:
  using position = std::uint32_t;  // of a thing in the world's table

  bucket_grid() = default;
  /// As core::grid.
  bucket_grid(const vec3& dims, micrometres finest_cell);

  void insert(position who, const box& where);
  /// `dims` as it was filed with.
  void erase(position who, const vec3& dims);
  /// Likewise of its size.
  void move(position who, const box& to);

  /// Appends made_of(position) for every thing whose box may lie within `range` of `where` on the
  /// ground: all that do, and few that don't. In no particular order.
  ///
  /// Whether one does is not to be foretold, so all that a cell holds are written down, and each
  /// over the one before where that was not meant.
  template <class Found, class MadeOf>
  void near(const box& where, micrometres range, std::vector<Found>& found,
            MadeOf&& made_of) const {
    const circumference asked = around(where, range);
    cross(where, range, [&](const bucket& crossed) {
      std::size_t count = found.size();
      found.resize(count + crossed.size());
      for (const entry& e : crossed) {
        found[count] = made_of(e.who);
        count += asked.may_reach(e) ? 1 : 0;
      }
      found.resize(count);
    });
  }

  /// For who will ask soon what is near: has the cells that this crosses fetched; then, once they
  /// are there, what they hold.
  void prefetch_cells(const box& where, micrometres range) const;
  void prefetch_entries(const box& where, micrometres range) const;

private:
  /// A thing as a square of ground, roughly: in µm, rounded.
  struct entry {
    float x, z, half;
    position who;
  };
  /// What a search asks for, widened by all that was rounded.
  struct circumference {
    float x, z, reach;

    bool may_reach(const entry& e) const {
      const float most = reach + e.half;
      return (std::abs(e.x - x) <= most) & (std::abs(e.z - z) <= most);
    }
  };
  using bucket = std::vector<entry>;
  struct level : grid_level {
    std::vector<bucket> buckets;  // empty until the first thing of this size comes
  };
  /// Where a thing is filed.
  struct spot {
    std::uint32_t cell = 0, slot = 0;
  };

  /// Calls visit(bucket) for each cell that a search crosses.
  template <class Visit>
  void cross(const box& where, micrometres range, Visit&& visit) const {
    for (const level& l : levels_) {
      if (l.count == 0) continue;
      l.cross(l.around(where, range), [&](std::size_t cell) { visit(l.buckets[cell]); });
    }
  }
  circumference around(const box& where, micrometres range) const;
  void put_in(level& l, std::uint32_t cell, const entry& e);
  void take_out(level& l, position who);

  std::vector<level> levels_;
  std::vector<spot> spots_;  // by position
  float extent_ = 0;         // of the world, in µm
};

}  // namespace unscripted::core
