// Where a world comes from: the worlds that it was forked from, and where two histories with a
// common origin part. Reads histories only, and needs no plugin.
#pragma once

#include "core/record.hpp"
#include "storage/failure.hpp"
#include "storage/progress.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::storage {

struct ancestor {
  core::world_number world = 0;
  /// False where it was deleted: then all but `world` and `left_at` is empty.
  bool is_there = true;
  std::string name;
  /// The last of its records that the line shares: after it the next younger world was forked. Of
  /// the youngest, the last of all.
  std::uint64_t left_at = 0;
  /// Where its own records begin: 0 is the founding. For a fork the sequence at which it was
  /// forked, unless more was pruned.
  std::uint64_t base_seq = 0;
  std::uint64_t last_seq = 0;
  core::world_number parent = 0;  // 0: it was founded, not forked
  std::uint64_t parent_seq = 0;   // after which of the parent's records it was forked
};

/// The world itself, then its parent, the parent's parent and so on, up to the one that was founded
/// or to the first that was deleted, which is the last element and not is_there. Failures:
/// not_found, corrupt, io. [any thread] [blocking]
result<std::vector<ancestor>> lineage(const store& in, core::world_number world);

/// One record of one side.
struct parting_side {
  core::world_number world = 0;  // whose history holds it: the side's own, or an ancestor's
  core::record record;
  core::catalogue_ptr catalogue;  // that names what is in it
  std::int64_t wall_ms = 0;       // Unix time at which it was appended
};

struct parting {
  /// The youngest world that both lines have in common, and the last of its records that is in
  /// both. 0 and 0 where both were founded on their own, and are compared from the first record.
  core::world_number origin = 0;
  std::uint64_t origin_seq = 0;
  /// The last sequence up to which both are the same, as far as was compared.
  std::uint64_t shared_seq = 0;
  /// The first record that was compared; more than origin_seq + 1 where older ones are gone.
  std::uint64_t compared_from = 0;
  /// They parted before compared_from, in records that are gone, or one of them ends before it: the
  /// notes say which. Then shared_seq is origin_seq, and there are no sides.
  bool parted_unseen = false;
  /// The records at shared_seq + 1. None on the side whose history ends at shared_seq; none at all
  /// where both end there, or parted_unseen.
  std::optional<parting_side> a, b;
  /// One line each: what a reader should know, such as that records are gone.
  std::vector<std::string> notes;
};

/// Compares two histories, record by record, from the last fork point that they have in common, or
/// from their founding. A record that a fork does not have itself is read from its ancestors.
///
/// Two records are the same if command, outcome, reason, draws and effects are, and both were
/// decided under catalogues of one description. What says which world it is does not count: wall
/// time, and in settings the name, the creation time and the parent. Where records are gone
/// (pruned, or of a deleted ancestor) the comparison begins behind them, if the states there are
/// equal.
///
/// Failures: not_found (no such world, or no common origin), corrupt, io, cancelled(). Memory: a
/// commit of each; two worlds where records are gone. [any thread] [blocking]
result<parting> where_they_part(const store& in, core::world_number a, core::world_number b,
                                const progress& tell = {});

}  // namespace unscripted::storage
