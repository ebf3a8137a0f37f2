// Decides a history again and compares: outcome, reason, draws, effects, of every record. Whatever
// is not a function of state, command and sequence shows here, and so does a rule that was changed
// since.
#pragma once

#include "core/compare.hpp"
#include "storage/progress.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::storage {

struct verify_options {
  std::uint64_t from = 0;  // the first record; 0: the first there is
  std::uint64_t to = ~std::uint64_t{0};
  core::catalogue_ptr catalogue;  // with behaviours
  /// Who decides again what was decided with `past`: the builds that it names, where they are at
  /// hand. Null: `catalogue` does. May be empty. [any thread]
  std::function<core::catalogue_ptr(const core::catalogue& past)> for_past;
  /// Goes on after the first difference and counts them; each record is decided in the state that
  /// the history had before it, so one difference does not bring forth the next.
  bool count_all = false;
  unsigned threads = 1;  // snapshots cut a history into pieces that are verified side by side
  storage::progress progress;
};

/// A record, and the catalogue that names what is in it.
struct named_record {
  core::record record;
  core::catalogue_ptr catalogue;
};

/// The first record that was decided otherwise.
struct divergence {
  std::uint64_t seq = 0, tick = 0;
  /// What differs; "decision" where it could not be decided at all: `found` says why.
  core::mismatch difference;
  std::string action;                 // "walk", or another command: "create", "advance", …
  std::optional<core::plugin> past;   // who decided it, as the history names it; of actions only
  std::optional<core::plugin> now;    // who decided it now
  std::vector<named_record> records;  // the last few before it, and itself
};

/// A plugin that the history names, where another build of it, or none, was there to decide.
struct plugin_change {
  core::plugin past;
  std::optional<core::plugin> now;

  friend bool operator==(const plugin_change&, const plugin_change&) = default;
};

struct verification {
  std::uint64_t from = 0, to = 0;  // what was verified; nothing where from > to
  std::uint64_t records = 0;       // decided again
  std::uint64_t differing = 0;     // at most 1 unless all are counted
  std::optional<divergence> first;
  std::vector<plugin_change> changes;
};

/// Failures: not_found (no such range), misuse (the plugins lack a kind of which the world has
/// things), corrupt, io. Memory: a world a thread. [blocking]
result<verification> verify(const store& from, core::world_number world,
                            const verify_options& options);

}  // namespace unscripted::storage
