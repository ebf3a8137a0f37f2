// A world moving through its history: begins with the state at any sequence, and applies record
// after record. Needs no plugin. Everything is checked on the way: sequences without gaps, the
// chain, that effects fit the state, and at the end of each commit the tick and the state hash.
#pragma once

#include "core/record.hpp"
#include "core/world.hpp"
#include "storage/commit.hpp"
#include "storage/failure.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::storage {

class moment;
class record_cursor;
struct decoded_snapshot;

/// What stood in the way of reading a world, or that it was deleted meanwhile: its bytes go table
/// by table, and what is left looks damaged to who reads it then.
failure or_deleted(const store& in, core::world_number world, failure why);

/// Sees what was appended before it began. Used by one thread; must not outlive the store. Memory:
/// the world, and one commit. Every call is [blocking]. After a failure it is of no use.
class playback {
public:
  /// The state after record `seq`; 0 is before the first. Cost: of the nearest snapshot before, and
  /// of the records after that. Failures: not_found (there is no such sequence, or it was pruned),
  /// corrupt, io.
  static result<playback> begin(const store& from, core::world_number world, std::uint64_t seq);
  /// The state at the end of the history.
  static result<playback> begin_at_end(const store& from, core::world_number world);

  playback(playback&&) noexcept;
  playback& operator=(playback&&) noexcept;
  ~playback();

  /// For who goes through much in one go: a thread reads ahead of what is applied, and holds some
  /// 4 MiB, as long as the playback is there.
  void read_ahead();

  const core::world& world() const { return *world_; }
  std::uint64_t last_seq() const;
  std::uint64_t last_tick() const;
  /// For who learned before it began that there is a record `seq`: not_found where that is so no
  /// longer, since the world was deleted meanwhile.
  std::optional<failure> check_reaches(std::uint64_t seq) const;

  bool at_end() const;
  /// The record that comes next: decided in the state that world() is in. Not at the end. Valid
  /// until advance().
  const core::record& next() const;
  /// The catalogue that names what next() holds.
  const core::catalogue_ptr& catalogue() const;
  /// Unix time at which next() was appended.
  std::int64_t wall_ms() const;
  /// The head of the commit that holds next(), and whether next() is the last record in it.
  const commit_header& commit() const;
  bool is_last_of_commit() const;
  /// The chain before that commit; at the end, and before any record, that of the history so far.
  const chain_value& chain_before() const;
  /// Applies next(). Not at the end.
  std::optional<failure> advance();
  /// Applies all up to record `seq`, or to the end.
  std::optional<failure> advance_to(std::uint64_t seq);

  /// See core::world::bind().
  void bind(core::catalogue_ptr with_behaviours) { world_->bind(std::move(with_behaviours)); }
  /// Gives the world away; the playback is of no use then.
  std::unique_ptr<core::world> take() { return std::move(world_); }

  /// Of the snapshot that it began with; 0 where with the first record.
  std::uint64_t snapshot_seq() const { return snapshot_seq_; }
  /// Snapshots that could not be used: one line each, for the log.
  const std::vector<std::string>& passed_over() const { return passed_over_; }

private:
  explicit playback(moment at);

  static result<playback> begin(moment at, std::uint64_t seq);
  std::optional<failure> take_nearest_snapshot(std::uint64_t until);
  std::optional<failure> begin_without_snapshot();
  std::optional<failure> stand_behind(const decoded_snapshot& s);
  std::optional<failure> check_next() const;
  std::optional<failure> check_catalogue() const;
  std::optional<failure> check_commit() const;

  friend class history_reader;
  std::optional<failure> check_head() const;

  std::unique_ptr<moment> at_;
  std::unique_ptr<record_cursor> cursor_;
  std::unique_ptr<core::world> world_;
  std::uint64_t snapshot_seq_ = 0;
  std::vector<std::string> passed_over_;
};

}  // namespace unscripted::storage
