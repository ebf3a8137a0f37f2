// Why a thing is as it is: what made it, what changed it, what it did and what it could not do, and
// what ended it. Reads histories only, and needs no plugin.
#pragma once

#include "core/numbers.hpp"
#include "core/record.hpp"
#include "storage/failure.hpp"
#include "storage/progress.hpp"
#include "storage/store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unscripted::storage {

/// One record, in short.
struct occasion {
  std::uint64_t seq = 0;   // 0: never
  std::uint64_t tick = 0;  // of the world after it
  /// The action's name, or "found", "create", "update", "remove", "configure", "advance", "load".
  std::string command;
  core::serial agent = core::no_thing;  // of an action
};

struct origin {
  enum class way : std::uint8_t {
    founded,             // the world itself
    created,             // by a create command
    heir,                // replaces a bot that died
    made,                // by an action, or by a rule at a tick
    before_the_history,  // it was there when what is left of the history begins; no occasion
  };

  way how = way::before_the_history;
  occasion when;
  core::serial replaces = core::no_thing;  // of an heir: whom
};

struct ending {
  occasion when;      // never: before what is left of the history begins
  std::string cause;  // empty where it was removed without one
  core::serial heir = core::no_thing;
};

/// A property, the place, or what else has a value.
struct value_story {
  std::string name;
  std::string value;  // as core::show() writes it; the last one of what is no more
  /// Records that wrote it, also the same value again; a thing's fallbacks at its birth are no
  /// writes.
  std::uint64_t writes = 0;
  occasion last;
};

struct action_story {
  std::string action;
  std::string target_kind;
  std::uint64_t done = 0, refused = 0, fault = 0;
  std::uint64_t absent = 0;   // of these all, how many the world decided for a bot that did not act
  std::uint64_t in_vain = 0;  // refused or fault since it was last done
  occasion last_done;
  occasion last_in_vain;    // refused or fault
  std::string last_reason;  // of last_in_vain
};

/// An action that the thing could do if something of that kind were near enough.
struct reach_story {
  std::string action;
  std::string target_kind;
  core::micrometres reach = 0;
  bool at_the_end = false;  // something was within reach in the last state in which the thing was
  std::uint64_t seq = 0, tick = 0;  // of the last state in which something was; 0: never
  /// The nearest one in the last state in which the thing was, and the gap; none where there was
  /// none of that kind.
  core::serial nearest = core::no_thing;
  std::optional<core::micrometres> distance;
};

struct touching {
  core::record record;
  core::catalogue_ptr catalogue;  // that names what is in it
};

struct explanation {
  core::world_number world = 0;
  core::serial thing = core::no_thing;
  std::string kind, name;           // empty where it was gone before the history begins
  std::uint64_t from_seq = 0;       // counted from the record after this on
  std::uint64_t seq = 0, tick = 0;  // up to here: what was asked for, or its end
  origin birth;
  std::optional<ending> end;
  std::vector<value_story> properties;   // in the order of their slots
  std::optional<value_story> place;      // of all but the world
  std::optional<value_story> settings;   // of the world: the last change; real changes only
  std::optional<value_story> plugins;    // of the world
  std::vector<action_story> did;         // as agent, by target kind and name
  std::vector<action_story> done_to_it;  // by others; `last_done.agent` is the last of them
  std::vector<reach_story> reach;        // of a bot: actions on other kinds than the world
  std::vector<touching> last;            // that touched it, in order
};

struct explain_options {
  std::uint64_t at = ~std::uint64_t{0};  // the state after this record; beyond the end: the end
  /// How many records to keep: the last of which the thing is agent, target or subject of an
  /// effect. Of the world itself: of which it is the subject of an effect.
  std::size_t few = 10;
  storage::progress progress;
};

/// Finds the birth by the snapshots, then replays up to `at` or to the end of the thing. The world
/// itself, serial 0, is a thing too: its properties are the rules. Failures: not_found (no such
/// world or sequence, or a thing that never was up to then, or of which nothing is left), corrupt,
/// io, cancelled(). Memory: two worlds, and the explanation, which does not grow with the history.
/// [any thread] [blocking]
result<explanation> explain(const store& in, core::world_number world, core::serial thing,
                            const explain_options& how);

/// The same in sentences, one a line, the most telling first: 'bot 3 "ada" died of thirst at tick
/// 9113 (seq 27300) by its own `walk`; bot 8 replaced it'.
std::vector<std::string> tell(const explanation& of);

}  // namespace unscripted::storage
