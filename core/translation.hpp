// From one catalogue to another: how a history that was decided under one is decided, or applied,
// under another, such as that of the plugins as they are now.
//
// Kinds, properties, actions and parameters are matched by name; a property must have its type
// too. Immutable: any number of threads may use one translation. Indices that the catalogue `from`
// does not have are problems, never mistakes of ours: commands and effects may come from a file.
#pragma once

#include "core/problem.hpp"
#include "core/record.hpp"
#include "core/world.hpp"

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace unscripted::core {

class translation {
public:
  translation(catalogue_ptr from, catalogue_ptr to);

  const catalogue& from() const { return *from_; }
  const catalogue& to() const { return *to_; }

  /// Whether there is nothing to change: the same kinds, the same slots (name, type, fallback,
  /// range), the same actions with the same parameters (name, type, range), all in the same order.
  /// Plugins, summaries, units, sizes, reach and rules may differ.
  bool is_identity() const { return identity_; }

  /// The command as `to` has it. `in_from` is the state before it, of catalogue `from`. Arguments
  /// that the action no longer takes are left out, those that are new have their fallback. Values
  /// are checked anew where type or range have changed; an integer may become a number, or a whole
  /// number an integer. not_found where `to` lacks the kind, property or action, or `in_from` the
  /// thing; invalid_params where a value is not in the new range. Found and load commands pass
  /// unchanged: whoever chose the catalogue does not decide them.
  result<command> translate(const command& c, const world& in_from) const;

  /// The effects as `to` has them: applied in this order to a world of catalogue `to`, which stands
  /// as `in_from` does, they do what they did there. Properties that `to` lacks are dropped; a
  /// thing that is created starts with the values that it had in `from`, whatever the fallbacks; a
  /// `catalogued` effect is dropped. Nothing where a thing or a slot is unknown, or a kind in `to`.
  std::optional<std::vector<effect>> translate(std::span<const effect> effects,
                                               const world& in_from) const;

private:
  struct kind_match {
    std::optional<kind_index> kind;
    std::vector<std::optional<std::uint16_t>> slots;  // by slot in `from`; of the same type only
  };
  using slot_values = std::vector<std::pair<std::uint16_t, value>>;
  class effect_translator;

  result<kind_index> kind_of(kind_index in_from) const;
  result<slot_values> values_of(kind_index kind_in_from, const slot_values& values) const;
  result<command> translate(const act_command& c) const;
  result<command> translate(create_command c) const;
  result<command> translate(update_command c, const world& in_from) const;

  catalogue_ptr from_, to_;
  std::vector<kind_match> kinds_;                     // by kind in `from`
  std::vector<std::optional<action_index>> actions_;  // by action in `from`
  bool identity_ = false;
};

/// Gives a world another catalogue, as a load does: things keep the properties that it still knows,
/// by name and type. False, and nothing changed, where the world is not founded, or has things of a
/// kind that `to` lacks. The world's sequence stays: this is no part of its history.
[[nodiscard]] bool recast(world& w, const catalogue_ptr& to);

}  // namespace unscripted::core
