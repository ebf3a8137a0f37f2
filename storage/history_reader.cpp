#include "storage/history_reader.hpp"

#include "storage/keys.hpp"
#include "storage/playback.hpp"
#include "storage/record_cursor.hpp"

#include <algorithm>

namespace unscripted::storage {

namespace {

// From here on a reading would only push out of the cache what others come back to.
constexpr std::uint64_t long_reading_records = 10'000;

failure no_longer_there(const store& in, const moment& at, std::uint64_t seq) {
  return {failure_kind::not_found, "the history of " + title_of(in, at.world()) + " has no seq " +
                                       std::to_string(seq) + " any more: its first record is " +
                                       std::to_string(at.base().seq + 1)};
}

/// In memory and on disk, about.
result<std::uint64_t> size_of(const engine& in, core::world_number world) {
  const auto begin_key = world_key(world), end_key = world_key(world + 1);
  const rocksdb::Range range(begin_key.slice(), end_key.slice());
  rocksdb::SizeApproximationOptions both;
  both.include_memtables = true;
  both.include_files = true;
  std::uint64_t sum = 0;
  for (const family f : {family::commits, family::snapshots}) {
    std::uint64_t bytes = 0;
    const auto status = in.db().GetApproximateSizes(both, in.handle(f), &range, 1, &bytes);
    if (!status.ok()) return in.to_failure("cannot tell the size of a history", status);
    sum += bytes;
  }
  return sum;
}

}  // namespace

// -- records -------------------------------------------------------------------------------------

result<std::uint64_t> history_reader::read(std::uint64_t from, std::uint64_t limit,
                                           const visitor& visit) {
  const auto at = moment::now(store_.internals(), world_);
  if (!at) return at.why();
  if (from == 0) from = at->base().seq + 1;
  const std::uint64_t last = at->head().last_seq;
  if (from > last || limit == 0) return std::uint64_t{0};
  if (from <= at->base().seq) return no_longer_there(store_, *at, from);

  record_cursor cursor(*at, limit > long_reading_records ? reading::all : reading::some);
  cursor.suggest(known_);
  auto why = cursor.seek(from);
  std::uint64_t count = 0;
  while (!why && !cursor.at_end()) {
    known_ = cursor.catalogue();
    wall_ms_ = cursor.commit().header().wall_ms;
    ++count;
    if (!visit(cursor.record()) || count == limit) return count;
    why = cursor.next();
  }
  if (why) return *std::move(why);
  if (from + count <= last) return damaged(world_, from + count, "the commit", "there", "missing");
  return count;
}

// -- ticks, times and counts ---------------------------------------------------------------------

/// The last sequence for whose record is_before(tick, wall time) holds; both only ever grow.
template <class IsBefore>
result<std::uint64_t> history_reader::last_seq_where(const IsBefore& is_before) {
  const auto at = moment::now(store_.internals(), world_);
  if (!at) return at.why();
  const std::uint64_t base = at->base().seq, end = at->head().last_seq;
  if (base == end) return end;

  // The first commit that does not end before it begins in (low, high], or at high.
  commit_cursor cursor(*at, reading::some);
  std::uint64_t low = base + 1, high = end + 1;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (auto why = cursor.seek(middle)) return *std::move(why);
    if (cursor.at_end()) return damaged(world_, middle, "the commit", "there", "missing");
    const commit_header& commit = cursor.header();
    if (is_before(commit.tick, commit.wall_ms)) low = cursor.last_seq() + 1;
    else if (cursor.first_seq() <= low) break;
    else high = cursor.first_seq();
  }
  if (low > end) return end;
  record_cursor records(*at, reading::some);
  auto why = records.seek(low);
  std::uint64_t last = low - 1;
  while (!why && !records.at_end() &&
         is_before(records.record().tick, records.commit().header().wall_ms)) {
    last = records.record().seq;
    if (records.is_last_of_commit()) break;
    why = records.next();
  }
  if (why) return *std::move(why);
  return last;
}

result<std::uint64_t> history_reader::seq_at_tick(std::uint64_t tick) {
  return last_seq_where([&](std::uint64_t t, std::int64_t) { return t <= tick; });
}

result<std::uint64_t> history_reader::seq_at_time(std::int64_t unix_ms) {
  return last_seq_where([&](std::uint64_t, std::int64_t t) { return t <= unix_ms; });
}

result<std::vector<std::uint64_t>> history_reader::snapshots() {
  const auto at = moment::now(store_.internals(), world_);
  if (!at) return at.why();
  std::vector<std::uint64_t> all;
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const auto it = at->iterate(family::snapshots, options);
  for (it->SeekToFirst(); it->Valid(); it->Next())
    if (it->key().size() == seq_key_bytes) all.push_back(seq_of(it->key()));
  if (it->status().ok()) return all;
  return store_.internals().to_failure("cannot list the snapshots of a history", it->status());
}

result<std::vector<kept_answer>> history_reader::answers() {
  const auto at = moment::now(store_.internals(), world_);
  if (!at) return at.why();
  std::vector<kept_answer> all;
  const auto it = at->iterate(family::answers);
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const std::uint64_t seq = it->key().size() == seq_key_bytes ? seq_of(it->key()) : 0;
    auto told = decode_answer(seq, {it->value().data(), it->value().size()});
    if (!told || seq == 0 || seq > at->head().last_seq)
      return damaged(world_, seq, "the answer that is kept", "readable and of a record", "not");
    all.push_back(*std::move(told));
  }
  if (it->status().ok()) return all;
  return store_.internals().to_failure("cannot read the answers kept of a world", it->status());
}

result<history_stats> history_reader::stats() {
  const auto at = moment::now(store_.internals(), world_);
  if (!at) return at.why();
  const history_head& head = at->head();
  const history_base& base = at->base();
  history_stats s;
  s.last_seq = head.last_seq;
  s.last_tick = head.tick;
  s.commits = head.commit_count - std::min(base.commits_gone, head.commit_count);
  s.snapshots = head.snapshot_count - static_cast<std::uint64_t>(base.snapshots_gone);
  s.snapshot_seq = std::max(head.snapshot_seq, base.seq);
  s.base_seq = base.seq;
  s.base_tick = base.tick;
  s.parent = base.parent;
  s.parent_seq = base.parent_seq;
  s.state_hash = head.state_hash;
  s.chain = head.chain;
  s.records = head.last_seq - base.seq;
  if (s.records > 0) {
    record_cursor cursor(*at, reading::some);
    if (auto why = cursor.seek(base.seq + 1)) return *std::move(why);
    if (cursor.at_end()) return damaged(world_, base.seq + 1, "the commit", "there", "missing");
    s.first_seq = cursor.record().seq;
    s.first_tick = cursor.record().tick;
    s.first_ms = cursor.commit().header().wall_ms;
    if (auto why = cursor.seek(head.last_seq)) return *std::move(why);
    if (cursor.at_end()) return damaged(world_, head.last_seq, "the commit", "there", "missing");
    s.last_ms = cursor.commit().header().wall_ms;
  }
  const auto bytes = size_of(store_.internals(), world_);
  if (!bytes) return bytes.why();
  s.bytes = *bytes;
  return s;
}

result<core::catalogue_ptr> history_reader::catalogue_at_end() {
  const auto at = moment::now(store_.internals(), world_);
  if (!at) return at.why();
  const std::uint64_t last = at->head().last_seq;
  if (last == 0) return core::catalogue_ptr{};
  if (last == at->base().seq) {
    const auto base = state_at(last);
    if (!base) return base.why();
    return base->world->shared_catalogue();
  }
  record_cursor cursor(*at, reading::some);
  if (auto why = cursor.seek(last)) return *std::move(why);
  if (cursor.at_end()) return damaged(world_, last, "the commit", "there", "missing");
  return cursor.catalogue();
}

// -- states --------------------------------------------------------------------------------------

namespace {

recovered to_recovered(playback& p) {
  recovered state;
  state.snapshot_seq = p.snapshot_seq();
  state.replayed = p.world().seq() - p.snapshot_seq();
  state.passed_over = p.passed_over();
  state.world = p.take();
  return state;
}

}  // namespace

result<recovered> history_reader::state_at(std::uint64_t seq) {
  auto p = playback::begin(store_, world_, seq);
  if (!p) return std::move(p.why());
  return to_recovered(*p);
}

result<recovered> history_reader::recover() {
  auto p = playback::begin_at_end(store_, world_);
  if (!p) return std::move(p.why());
  if (auto why = p->check_head()) return *std::move(why);
  return to_recovered(*p);
}

}  // namespace unscripted::storage
