// A world beside another: the same state under another catalogue, in which commands are decided
// that were decided there. What verify compares a history with where plugins describe themselves
// otherwise, and how new plugins decide beside the present ones without effect.
#pragma once

#include "core/compare.hpp"
#include "core/translation.hpp"

#include <optional>

namespace unscripted::core {

/// Follows its original record by record, by what was recorded there: one difference does not bring
/// forth the next. Memory: of the world. Not thread-safe.
class mirror {
public:
  /// Nothing where the original has things of a kind that `to` lacks. `to` has behaviours.
  static std::optional<mirror> of(const world& original, const catalogue_ptr& to);

  /// Decides the command of `r` again. What differs from `r` first, in the words of `to`; property
  /// "decision" where it cannot be decided at all. `before` is the original before `r`.
  std::optional<mismatch> decide_again(const record& r, const world& before);

  /// Moves on by what `r` says. False, and of no use any more, where it cannot be said in `to`, or
  /// where `r` brings a catalogue itself.
  [[nodiscard]] bool follow(const record& r, const world& before);

private:
  mirror(world state, translation way) : state_(std::move(state)), way_(std::move(way)) {}

  world state_;
  translation way_;
  record decided_;  // reused
};

/// What stands in the way of deciding `r` again, as a difference.
mismatch undecidable(const record& r, const std::string& why);

/// Whether the command brings a catalogue: nothing in its record comes from a plugin.
bool chooses_catalogue(const command& c);

}  // namespace unscripted::core
