// Looks at the history of one world: records from any sequence, and the state at any sequence.
// Needs no plugin. Every byte that it returns was checked: sequences without gaps, the chain, the
// state hash.
#pragma once

#include "core/record.hpp"
#include "core/world.hpp"
#include "storage/commit.hpp"
#include "storage/failure.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::storage {

class moment;

/// A state made from a history.
struct recovered {
  /// Before its first record where the history is empty. Its catalogue has no behaviours: bind()
  /// one.
  std::unique_ptr<core::world> world;
  /// Of the snapshot that it began with; 0 where with the first record.
  std::uint64_t snapshot_seq = 0;
  std::uint64_t replayed = 0;  // records applied after that
  /// Snapshots that could not be used: one line each, for the log.
  std::vector<std::string> passed_over;
};

struct history_stats {
  std::uint64_t first_seq = 0, last_seq = 0;    // 0 while there is no record
  std::uint64_t first_tick = 0, last_tick = 0;  // after the first record, and after the last
  std::int64_t first_ms = 0, last_ms = 0;       // Unix time at which they were appended
  std::uint64_t commits = 0;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // in memory and on disk, about
  std::uint64_t snapshots = 0;
  std::uint64_t snapshot_seq = 0;  // of the newest; 0 while there is none
  /// The state that the history begins with; 0 is before the founding. More than 0 for forks, and
  /// after pruning.
  std::uint64_t base_seq = 0, base_tick = 0;
  core::world_number parent = 0;  // of a fork: the world it was forked from; 0: none
  std::uint64_t parent_seq = 0;   // and after which of its records
  std::uint64_t state_hash = 0;   // at the end
  chain_value chain{};            // likewise
};

/// Used by one thread; any number of readers besides the world's own actor. Each call sees all that
/// was appended before it. Must not outlive the store. Memory: one commit, and for states the
/// world. Every call is [blocking]; failures are corrupt, io and not_found.
class history_reader {
public:
  /// False ends the reading. The record is valid during the call only.
  using visitor = std::function<bool(const core::record&)>;

  history_reader(const store& from, core::world_number world) : store_(from), world_(world) {}

  /// Calls visit(record) for the records from sequence `from` on, in order, at most `limit`; `seq`
  /// and `tick` are set. Returns how many. Cost: of the records, and of the commit that holds the
  /// first. Failures: not_found where `from` was pruned; 0 is the first there is.
  result<std::uint64_t> read(std::uint64_t from, std::uint64_t limit, const visitor& visit);
  /// While a record is visited: the catalogue that names its kinds, properties and actions.
  const core::catalogue_ptr& catalogue() const { return known_; }
  /// While a record is visited: the Unix time at which it was appended.
  std::int64_t wall_ms() const { return wall_ms_; }

  /// The state after record `seq`; 0 is before the first. Cost: of the nearest snapshot before, and
  /// of the records after that.
  result<recovered> state_at(std::uint64_t seq);
  /// The state at the end, which must be what the head says. Where anything does not fit it says
  /// what; it never returns a different state.
  result<recovered> recover();

  /// The last sequence at which the world's tick is at most `tick`; the base where there is none.
  result<std::uint64_t> seq_at_tick(std::uint64_t tick);
  /// The last sequence that was appended at or before that Unix time; the base where there is none.
  result<std::uint64_t> seq_at_time(std::int64_t unix_ms);
  /// The sequences at which snapshots stand, in order. Whether they are good is not checked.
  result<std::vector<std::uint64_t>> snapshots();

  /// What was answered to keyed actions, in order of their sequences, as far as it is kept.
  result<std::vector<kept_answer>> answers();

  result<history_stats> stats();
  /// The catalogue in force after the last record: without behaviours, null where there is no
  /// record. Cost: of one commit; of the world where all records are those of a base.
  result<core::catalogue_ptr> catalogue_at_end();

private:
  template <class IsBefore>
  result<std::uint64_t> last_seq_where(const IsBefore& is_before);

  const store& store_;
  core::world_number world_;
  core::catalogue_ptr known_;  // the last one that was in force
  std::int64_t wall_ms_ = 0;
};

}  // namespace unscripted::storage
