// The part of the store that gives histories another beginning: forks, pruning, and imports.
#include "storage/engine.hpp"
#include "storage/entry.hpp"
#include "storage/keys.hpp"
#include "storage/moment.hpp"
#include "storage/playback.hpp"
#include "storage/reclaimer.hpp"
#include "storage/record_cursor.hpp"
#include "storage/snapshot.hpp"

namespace unscripted::storage {

namespace {

constexpr std::uint64_t no_seq = 0;

/// Where pruning up to `seq` can cut: the end of the last commit that ends by then, but before the
/// last commit of all. The base where there is none.
result<history_base> find_cut(const moment& at, std::uint64_t seq) {
  history_base cut = at.base();
  if (seq <= cut.seq) return cut;
  commit_cursor cursor(at, reading::some);
  if (auto why = cursor.seek(std::min(seq + 1, at.head().last_seq))) return *std::move(why);
  if (cursor.at_end()) return cut;
  cut.seq = cursor.first_seq() - 1;
  cut.tick = cursor.tick_before();
  cut.chain = cursor.chain_before();
  return cut;
}

/// How many keys a family has up to sequence `until`, and whether the last of them is at it.
struct counted {
  std::uint64_t keys = 0;
  bool has_last = false;
};

result<counted> count_until(const moment& at, family f, std::uint64_t until) {
  counted sum;
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const auto it = at.iterate(f, options);
  for (it->SeekToFirst(); it->Valid() && seq_of(it->key()) <= until; it->Next()) {
    ++sum.keys;
    sum.has_last = seq_of(it->key()) == until;
  }
  if (it->status().ok()) return sum;
  return at.of().to_failure("cannot prune a history", it->status());
}

}  // namespace

// -- forks ---------------------------------------------------------------------------------------

result<core::world_number> store::fork_world(const core::world& state, core::world_number parent,
                                             std::uint64_t owner) {
  if (state.seq() == 0 || state.settings().name.size() > entry_name_bytes_max)
    return failure{failure_kind::misuse, "a fork needs a state after a record, and a short name"};
  history_base base;
  base.seq = base.parent_seq = state.seq();
  base.tick = state.tick();
  base.state_hash = state.hash();
  base.parent = parent;
  base.chain = chain_of_state(state);
  history_head head;
  head.last_seq = head.snapshot_seq = base.seq;
  head.tick = base.tick;
  head.state_hash = base.state_hash;
  head.chain = base.chain;
  head.snapshot_count = 1;
  std::string base_bytes, head_bytes;
  encode_base(base, base_bytes);
  encode_head(head, head_bytes);

  const std::string snapshot = encode_snapshot(state, base.chain);
  const std::lock_guard guard(worlds_mutex_);
  rocksdb::WriteBatch batch;
  auto number = take_number(batch);
  if (!number) return number;
  const auto key = world_key(*number);
  const auto& catalogue = state.catalogue();
  const auto& settings = state.settings();
  batch.Put(engine_->handle(family::worlds), key,
            encode_entry({*number, settings.name, settings.created_ms, 0, owner}));
  batch.Put(engine_->handle(family::bases), key, base_bytes);
  batch.Put(engine_->handle(family::heads), key, head_bytes);
  batch.Put(engine_->handle(family::snapshots), seq_key(*number, base.seq), snapshot);
  batch.Put(engine_->handle(family::plugins), digest_key(catalogue.digest()),
            catalogue.description());
  if (auto why = engine_->write(batch, sync_now::yes)) return *std::move(why);
  return number;
}

// -- pruning -------------------------------------------------------------------------------------

result<pruned> store::prune(core::world_number world, std::uint64_t seq) {
  const auto entry = find_world(world);
  if (!entry) return entry.why();
  const auto at = moment::now(*engine_, world);
  if (!at) return at.why();
  auto cut = find_cut(*at, seq);
  if (!cut) return cut.why();
  pruned done;
  done.base_seq = cut->seq;
  done.base_tick = cut->tick;
  if (cut->seq == at->base().seq) return done;

  auto state = playback::begin(*this, world, cut->seq);
  if (!state) return state.why();
  cut->state_hash = state->world().hash();
  const auto commits = count_until(*at, family::commits, cut->seq);
  if (!commits) return commits.why();
  const auto snapshots = count_until(*at, family::snapshots, cut->seq);
  if (!snapshots) return snapshots.why();
  done.records = cut->seq - at->base().seq;
  done.commits = commits->keys;
  // One snapshot is left at the cut, and was counted by the head only if it was there.
  done.snapshots = snapshots->keys - (snapshots->has_last ? 1 : 0);
  cut->commits_gone += done.commits;
  cut->snapshots_gone += static_cast<std::int64_t>(snapshots->keys) - 1;

  std::string base_bytes;
  encode_base(*cut, base_bytes);
  rocksdb::WriteBatch batch;
  batch.Put(engine_->handle(family::bases), world_key(world), base_bytes);
  batch.DeleteRange(engine_->handle(family::commits), seq_key(world, no_seq).slice(),
                    seq_key(world, cut->seq + 1).slice());
  batch.DeleteRange(engine_->handle(family::snapshots), seq_key(world, no_seq).slice(),
                    seq_key(world, cut->seq).slice());
  batch.Put(engine_->handle(family::snapshots), seq_key(world, cut->seq),
            encode_snapshot(state->world(), cut->chain));

  const std::lock_guard guard(worlds_mutex_);
  if (const auto still = find_world(world); !still) return still.why();
  const auto now = moment::now(*engine_, world);
  if (!now) return now.why();
  if (now->base().seq != at->base().seq)
    return failure{failure_kind::io, "the history of world " + std::to_string(world) +
                                         " was pruned by somebody else meanwhile: try again"};
  if (auto why = engine_->write(batch, sync_now::yes)) return *std::move(why);
  reclaimer_->add_pruned(world);
  return done;
}

// -- imports -------------------------------------------------------------------------------------

result<core::world_number> store::begin_import() {
  const std::lock_guard guard(worlds_mutex_);
  rocksdb::WriteBatch batch;
  auto number = take_number(batch);
  if (!number) return number;
  batch.Put(engine_->handle(family::worlds), world_key(*number),
            encode_entry(entry_state::incoming));
  if (auto why = engine_->write(batch, sync_now::yes)) return *std::move(why);
  return number;
}

std::optional<failure> store::finish_import(core::world_number number, std::string_view name,
                                            std::int64_t created_ms, std::uint64_t owner) {
  if (auto why = sync()) return why;
  const std::lock_guard guard(worlds_mutex_);
  return write_entry(number, encode_entry({number, std::string(name), created_ms, 0, owner}));
}

}  // namespace unscripted::storage
