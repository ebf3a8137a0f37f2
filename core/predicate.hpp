// Predicates: a small language over a world's state, to find the first tick at which something
// holds: `count(bot) < 5 and deaths(thirst) > 10`.
//
//   either      = both { ("or" | "||") both }
//   both        = denial { ("and" | "&&") denial }
//   denial      = ("not" | "!") denial | comparison
//   comparison  = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
//   sum         = product { ("+" | "-") product }
//   product     = factor { ("*" | "/") factor }
//   factor      = "-" factor | "(" either ")" | NUMBER | reading
//   reading     = "tick" | "seq" | "actions"      of the world: its tick, its last record, actions
//               | "count(KIND)" | "count(thing)"  things of a kind, or all but the world
//               | "deaths" | "deaths(CAUSE)"      bots that died so far; CAUSE a name or "a text"
//               | "world.PROPERTY"
//               | "thing(ID).PROPERTY"            ID a serial, or 24 hex digits, bare or quoted, of
//               | "thing(ID).x" | ".y" | ".z"     which the last 16, the serial, count; in metres
//               | "alive(ID)"                     whether that thing is there
//               | "min(KIND.PROPERTY)" | "max(...)" | "mean(...)" | "sum(...)"   also of x, y, z
//
// A text stands in double or single quotes. x, y and z are always the place (of a carried thing its
// carrier's), also where a kind has a property of that name. Aggregates over `world` are over the
// world itself.
//
// Every value is a double; a boolean counts as 0 or 1, a thing as its serial. A predicate is a
// comparison, alive(ID), or several of them joined: a number alone is none. Comparisons do not
// chain. The sum over no things is 0; min, max and mean over none have no value, nor has a property
// of a thing that is not there (not yet born, or dead), a division by 0, or what leaves the range
// of a double. A comparison with what has no value is false, also `!=`; so `not (thing(3).x < 1)`
// holds when thing 3 is not there.
#pragma once

#include "core/problem.hpp"
#include "core/world.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace unscripted::core {

inline constexpr std::size_t predicate_bytes_max = 1024;
inline constexpr int predicate_nesting_max = 32;  // parentheses, nots and signs within each other

struct predicate_program;

/// Immutable: any number of threads may ask one predicate.
class predicate {
public:
  /// Pure. False of a world that is not founded. A problem where the catalogue lacks a kind or
  /// property (not_found), or the property is a text (invalid_params); all parts are looked at,
  /// whatever the others say, so that a misspelt name does not hide behind an `or`.
  /// Cost: of the predicate; of an aggregate, that of the world.
  result<bool> holds(const world& w) const;
  const std::string& text() const { return text_; }

private:
  friend result<predicate> parse_predicate(std::string_view text);
  predicate(std::string text, std::shared_ptr<const predicate_program> program)
    : text_(std::move(text)), program_(std::move(program)) {}

  std::string text_;
  std::shared_ptr<const predicate_program> program_;
};

/// The problem (invalid_params) says what was expected and where; its data: "at", the character
/// from 1, and "expected". Whether kinds and properties exist is not looked at here: catalogues
/// change.
result<predicate> parse_predicate(std::string_view text);

}  // namespace unscripted::core
