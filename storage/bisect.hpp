// When something began: the first record after which a predicate holds. Reads histories only, and
// needs no plugin.
#pragma once

#include "core/predicate.hpp"
#include "storage/failure.hpp"
#include "storage/progress.hpp"
#include "storage/store.hpp"

#include <cstdint>

namespace unscripted::storage {

struct bisect_options {
  /// The range: the states after these records. `from` 0 is where the history begins; `to` beyond
  /// the end is the end.
  std::uint64_t from = 0;
  std::uint64_t to = ~std::uint64_t{0};
  /// Look at every state of the range in order: for predicates that come and go.
  bool scan = false;
  storage::progress progress;
};

struct bisected {
  enum class answer : std::uint8_t {
    found,                 // false right before `seq`, true after it
    holds_from_the_start,  // at the first state of the range already; `seq` is that one
    /// With `scan`: in no state of the range. Else: not in its last state, and it was not looked
    /// for earlier; it may have come and gone. `seq` is that of the last state.
    never_at_the_end,
  };

  answer what = answer::never_at_the_end;
  std::uint64_t seq = 0;
  std::uint64_t tick = 0;  // of the world after `seq`
  std::uint64_t states_looked_at = 0;
  std::uint64_t records_replayed = 0;
};

/// Looks at the first state of the range, at the last, and by binary search at those for which
/// there are snapshots; then replays the one piece that is left, and looks after every record.
///
/// What it promises: the predicate is false right before `seq` and true after it. That this is the
/// first time is promised only if within the range the predicate, once true, stays true; else it
/// may have been true earlier, for a time. With `scan` it is the first time whatever happens, at
/// the cost of replaying all up to it.
///
/// Failures: not_found (no such world, no such sequence; or a kind or property that the predicate
/// names is not known in a state that was looked at: the message says in which), misuse (`from` is
/// after `to`), corrupt, io, cancelled(). Memory: one world. [any thread] [blocking]
result<bisected> bisect(const store& in, core::world_number world, const core::predicate& what,
                        const bisect_options& how);

}  // namespace unscripted::storage
