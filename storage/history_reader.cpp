#include "storage/history_reader.hpp"

#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "storage/commit_cursor.hpp"
#include "storage/head.hpp"

#include <algorithm>

namespace unscripted::storage {

namespace {

// From here on a reading would only push out of the cache what others come back to.
constexpr std::uint64_t long_reading_records = 10'000;

failure no_such_seq(core::world_number world, std::uint64_t seq, std::uint64_t last) {
  return {failure_kind::not_found, "the history of world " + std::to_string(world) +
                                       " has no seq " + std::to_string(seq) + ": it ends at " +
                                       std::to_string(last)};
}

}  // namespace

history_reader::history_reader(const store& from, core::world_number world)
  : engine_(from.internals()), world_(world) {}

result<history_head> history_reader::head() const {
  const auto stored = engine_.get(family::heads, world_key(world_));
  if (!stored) return stored.why();
  if (!*stored) return history_head{};
  const auto head = decode_head(**stored);
  if (!head) return damaged(world_, 0, "the head", "of format 1", "not readable");
  return *head;
}

// -- records -------------------------------------------------------------------------------------

result<std::uint64_t> history_reader::read(std::uint64_t from, std::uint64_t limit,
                                           const visitor& visit) {
  from = std::max<std::uint64_t>(from, 1);
  const auto end = head();
  if (!end) return end.why();
  if (from > end->last_seq || limit == 0) return std::uint64_t{0};

  const bool is_long = limit > long_reading_records;
  commit_cursor cursor(engine_, world_, is_long ? reading::all : reading::some);
  if (auto why = cursor.seek(from)) return *std::move(why);
  std::uint64_t count = 0, last = from - 1;
  bool goes_on = true;
  while (!cursor.at_end() && goes_on) {
    auto why = walk(cursor, [&](const core::record& r) {
      if (r.seq < from) return true;
      last = r.seq;
      ++count;
      goes_on = visit(r) && count < limit;
      return goes_on;
    });
    if (why) return *std::move(why);
    if (!goes_on) return count;
    if ((why = cursor.next())) return *std::move(why);
  }
  if (last < end->last_seq) return damaged(world_, last + 1, "the commit", "there", "missing");
  return count;
}

/// Calls visit() for the records of one commit until it returns false.
std::optional<failure> history_reader::walk(const commit_cursor& at, const visitor& visit) {
  if (auto why = know_catalogue(at)) return why;
  core::byte_reader in(at.records());
  record_.tick = at.tick_before();
  for (std::uint64_t seq = at.first_seq(); seq <= at.last_seq(); ++seq) {
    record_.seq = seq;
    if (!core::decode(in, known_.get(), record_))
      return damaged(world_, seq, "the record", "decodable", "not");
    for (const core::effect& e : record_.effects)
      if (e.type == core::effect_type::catalogued) known_ = e.catalogued();
    if (!visit(record_)) return {};
  }
  if (!in.at_end())
    return damaged(world_, at.last_seq(), "the end of the commit", "behind its last record",
                   std::to_string(in.left()) + " bytes further");
  return {};
}

/// Sets known_ to the catalogue before the commit.
std::optional<failure> history_reader::know_catalogue(const commit_cursor& at) {
  const std::uint64_t digest = at.header().catalogue;
  if (digest == 0) return known_.reset(), std::nullopt;
  if (known_ && known_->digest() == digest) return {};
  const auto stored = engine_.get(family::plugins, digest_key(digest));
  if (!stored) return stored.why();
  known_ = *stored ? core::decode_catalogue(**stored) : nullptr;
  if (!known_ || known_->digest() != digest)
    return damaged(world_, at.first_seq(), "catalogue " + to_hex(digest), "there, with that digest",
                   *stored ? "damaged" : "missing");
  return {};
}

// -- ticks and counts ----------------------------------------------------------------------------

result<std::uint64_t> history_reader::seq_at_tick(std::uint64_t tick) {
  const auto end = head();
  if (!end) return end.why();
  if (end->tick <= tick) return end->last_seq;

  // The first commit that ends after `tick` begins in (low, high], or at high.
  commit_cursor cursor(engine_, world_, reading::some);
  std::uint64_t low = 1, high = end->last_seq;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (auto why = cursor.seek(middle)) return *std::move(why);
    if (cursor.at_end()) return damaged(world_, middle, "the commit", "there", "missing");
    if (cursor.header().tick <= tick) low = std::min(cursor.last_seq() + 1, high);
    else high = std::max(cursor.first_seq(), low);
  }
  if (auto why = cursor.seek(low)) return *std::move(why);
  if (cursor.at_end()) return damaged(world_, low, "the commit", "there", "missing");
  std::uint64_t last = cursor.first_seq() - 1;
  auto why = walk(cursor, [&](const core::record& r) {
    if (r.tick <= tick) last = r.seq;
    return r.tick <= tick;
  });
  if (why) return *std::move(why);
  return last;
}

result<history_stats> history_reader::stats() {
  const auto end = head();
  if (!end) return end.why();
  history_stats s;
  s.last_seq = end->last_seq;
  s.last_tick = end->tick;
  s.commits = end->commit_count;
  s.snapshots = end->snapshot_count;
  s.snapshot_seq = end->snapshot_seq;
  if (end->last_seq == 0) return s;

  const auto first = read(1, 1, [&](const core::record& r) {
    s.first_seq = r.seq;
    s.first_tick = r.tick;
    return false;
  });
  if (!first) return first.why();
  s.records = s.last_seq - s.first_seq + 1;

  const auto begin_key = world_key(world_), end_key = world_key(world_ + 1);
  const rocksdb::Range range(begin_key.slice(), end_key.slice());
  rocksdb::SizeApproximationOptions both;
  both.include_memtables = true;
  both.include_files = true;
  for (const family f : {family::commits, family::snapshots}) {
    std::uint64_t bytes = 0;
    const auto status =
        engine_.db().GetApproximateSizes(both, engine_.handle(f), &range, 1, &bytes);
    if (!status.ok()) return engine_.to_failure("cannot tell the size of a history", status);
    s.bytes += bytes;
  }
  return s;
}

// -- states --------------------------------------------------------------------------------------

result<recovered> history_reader::state_at(std::uint64_t seq) {
  const auto end = head();
  if (!end) return end.why();
  if (seq > end->last_seq) return no_such_seq(world_, seq, end->last_seq);

  std::unique_ptr<commit_cursor> cursor;
  auto state = nearest_snapshot(seq, cursor);
  if (!state) return state;
  const std::uint64_t before = state->world->seq();
  if (auto why = replay(*state->world, *cursor, seq)) return *std::move(why);
  state->replayed = seq - before;
  return state;
}

result<recovered> history_reader::recover(const history_head& end) {
  std::unique_ptr<commit_cursor> cursor;
  auto state = nearest_snapshot(end.last_seq, cursor);
  if (!state) return state;
  core::world& w = *state->world;
  const std::uint64_t before = w.seq();
  if (auto why = replay(w, *cursor, end.last_seq)) return *std::move(why);
  state->replayed = w.seq() - before;

  if (!cursor->at_end())
    return damaged(world_, end.last_seq, "the last commit", "this one",
                   "one at seq " + std::to_string(cursor->first_seq()));
  if (cursor->chain_before() != end.chain)
    return damaged(world_, end.last_seq, "the chain of the head", to_hex(cursor->chain_before()),
                   to_hex(end.chain));
  if (w.tick() != end.tick)
    return damaged(world_, end.last_seq, "the tick of the head", std::to_string(w.tick()),
                   std::to_string(end.tick));
  if (w.hash() != end.state_hash)
    return damaged(world_, end.last_seq, "the state hash of the head", to_hex(w.hash()),
                   to_hex(end.state_hash));
  return state;
}

}  // namespace unscripted::storage
