// The history of one world: what its actor appends, and how it begins again after a restart.
#pragma once

#include "core/world.hpp"
#include "storage/commit.hpp"
#include "storage/failure.hpp"
#include "storage/head.hpp"
#include "storage/history_reader.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace rocksdb {
class WriteBatch;
}

namespace unscripted::storage {

/// Records are numbered from 1 without gaps. Those of a commit are durable, as the store's mode
/// says, once append() returned nothing; a crash may lose later ones but never tears one. Owned and
/// called by one world actor; one history per world at a time. Must not outlive the store. A
/// failure of kind broken means that the outcome is unknown: end the process.
class history {
public:
  /// Failures: not_found, corrupt, io. [blocking]
  static result<history> open(store& in, core::world_number world);
  /// That of a world of store::begin_import(), to be written once from the beginning.
  static history open_import(store& in, core::world_number world);
  history(history&&) noexcept;
  history& operator=(history&&) = delete;
  ~history();

  core::world_number world() const { return world_; }
  /// The end of the history: all zero while it is empty.
  std::uint64_t last_seq() const { return head_.last_seq; }
  std::uint64_t tick() const { return head_.tick; }
  std::uint64_t state_hash() const { return head_.state_hash; }
  const chain_value& chain() const { return head_.chain; }
  std::uint64_t snapshot_seq() const { return head_.snapshot_seq; }

  /// The state at the end: the newest good snapshot, and the effects after it. Where anything does
  /// not fit it says what; it never returns a different state. Failures: corrupt, io. [blocking]
  result<recovered> recover() { return reader_.recover(); }

  /// What was answered to keyed actions, in order, as far as it is kept. Failures: corrupt, io.
  /// [blocking]
  result<std::vector<kept_answer>> answers() { return reader_.answers(); }

  /// Makes the records durable as one commit, and clears them. They must follow last_seq(); `tick`
  /// and `state_hash` are those after the last one. Nothing to do where there are none. Failures:
  /// misuse (nothing was written), io (nothing was written), broken. [blocking]
  std::optional<failure> append(commit_builder& records, std::uint64_t tick,
                                std::uint64_t state_hash);
  std::optional<failure> append(commit_builder& records, const core::world& after) {
    return append(records, after.tick(), after.hash());
  }
  /// As append(), said to be of another time (Unix ms): for imports, so that the chain is the same.
  std::optional<failure> append_as_of(std::int64_t wall_ms, commit_builder& records,
                                      const core::world& after);
  /// For imports, before the first record: the history begins with this state. `chain` is what the
  /// chain of the first commit follows from. Failures: misuse, broken. [blocking]
  std::optional<failure> begin_with(const core::world& state, const chain_value& chain);

  /// After how many records there is a snapshot of a world of so many things; format.md says why.
  static std::uint64_t snapshot_interval(std::uint64_t things);
  /// Whether recovery would now cost more than a snapshot.
  bool snapshot_due(const core::world& w) const;
  /// Keeps the state; it must be the one at the end of the history. Cost: of the world.
  /// Failures: misuse, broken. [blocking]
  std::optional<failure> snapshot(const core::world& w);

  /// As history_reader::read().
  result<std::uint64_t> read(std::uint64_t from, std::uint64_t limit,
                             const history_reader::visitor& visit) {
    return reader_.read(from, limit, visit);
  }
  /// As history_reader::catalogue().
  const core::catalogue_ptr& catalogue() const { return reader_.catalogue(); }
  /// As history_reader::stats().
  result<history_stats> stats() { return reader_.stats(); }

private:
  history(store& in, core::world_number world);

  void read_last_time(const moment& now);
  std::optional<failure> misplaced(const commit_builder& records) const;
  void put_owner(const owned_bot& bot);
  std::optional<failure> keep_catalogue(const core::catalogue_ptr& needed);
  std::optional<failure> write(commit_builder& records, commit_header header);
  void put_answers(const commit_builder& records);
  std::optional<failure> write_with(const history_head& next);

  engine& engine_;
  core::world_number world_;
  history_reader reader_;
  history_head head_;
  std::int64_t last_ms_ = 0;  // of the last commit: a clock that is set back stands still here
  std::uint64_t kept_catalogue_ = 0;  // digest of one whose description is in the store
  std::string value_, head_value_;    // reused
  std::unique_ptr<rocksdb::WriteBatch> batch_;
};

}  // namespace unscripted::storage
