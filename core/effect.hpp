// Effects: the only way in which a world changes.
//
// An effect names the result, never the cause, so that applying it needs no plugin and no
// arithmetic beyond one exactly rounded addition. Effects are small (one cache line); what only
// rare ones need hangs behind `more`.
#pragma once

#include "core/catalogue.hpp"
#include "core/ids.hpp"
#include "core/numbers.hpp"
#include "core/settings.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace unscripted::core {

/// The numbers are part of the history's format.
enum class effect_type : std::uint8_t {
  created = 1,  // thing, more: creation
  removed = 2,  // thing, bits: the heir's serial or no_thing, more: the cause (text, may be empty)
  moved = 3,    // thing, pos
  set = 4,      // thing, slot, bits; of a text property, more: the text
  added = 5,    // thing, slot, bits: a double or integer added to the property
  turned = 6,   // one more action counts towards the next tick (pace free)
  ticked = 7,   // bits: the new tick; the count of turns starts again
  configured = 8,  // more: settings
  catalogued =
      9,  // more: catalogue; things keep the properties that the new one still knows, by name
  carried =
      10,  // thing, bits: the carrier's serial; world_serial where it is set down, after moved
};

/// Whether effects of that type are about one thing, rather than about the world as a whole.
constexpr bool is_of_thing(effect_type type) {
  return type <= effect_type::added || type == effect_type::carried;
}

struct creation {
  kind_index kind = world_kind;
  serial parent = world_serial;
  vec3 dims;
  std::string name;
  std::string mind;
};

struct effect {
  using details = std::variant<std::string, creation, settings, catalogue_ptr>;

  effect_type type = effect_type::turned;
  std::uint16_t slot = 0;
  serial thing = world_serial;
  vec3 pos;
  std::uint64_t bits = 0;
  std::shared_ptr<const details> more;

  const std::string& text() const { return std::get<std::string>(*more); }
  const creation& created() const { return std::get<creation>(*more); }
  const settings& configured() const { return std::get<settings>(*more); }
  const catalogue_ptr& catalogued() const { return std::get<catalogue_ptr>(*more); }
};

/// Details for an effect's `more`.
std::shared_ptr<const effect::details> details(effect::details d);

/// Equal in type, fields and details (a catalogue by its description). What verify compares.
bool operator==(const effect& a, const effect& b);

}  // namespace unscripted::core
