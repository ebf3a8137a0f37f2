// The half of history_reader that makes states: the nearest snapshot, then effects.
#include "storage/commit_cursor.hpp"
#include "storage/head.hpp"
#include "storage/history_reader.hpp"
#include "storage/snapshot.hpp"

namespace unscripted::storage {

namespace {

std::string passed_over(core::world_number world, std::uint64_t seq, const std::string& why) {
  return "passed over the snapshot of world " + std::to_string(world) + " at seq " +
         std::to_string(seq) + ": " + why + "; an older one or the whole history is used instead";
}

}  // namespace

/// The state of the newest good snapshot at or before `until`, or of a world before its first
/// record. The cursor stands on the commit that follows.
result<recovered> history_reader::nearest_snapshot(std::uint64_t until,
                                                   std::unique_ptr<commit_cursor>& cursor) {
  const auto lower_key = world_key(world_);
  const rocksdb::Slice lower = lower_key;
  rocksdb::ReadOptions options;
  options.iterate_lower_bound = &lower;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> it(
      engine_.db().NewIterator(options, engine_.handle(family::snapshots)));

  recovered state;
  cursor = std::make_unique<commit_cursor>(engine_, world_, reading::all);
  for (it->SeekForPrev(seq_key(world_, until)); it->Valid(); it->Prev()) {
    const std::uint64_t seq = seq_of(it->key());
    auto snapshot = decode_snapshot({it->value().data(), it->value().size()});
    if (snapshot.world && snapshot.world->seq() != seq)
      snapshot.why_not = "it holds the state at seq " + std::to_string(snapshot.world->seq());
    if (snapshot.why_not.empty())
      if (const auto why = stand_behind(*cursor, snapshot)) snapshot.why_not = why->message;
    if (snapshot.why_not.empty()) {
      state.world = std::move(snapshot.world);
      state.snapshot_seq = seq;
      return state;
    }
    state.passed_over.push_back(passed_over(world_, seq, snapshot.why_not));
  }
  if (!it->status().ok())
    state.passed_over.push_back(passed_over(world_, 0, it->status().ToString()));

  state.world = std::make_unique<core::world>();
  if (until > 0)
    if (auto why = cursor->seek(1)) return *std::move(why);
  return state;
}

/// Moves the cursor to the commit after the snapshot, if the snapshot is of this very history.
std::optional<failure> history_reader::stand_behind(commit_cursor& cursor,
                                                    const decoded_snapshot& s) {
  const std::uint64_t seq = s.world->seq();
  if (auto why = cursor.seek(seq)) return why;
  if (cursor.at_end() || cursor.last_seq() != seq)
    return damaged(world_, seq, "the commit of the snapshot", "one that ends there", "another");
  if (cursor.header().chain != s.chain)
    return damaged(world_, seq, "the chain of the snapshot", to_hex(cursor.header().chain),
                   to_hex(s.chain));
  if (cursor.header().state_hash != s.world->hash())
    return damaged(world_, seq, "the hash of the snapshot", to_hex(cursor.header().state_hash),
                   to_hex(s.world->hash()));
  known_ = s.world->shared_catalogue();
  return cursor.next();
}

/// Applies what the cursor finds, up to `until`, which may lie inside a commit.
std::optional<failure> history_reader::replay(core::world& w, commit_cursor& cursor,
                                              std::uint64_t until) {
  while (w.seq() < until) {
    if (cursor.at_end() || cursor.first_seq() != w.seq() + 1)
      return damaged(world_, w.seq() + 1, "the commit", "there", "missing");
    if (auto why = replay_commit(w, cursor, until)) return why;
    if (auto why = cursor.next()) return why;
  }
  return {};
}

std::optional<failure> history_reader::replay_commit(core::world& w, const commit_cursor& at,
                                                     std::uint64_t until) {
  const std::uint64_t in_force = w.seq() == 0 ? 0 : w.catalogue().digest();
  if (at.header().catalogue != in_force)
    return damaged(world_, at.first_seq(), "the catalogue of the commit", to_hex(in_force),
                   to_hex(at.header().catalogue));
  bool fits = true;
  auto why = walk(at, [&](const core::record& r) {
    fits = w.try_apply(r);
    return fits && r.seq < until;
  });
  if (why) return why;
  if (!fits)
    return damaged(world_, record_.seq, "the effects", "those of the state before",
                   "of something else");
  if (w.seq() < at.last_seq()) return {};
  if (w.tick() != at.header().tick)
    return damaged(world_, w.seq(), "the tick", std::to_string(at.header().tick),
                   std::to_string(w.tick()));
  if (w.hash() != at.header().state_hash)
    return damaged(world_, w.seq(), "the state hash", to_hex(at.header().state_hash),
                   to_hex(w.hash()));
  return {};
}

}  // namespace unscripted::storage
