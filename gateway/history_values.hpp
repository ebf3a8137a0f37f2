// The parts of records as JSON, each in a form that reads back as exactly what it was: texts that
// are not UTF-8, properties that have no name of their own, numbers below zero by nothing.
// What reads them again is gateway/record_reader.hpp; docs/history-jsonl.md describes both.
#pragma once

#include "core/catalogue.hpp"
#include "core/ids.hpp"
#include "core/settings.hpp"
#include "gateway/json_writer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unscripted::gateway {

/// Lower-case, two digits a byte.
void append_hex(std::string& out, std::string_view bytes);
/// Exactly such digits, else nothing.
std::optional<std::string> parse_hex(std::string_view digits);
/// Exactly 16 lower-case hex digits, as storage::to_hex() writes them, else nothing.
std::optional<std::uint64_t> parse_hash(std::string_view digits);

/// A text, or {"hex": its bytes} where they are not UTF-8.
void write_text(json_writer& json, std::string_view text);
/// As json_writer::value(), but that -0 keeps its sign.
void write_number(json_writer& json, double x);
void write_id(json_writer& json, core::world_number world, core::serial thing);
/// The value alone: its type is to be known from elsewhere.
void write_value(json_writer& json, const core::value& v, core::world_number world);
void write_settings(json_writer& json, const core::settings& s);
/// The array of plugins that brought it: id, version and hash.
void write_plugins(json_writer& json, const core::catalogue& c);

using slot_values = std::vector<std::pair<std::uint16_t, core::value>>;

/// An object of properties by name. Without a kind, or where a value is not of its property's type,
/// the value is {type: value}.
void write_props(json_writer& json, const slot_values& props, const core::kind* kind,
                 core::world_number world);

/// A name as the key of a member: "#" and hex digits where it is not UTF-8 or begins with "#".
std::string key_of_name(std::string_view name);
std::optional<std::string> name_of_key(std::string_view key);

/// What names a position: "#3".
std::string key_of_index(std::size_t index);
std::optional<std::size_t> index_of_key(std::string_view key);

/// Whether a text can stand as a name: UTF-8, and not one that names a position.
bool is_nameable(std::string_view name);

/// The key of a property or parameter: its name, or its position where the name is not its alone.
template <class Slot>
std::string key_of_slot(const std::vector<Slot>& slots, std::size_t index) {
  if (index >= slots.size() || !is_nameable(slots[index].name)) return key_of_index(index);
  for (std::size_t i = 0; i < index; ++i)
    if (slots[i].name == slots[index].name) return key_of_index(index);
  return slots[index].name;
}

/// The kind's name, or its position.
std::string key_of_kind(const core::catalogue& c, core::kind_index kind);
std::optional<core::kind_index> kind_of_key(const core::catalogue& c, std::string_view key);

/// Whether the name of the property finds this very slot, and the bits are a value of its type.
bool has_plain_value(const core::kind& k, std::uint16_t slot, std::uint64_t bits, bool is_text);

}  // namespace unscripted::gateway
