// Going to any state of one history and on from there, record by record, with a count of the work
// and somebody who may cancel it. Internal to storage.
#pragma once

#include "storage/playback.hpp"
#include "storage/progress.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace unscripted::storage {

/// Sees the bounds and the snapshots as they were when it began. Used by one thread; must not
/// outlive the store. Every call is [blocking].
class history_walk {
public:
  /// Failures: not_found, corrupt, io.
  static result<history_walk> begin(const store& from, core::world_number world,
                                    storage::progress tell);

  /// The state that the history begins with, and its last record.
  std::uint64_t base_seq() const { return base_seq_; }
  std::uint64_t last_seq() const { return last_seq_; }
  /// The base and the snapshots between two sequences, both excluded, in order.
  std::vector<std::uint64_t> landmarks_between(std::uint64_t low, std::uint64_t high) const;

  /// The state after record `seq`, from the nearest landmark before. Failures: those of
  /// playback::begin(), cancelled().
  result<playback> stand_at(std::uint64_t seq);
  /// Applies the next record. Failures: corrupt, io, cancelled().
  std::optional<failure> step(playback& on);

  /// From here on about so many records are left.
  void expect(std::uint64_t left) { total_ = replayed_ + left; }
  /// Records that were applied since begin().
  std::uint64_t replayed() const { return replayed_; }

private:
  history_walk(const store& from, core::world_number world, storage::progress tell)
    : store_(&from), world_(world), tell_(std::move(tell)) {}

  std::optional<failure> look();
  std::optional<failure> ask() const;

  const store* store_;
  core::world_number world_;
  storage::progress tell_;
  std::uint64_t base_seq_ = 0, last_seq_ = 0;
  std::vector<std::uint64_t> landmarks_;  // in order, from the base on
  std::uint64_t replayed_ = 0, asked_at_ = 0, total_ = 0;
};

}  // namespace unscripted::storage
