// Compares two records of one command: what was recorded, and what was decided again.
#pragma once

#include "core/world.hpp"

#include <optional>
#include <span>
#include <string>

namespace unscripted::core {

struct mismatch {
  serial thing = no_thing;  // that the effect changes; no_thing where it is not about an effect
  /// "outcome", "reason", "draws"; of an effect "created", "removed", "cause", "heir", "place", the
  /// name of a property, "turn", "tick", "settings" or "catalogue".
  std::string what;
  /// The values where both effects do the same to the same thing, else what each does ("set drink
  /// to 0.25"); "nothing" where a record has fewer effects.
  std::string expected, found;
};

/// Where two records of the same command first differ, or nothing: outcome, reason,
/// draws, then effect by effect. `before` is the state before them, of the catalogue under which
/// both were decided; it names properties.
std::optional<mismatch> first_mismatch(const record& expected, const record& found,
                                       const world& before);

/// One effect in one line: "bot 3: set drink to 0.25", "tick 7 begins". `earlier` are the effects
/// before it in its record, for things that they created. What `before` and they don't know is
/// shown by its number.
std::string show(const effect& e, const world& before, std::span<const effect> earlier = {});

}  // namespace unscripted::core
