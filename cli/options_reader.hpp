// From a perception as it comes over the wire to the options that a mind chooses among.
#pragma once

#include "core/mind.hpp"

#include <simdjson.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::cli {

/// What a bot could do now.
struct situation {
  std::vector<core::option> options;
  std::uint64_t age = 0;  // actions that the bot took
};

/// Remembers the parameters of each action, so that they are read once and not at each perception.
/// Options point into it. Not thread-safe.
class options_reader {
public:
  /// The actions on the bot itself, then those on the world, then those of each thing in the order
  /// given: the order in which a hosted mind sees them. Returns a situation that the next call
  /// overwrites, without options where `perception` is not one.
  const situation& read(simdjson::dom::element perception);

  /// Lets go what was remembered: after a plugin changed. Options read before are invalid.
  void forget() { known_.clear(); }

private:
  struct known_action {
    std::string name;
    std::vector<core::parameter> parameters;
  };

  void add_actions(simdjson::dom::element thing, std::string_view kind);
  const known_action& know(std::string_view kind, std::string_view name,
                           simdjson::dom::element action);

  std::map<std::string, known_action, std::less<>> known_;  // by kind/name
  std::string key_;
  situation situation_;
};

/// The parameters of an action, in their order.
std::vector<core::parameter> read_parameters(simdjson::dom::element action);

/// A value as the wire has it: numbers in their shortest exact form, a thing as its id.
void append_value(std::string& out, const core::value& x, core::world_number world);

}  // namespace unscripted::cli
