// Looks at the history of one world: records from any sequence, and the state at any sequence.
// Needs no plugin. Every byte that it returns was checked: sequences without gaps, the chain, the
// state hash.
#pragma once

#include "core/record.hpp"
#include "core/world.hpp"
#include "storage/failure.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::storage {

class commit_cursor;
struct decoded_snapshot;
struct history_head;

/// A state made from a history.
struct recovered {
  /// Before its first record where the history is empty. Its catalogue has no behaviours: bind()
  /// one.
  std::unique_ptr<core::world> world;
  std::uint64_t snapshot_seq =
      0;                       // of the snapshot that it began with; 0 where with the first record
  std::uint64_t replayed = 0;  // records applied after that
  /// Snapshots that could not be used: one line each, for the log.
  std::vector<std::string> passed_over;
};

struct history_stats {
  std::uint64_t first_seq = 0, last_seq = 0;    // 0 while the history is empty
  std::uint64_t first_tick = 0, last_tick = 0;  // after the first record, and after the last
  std::uint64_t commits = 0;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // in memory and on disk, about
  std::uint64_t snapshots = 0;
  std::uint64_t snapshot_seq = 0;  // of the newest; 0 while there is none
};

/// Used by one thread; any number of readers besides the world's own actor. Each call sees all that
/// was appended before it. Must not outlive the store. Memory: one commit, and for states the
/// world. Every call is [blocking]; failures are corrupt, io and not_found.
class history_reader {
public:
  /// False ends the reading. The record is valid during the call only.
  using visitor = std::function<bool(const core::record&)>;

  history_reader(const store& from, core::world_number world);

  /// Calls visit(record) for the records from sequence `from` on, in order, at most `limit`; `seq`
  /// and `tick` are set. Returns how many. Cost: of the records, and of the commit that holds the
  /// first.
  result<std::uint64_t> read(std::uint64_t from, std::uint64_t limit, const visitor& visit);
  /// While a record is visited: the catalogue that names its kinds, properties and actions.
  const core::catalogue_ptr& catalogue() const { return known_; }

  /// The state after record `seq`; 0 is before the first. Cost: of the nearest snapshot before, and
  /// of the records after that.
  result<recovered> state_at(std::uint64_t seq);

  /// The last sequence at which the world's tick is at most `tick`; 0 where there is none.
  result<std::uint64_t> seq_at_tick(std::uint64_t tick);

  result<history_stats> stats();

private:
  friend class history;

  result<history_head> head() const;
  /// Newest state: as state_at(head.last_seq), which must also be what `head` says.
  result<recovered> recover(const history_head& head);

  result<recovered> nearest_snapshot(std::uint64_t until, std::unique_ptr<commit_cursor>& cursor);
  std::optional<failure> stand_behind(commit_cursor& cursor, const decoded_snapshot& s);
  std::optional<failure> replay(core::world& w, commit_cursor& cursor, std::uint64_t until);
  std::optional<failure> replay_commit(core::world& w, const commit_cursor& at,
                                       std::uint64_t until);
  std::optional<failure> walk(const commit_cursor& at, const visitor& visit);
  std::optional<failure> know_catalogue(const commit_cursor& at);

  const engine& engine_;
  core::world_number world_;
  core::catalogue_ptr known_;  // the last one that was in force
  core::record record_;        // reused
};

}  // namespace unscripted::storage
