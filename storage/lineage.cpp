#include "storage/lineage.hpp"

#include "storage/history_reader.hpp"

namespace unscripted::storage {

namespace {

ancestor deleted(core::world_number world, std::uint64_t left_at) {
  ancestor gone;
  gone.world = world;
  gone.is_there = false;
  gone.left_at = left_at;
  return gone;
}

}  // namespace

result<std::vector<ancestor>> lineage(const store& in, core::world_number world) {
  std::vector<ancestor> line;
  std::uint64_t left_at = ~std::uint64_t{0};
  while (world != 0) {
    auto entry = in.find_world(world);
    const bool is_gone = !entry && entry.why().kind == failure_kind::not_found;
    if (!entry && !(is_gone && !line.empty())) return std::move(entry.why());
    if (is_gone) {
      line.push_back(deleted(world, left_at));
      break;
    }
    const auto stats = history_reader(in, world).stats();
    if (!stats) return stats.why();
    ancestor next;
    next.world = world;
    next.name = std::move(entry->name);
    next.left_at = line.empty() ? stats->last_seq : left_at;
    next.base_seq = stats->base_seq;
    next.last_seq = stats->last_seq;
    // A parent is older than its forks: other bytes are damage, and must not lead in a circle.
    next.parent = stats->parent < world ? stats->parent : 0;
    next.parent_seq = next.parent == 0 ? 0 : stats->parent_seq;
    line.push_back(next);
    left_at = next.parent_seq;
    world = next.parent;
  }
  return line;
}

}  // namespace unscripted::storage
