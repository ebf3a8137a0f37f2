// The catalogue: every kind, property, action and rule that a world knows, and who brought it.
//
// Immutable once built; shared by all worlds of a process. A kind's properties have fixed slots, an
// action has a fixed index, so that nothing on the hot path looks up a name. A catalogue read from
// a history has the same descriptions but no behaviours: enough to read, apply and seek, not to
// decide.
#pragma once

#include "core/numbers.hpp"
#include "core/problem.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::core {

class transaction;

/// What a property or a parameter holds. The numbers are part of the history's format and of the
/// ABI.
enum class value_type : std::uint8_t { number = 1, integer = 2, boolean = 3, text = 4, thing = 5 };

const char* to_string(value_type type);

/// One value of any type. All but text live in `bits`: a double's bits, an integer, 0 or 1, a
/// serial.
struct value {
  value_type type = value_type::number;
  std::uint64_t bits = 0;
  std::string text;

  static value number(double x);
  static value integer(std::int64_t x);
  static value boolean(bool x);
  static value of_text(std::string x);
  static value thing(std::uint64_t x);

  double as_number() const;
  std::int64_t as_integer() const { return static_cast<std::int64_t>(bits); }
  bool as_boolean() const { return bits != 0; }

  friend bool operator==(const value&, const value&) = default;
};

/// A slot in every thing of a kind.
struct property {
  std::string name;  // begins with '_' where private: seen by the bot itself and its owner only
  std::string unit;  // "m", "turn", "tick", "1" for a ratio, "" for none
  value_type type = value_type::number;
  value fallback;                   // what a new thing has
  double minimum = 0, maximum = 0;  // what a client may set; for text the longest length in bytes

  bool is_private() const { return !name.empty() && name.front() == '_'; }
};

/// The argument of an action. Same meaning of unit, type and range as for properties.
struct parameter {
  std::string name;
  std::string unit;
  value_type type = value_type::number;
  value fallback;
  double minimum = 0, maximum = 0;
};

inline constexpr std::size_t parameters_max = 8;

using kind_index = std::uint16_t;
using action_index = std::uint16_t;

inline constexpr kind_index world_kind = 0;

/// Names one property: its kind and its slot there.
struct cell_ref {
  kind_index kind = 0;
  std::uint16_t slot = 0;
};

struct kind {
  std::string name;
  vec3 dims;          // of a new thing, unless it is given others
  bool solid = true;  // two solid things never share ground
  std::vector<property> properties;
  std::vector<action_index> actions;  // those aimed at things of this kind, in order of name
  bool is_target = false;             // one of them can be done by others than the thing itself

  std::optional<std::uint16_t> slot_of(std::string_view property) const;
};

enum class outcome : std::uint8_t { done = 0, refused = 1, fault = 2 };

std::string_view to_string(outcome x);

/// What an action or rule is asked to do. Valid during the call only.
struct call {
  transaction& writes;
  std::uint64_t agent;   // no_thing for a rule at a tick
  std::uint64_t target;  // the action's target; for a rule after an action the same as the action's
  const std::uint64_t* args;              // parameter by parameter: bits, or the index in `texts`
  const std::vector<std::string>* texts;  // null where there are none
};

/// The code behind an action or a rule. Implemented by the plugin loader; never throws.
class behaviour {
public:
  virtual ~behaviour() = default;
  virtual outcome run(const call& c) const noexcept = 0;
};

struct action {
  std::string name;
  kind_index target = world_kind;
  std::string summary;
  std::vector<parameter> parameters;
  micrometres reach =
      1'000'000;             // the greatest gap at which it works; the world is always in reach
  bool self_only = false;    // aimed at the agent itself only
  std::uint16_t plugin = 0;  // index in plugins()
  std::shared_ptr<const behaviour> code;  // null in a catalogue read from a history
};

struct rule {
  std::string name;
  std::string summary;
  std::uint16_t plugin = 0;
  std::shared_ptr<const behaviour>
      after_action;                          // run after each action, for its agent; may be null
  std::shared_ptr<const behaviour> at_tick;  // run at each tick; may be null
};

/// Who brought a part of the catalogue: named in the history for every command decided with it.
struct plugin {
  std::string id;
  std::string version;
  std::string hash;  // of the library's bytes, 32 hex digits

  friend bool operator==(const plugin&, const plugin&) = default;
};

/// The parts from which a catalogue is built.
struct catalogue_parts {
  std::vector<plugin> plugins;
  std::vector<kind> kinds;  // their `actions` are filled by the build
  std::vector<action> actions;
  std::vector<rule> rules;
};

class catalogue {
public:
  /// Keeps kinds and slots as given (kind 0 must be `world`, see engine_kinds()); orders actions by
  /// (target kind, name), so that the same plugins give the same catalogue whatever order they came
  /// in.
  explicit catalogue(catalogue_parts parts);
  /// One read from a history keeps the description that it was read from, whose hooks it cannot
  /// rebuild.
  catalogue(catalogue_parts parts, std::string description);

  const std::vector<plugin>& plugins() const { return plugins_; }
  const std::vector<kind>& kinds() const { return kinds_; }
  const std::vector<action>& actions() const { return actions_; }
  const std::vector<rule>& rules() const { return rules_; }

  std::optional<kind_index> find_kind(std::string_view name) const;
  std::optional<action_index> find_action(kind_index target, std::string_view name) const;
  /// The action of that name whatever its target, if only one kind has it or the world does.
  std::optional<action_index> find_action(std::string_view name) const;
  std::optional<cell_ref> find_cell(std::string_view kind, std::string_view property) const;

  /// The kind of the things that act, and its cells that the engine itself uses; nothing in a
  /// catalogue without bots.
  std::optional<kind_index> bot_kind() const { return bot_kind_; }
  std::optional<std::uint16_t> generation_slot() const { return generation_slot_; }
  std::optional<std::uint16_t> female_slot() const { return female_slot_; }
  /// Slot of `sight` (m) in the world's own kind.
  std::uint16_t sight_slot() const { return sight_slot_; }

  /// Whether both describe the same, behaviours aside.
  bool same_description(const catalogue& other) const { return description_ == other.description_; }
  /// The encoded description (see codec.hpp), and a hash of it that names this catalogue.
  const std::string& description() const { return description_; }
  std::uint64_t digest() const { return digest_; }

private:
  std::vector<plugin> plugins_;
  std::vector<kind> kinds_;
  std::vector<action> actions_;
  std::vector<rule> rules_;
  std::optional<kind_index> bot_kind_;
  std::optional<std::uint16_t> generation_slot_, female_slot_;
  std::uint16_t sight_slot_ = 0;
  std::string description_;
  std::uint64_t digest_ = 0;
};

using catalogue_ptr = std::shared_ptr<const catalogue>;

/// The kinds that are the engine's own: `world`, with its property `sight`. Plugins add to it.
std::vector<kind> engine_kinds();

}  // namespace unscripted::core
