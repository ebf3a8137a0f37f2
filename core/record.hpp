// Commands and records: what was wished, and what became of it.
//
// A record holds both halves: the command, so that `verify` can decide it again, and the effects,
// so that recovery, seeking and forking need no plugin.
#pragma once

#include "core/effect.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace unscripted::core {

/// The checked arguments of an action, parameter by parameter.
struct arguments {
  std::array<std::uint64_t, parameters_max> bits{};
  std::uint8_t count = 0;
  std::vector<std::string> texts;  // bits of a text parameter index into this

  /// Keeps the memory of the texts.
  void clear() {
    bits.fill(0);
    count = 0;
    texts.clear();
  }

  friend bool operator==(const arguments&, const arguments&) = default;
};

/// A bot's wish. Checked by resolve(): agent and target exist, the arguments fit the action.
struct act_command {
  serial agent = no_thing;
  action_index action = 0;
  serial target = world_serial;
  arguments args;
  bool absent = false;  // decided by the world for a bot that did not act in its tick

  friend bool operator==(const act_command&, const act_command&) = default;
};

/// The first command of every history.
struct found_command {
  core::settings settings;
  catalogue_ptr catalogue;
  std::vector<std::pair<std::uint16_t, value>> rules;  // properties of the world, by slot
};

struct create_command {
  kind_index kind = 0;
  std::optional<vec3> pos;   // a random valid place where absent
  std::optional<vec3> dims;  // the kind's where absent
  std::string name;
  std::string mind;
  std::vector<std::pair<std::uint16_t, value>> props;  // by slot
};

struct update_command {
  serial thing = no_thing;
  std::optional<vec3> pos;
  std::vector<std::pair<std::uint16_t, value>> props;
};

struct remove_command {
  serial thing = no_thing;
};

struct configure_command {
  core::settings settings;
  std::vector<std::pair<std::uint16_t, value>> rules;  // properties of the world, by slot
};

/// The end of a tick in lockstep and realtime.
struct advance_command {};

/// Plugins were loaded, replaced or set aside.
struct load_command {
  catalogue_ptr catalogue;
};

/// The order is part of the history's format.
using command = std::variant<act_command, found_command, create_command, update_command,
                             remove_command, configure_command, advance_command, load_command>;

/// The act in the place of a command: the one that is there, whose memory can be reused, or else a
/// new one. Most commands are acts, and one that is built where it stays is not copied from hand to
/// hand: 1.07 of the walks of core alone.
inline act_command& act_in(command& place) {
  auto* act = std::get_if<act_command>(&place);
  return act ? *act : place.emplace<act_command>();
}

/// `place` = `c`; but an act goes into the place of an act, since a variant's own assignment costs
/// ten times that.
template <class Command>
void put(Command&& c, command& place) {
  if (std::holds_alternative<act_command>(c))
    act_in(place) = std::get<act_command>(std::forward<Command>(c));
  else place = std::forward<Command>(c);
}

/// Who wished a command, and under which name. For those who read the history: nothing is decided
/// by it, and verify does not compare it.
struct origin {
  std::uint64_t principal = 0;  // the number of a token; 0: no token, or the world itself
  std::string key;              // the client's name for this command, to repeat it safely; or empty

  bool is_known() const { return principal != 0 || !key.empty(); }
  friend bool operator==(const origin&, const origin&) = default;
};

inline constexpr std::size_t key_bytes_max = 64;

struct record {
  std::uint64_t seq = 0;   // from 1 without gaps
  std::uint64_t tick = 0;  // the world's tick after this record
  core::command command;
  core::outcome outcome = outcome::done;
  std::string reason;  // of refused and fault: "not_in_reach", "blocked", or the plugin's own text
  std::uint64_t draws = 0;  // random numbers drawn while deciding
  std::vector<effect> effects;
  origin from = {};  // decide() leaves it as it is
};

inline constexpr std::size_t reason_bytes_max = 200;

}  // namespace unscripted::core
