// What differs between two states: of two worlds, or of one world at two moments.
//
// Kinds and properties are compared by name, so the two worlds may have different catalogues.
// Compared are settings, time and things; not the sequence, the graves and the counts of actions
// and deaths, which say how a state came about.
#pragma once

#include "core/world.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace unscripted::core {

struct difference {
  serial thing = world_serial;
  std::string kind;  // of the thing; where it is in both, as `a` has it
  std::string name;  // of the thing, or of the world; likewise
  /// Of a thing: "there" (in one world only), "kind", "parent" (who carries it, or the world),
  /// "size", "name", "mind", "place" (of a carried thing where it stood), or the name of a
  /// property. Of the world itself: "tick", "turns", "next_serial", a setting by its name ("seed",
  /// "pace", "capacity.bot", ...), or the name of a property.
  std::string what;
  /// As show() writes values: texts in quotes, places in metres, things as serials. Names of kinds
  /// are bare; "yes" or "no" of "there"; "-" where that world has no such setting or property.
  std::string a, b;

  friend bool operator==(const difference&, const difference&) = default;
};

struct differences {
  std::vector<difference> items;
  std::size_t total = 0;  // also those that are not among the items
};

/// The world itself first, then things by serial; at most `most` items. A world that is not yet
/// founded has no properties and no things. Cost: of both worlds.
differences diff(const world& a, const world& b, std::size_t most);

/// The same for settings alone.
differences diff(const settings& a, const settings& b, std::size_t most);

}  // namespace unscripted::core
