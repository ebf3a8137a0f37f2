#include "core/bucket_grid.hpp"

#include "core/prefetch.hpp"

#include <algorithm>

namespace unscripted::core {

namespace {

// The finest level holds 24 bytes a cell, at most 17 MB; all others together a fifteenth of that. A
// wider world gets wider cells.
constexpr std::int64_t cells_max = 700'000;

// A bucket that holds less than a quarter of what it could gives half back: a crowd that walks on
// leaves no memory behind.
constexpr std::size_t kept_capacity = 8;

float half_of(const box& where) {
  return static_cast<float>(std::max(where.dims.x, where.dims.z)) / 2;
}

template <class Bucket>
void shrink(Bucket& bucket) {
  if (bucket.capacity() <= kept_capacity || bucket.size() * 4 >= bucket.capacity()) return;
  Bucket smaller;
  smaller.reserve(bucket.capacity() / 2);
  smaller.assign(bucket.begin(), bucket.end());
  bucket.swap(smaller);
}

}  // namespace

bucket_grid::bucket_grid(const vec3& dims, micrometres finest_cell)
  : extent_(static_cast<float>(std::max(dims.x, dims.z))) {
  for (const grid_level& l : grid_levels(dims, finest_cell, cells_max)) levels_.push_back({l, {}});
}

// A float is exact to 2^-24 of itself; some eight of them are rounded on the way.
bucket_grid::circumference bucket_grid::around(const box& where, micrometres range) const {
  constexpr float rounding = 1.0f / (1 << 20);
  const auto x = static_cast<float>(where.pos.x), z = static_cast<float>(where.pos.z);
  const float reach = half_of(where) + static_cast<float>(range);
  return {x, z, reach + 2 + rounding * (extent_ + std::abs(x) + std::abs(z) + reach)};
}

void bucket_grid::prefetch_cells(const box& where, micrometres range) const {
  cross(where, range, [](const bucket& crossed) { prefetch(&crossed); });
}

// The first two lines of each: the processor itself fetches those that follow.
void bucket_grid::prefetch_entries(const box& where, micrometres range) const {
  constexpr std::size_t a_line = 64 / sizeof(entry);
  cross(where, range, [](const bucket& crossed) {
    prefetch(crossed.data());
    if (crossed.size() > a_line) prefetch(crossed.data() + a_line);
  });
}

void bucket_grid::put_in(level& l, std::uint32_t cell, const entry& e) {
  bucket& into = l.buckets[cell];
  spots_[e.who] = {cell, static_cast<std::uint32_t>(into.size())};
  into.push_back(e);
}

// The last one of the bucket takes its place.
void bucket_grid::take_out(level& l, position who) {
  const spot here = spots_[who];
  bucket& from = l.buckets[here.cell];
  from[here.slot] = from.back();
  spots_[from.back().who].slot = here.slot;
  from.pop_back();
  shrink(from);
}

void bucket_grid::insert(position who, const box& where) {
  level& l = level_of(levels_, where.dims);
  if (l.buckets.empty()) l.buckets.resize(l.cells());
  if (who >= spots_.size()) spots_.resize(std::size_t{who} + 1);
  put_in(l, l.cell_of(where.pos),
         {static_cast<float>(where.pos.x), static_cast<float>(where.pos.z), half_of(where), who});
  l.count_in(where.dims);
}

void bucket_grid::erase(position who, const vec3& dims) {
  level& l = level_of(levels_, dims);
  take_out(l, who);
  l.count_out();
}

void bucket_grid::move(position who, const box& to) {
  level& l = level_of(levels_, to.dims);
  const std::uint32_t cell = l.cell_of(to.pos);
  const entry moved{static_cast<float>(to.pos.x), static_cast<float>(to.pos.z), half_of(to), who};
  if (cell == spots_[who].cell) {
    l.buckets[cell][spots_[who].slot] = moved;
    return;
  }
  take_out(l, who);
  put_in(l, cell, moved);
}

}  // namespace unscripted::core
