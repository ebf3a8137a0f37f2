// The parts of a catalogue that every answer repeats, as JSON that is built once.
#pragma once

#include "core/catalogue.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace unscripted::gateway {

/// Immutable; shared by all threads that encode.
class catalogue_text {
public:
  explicit catalogue_text(core::catalogue_ptr catalogue);

  const core::catalogue& catalogue() const { return *catalogue_; }
  /// Another one for each that is built, from 1.
  std::uint64_t number() const { return number_; }

  /// The array `actions` of a thing of this kind: as others see it, or as it sees itself.
  const std::string& actions(core::kind_index kind, bool self) const {
    return (self ? own_ : offered_)[kind];
  }
  /// `"kind":"bot"`, quoted and escaped.
  const std::string& name(core::kind_index kind) const { return names_[kind]; }
  /// A property's name with the colon, as the key of a member.
  const std::string& property_key(core::kind_index kind, std::size_t slot) const {
    return keys_[kind][slot];
  }

  /// The arrays `kinds` and `actions` of `describe`.
  std::string describe_kinds() const;
  std::string describe_actions() const;

private:
  std::string list_actions(core::kind_index kind, bool self) const;

  core::catalogue_ptr catalogue_;
  std::uint64_t number_;
  std::vector<std::string> own_, offered_, names_;
  std::vector<std::vector<std::string>> keys_;
};

}  // namespace unscripted::gateway
