#include "storage/bisect_walk.hpp"

#include "storage/history_reader.hpp"

#include <algorithm>
#include <iterator>

namespace unscripted::storage {

result<history_walk> history_walk::begin(const store& from, core::world_number world,
                                         storage::progress tell) {
  const auto entry = from.find_world(world);
  if (!entry) return entry.why();
  history_walk walk(from, world, std::move(tell));
  if (auto why = walk.look()) return *std::move(why);
  if (auto why = walk.ask()) return *std::move(why);
  return walk;
}

std::optional<failure> history_walk::look() {
  history_reader reader(*store_, world_);
  const auto stats = reader.stats();
  if (!stats) return stats.why();
  auto snapshots = reader.snapshots();
  if (!snapshots) return snapshots.why();
  base_seq_ = stats->base_seq;
  last_seq_ = stats->last_seq;
  landmarks_ = {base_seq_};
  std::copy_if(snapshots->begin(), snapshots->end(), std::back_inserter(landmarks_),
               [&](std::uint64_t seq) { return seq > base_seq_ && seq <= last_seq_; });
  return {};
}

std::optional<failure> history_walk::ask() const {
  if (tell_ && !tell_(replayed_, std::max(total_, replayed_))) return cancelled();
  return {};
}

std::vector<std::uint64_t> history_walk::landmarks_between(std::uint64_t low,
                                                           std::uint64_t high) const {
  std::vector<std::uint64_t> between;
  std::copy_if(landmarks_.begin(), landmarks_.end(), std::back_inserter(between),
               [&](std::uint64_t seq) { return seq > low && seq < high; });
  return between;
}

result<playback> history_walk::stand_at(std::uint64_t seq) {
  if (auto why = ask()) return *std::move(why);
  // Before the base playback itself says what is wrong.
  const auto after = std::upper_bound(landmarks_.begin(), landmarks_.end(), seq);
  const std::uint64_t nearest = after == landmarks_.begin() ? seq : *std::prev(after);
  auto p = playback::begin(*store_, world_, nearest);
  if (!p) return p;
  replayed_ += nearest - std::min(nearest, p->snapshot_seq());
  while (p->world().seq() < seq && !p->at_end())
    if (auto why = step(*p)) return *std::move(why);
  if (p->world().seq() == seq) return p;
  return playback::begin(*store_, world_, seq);  // beyond the end: it says so
}

std::optional<failure> history_walk::step(playback& on) {
  if (auto why = on.advance()) return why;
  ++replayed_;
  if (replayed_ - asked_at_ < progress_records) return {};
  asked_at_ = replayed_;
  return ask();
}

}  // namespace unscripted::storage
