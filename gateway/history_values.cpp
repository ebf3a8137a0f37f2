#include "gateway/history_values.hpp"

#include "gateway/world_json.hpp"

#include <simdjson.h>

#include <bit>

namespace unscripted::gateway {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

}  // namespace

// -- digits --------------------------------------------------------------------------------------

void append_hex(std::string& out, std::string_view bytes) {
  out.reserve(out.size() + 2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(hex_digits[byte >> 4]);
    out.push_back(hex_digits[byte & 15]);
  }
}

std::optional<std::string> parse_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes(digits.size() / 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = digit_of(digits[2 * i]), low = digit_of(digits[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[i] = static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::optional<std::uint64_t> parse_hash(std::string_view digits) {
  const auto bytes = digits.size() == 16 ? parse_hex(digits) : std::nullopt;
  if (!bytes) return std::nullopt;
  std::uint64_t x = 0;
  for (const char c : *bytes) x = x << 8 | static_cast<unsigned char>(c);
  return x;
}

// -- values --------------------------------------------------------------------------------------

void write_text(json_writer& json, std::string_view text) {
  if (is_utf8(text)) {
    json.value(text);
    return;
  }
  std::string digits;
  append_hex(digits, text);
  json.begin_object().member("hex", digits).end_object();
}

void write_number(json_writer& json, double x) {
  if (x == 0 && std::signbit(x)) json.raw("-0.0");
  else json.value(x);
}

void write_id(json_writer& json, core::world_number world, core::serial thing) {
  json.raw("\"");
  core::append(json.out(), {world, thing});
  json.out().push_back('"');
}

void write_value(json_writer& json, const core::value& v, core::world_number world) {
  switch (v.type) {
    case core::value_type::number: return write_number(json, v.as_number());
    case core::value_type::integer: json.value(v.as_integer()); return;
    case core::value_type::boolean: json.value(v.as_boolean()); return;
    case core::value_type::text: return write_text(json, v.text);
    case core::value_type::thing: return write_id(json, world, v.bits);
  }
}

void write_settings(json_writer& json, const core::settings& s) {
  write_text(json.begin_object().key("name"), s.name);
  write_place(json.member("seed", s.seed).key("dims"), s.dims);
  json.member("pace", core::to_string(s.pace));
  json.member("population", core::to_string(s.population));
  write_number(json.key("speed"), s.speed);
  json.member("deadline_ms", s.deadline_ms).key("pause_at");
  if (s.pause_at) json.value(*s.pause_at);
  else json.null();
  json.key("capacity").begin_object();
  for (const auto& [kind, most] : s.capacity) json.member(key_of_name(kind), most);
  json.end_object().member("created_ms", s.created_ms);
  write_text(json.key("parent"), s.parent);
  json.end_object();
}

void write_plugins(json_writer& json, const core::catalogue& c) {
  json.begin_array();
  for (const core::plugin& p : c.plugins()) {
    write_text(json.begin_object().key("id"), p.id);
    write_text(json.key("version"), p.version);
    write_text(json.key("hash"), p.hash);
    json.end_object();
  }
  json.end_array();
}

void write_props(json_writer& json, const slot_values& props, const core::kind* kind,
                 core::world_number world) {
  json.begin_object();
  for (const auto& [slot, v] : props) {
    json.key(kind ? key_of_slot(kind->properties, slot) : key_of_index(slot));
    const bool is_typed =
        kind && slot < kind->properties.size() && kind->properties[slot].type == v.type;
    if (!is_typed) json.begin_object().key(core::to_string(v.type));
    write_value(json, v, world);
    if (!is_typed) json.end_object();
  }
  json.end_object();
}

// -- keys ----------------------------------------------------------------------------------------

bool is_nameable(std::string_view name) {
  return !(name.size() > 0 && name.front() == '#') && is_utf8(name);
}

std::string key_of_name(std::string_view name) {
  if (is_nameable(name)) return std::string{name};
  std::string key = "#";
  append_hex(key, name);
  return key;
}

std::optional<std::string> name_of_key(std::string_view key) {
  if (is_nameable(key)) return std::string{key};
  return parse_hex(key.substr(1));
}

std::string key_of_index(std::size_t index) { return "#" + std::to_string(index); }

std::optional<std::size_t> index_of_key(std::string_view key) {
  if (key.empty() || key.front() != '#') return std::nullopt;
  std::uint16_t index = 0;
  const char* const end = key.data() + key.size();
  const auto [stop, error] = std::from_chars(key.data() + 1, end, index);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return index;
}

std::string key_of_kind(const core::catalogue& c, core::kind_index kind) {
  return key_of_slot(c.kinds(), kind);
}

std::optional<core::kind_index> kind_of_key(const core::catalogue& c, std::string_view key) {
  if (const auto index = index_of_key(key)) return static_cast<core::kind_index>(*index);
  return c.find_kind(key);
}

bool has_plain_value(const core::kind& k, std::uint16_t slot, std::uint64_t bits, bool is_text) {
  if (slot >= k.properties.size()) return false;
  const core::property& p = k.properties[slot];
  if (!is_nameable(p.name) || k.slot_of(p.name) != slot) return false;
  switch (p.type) {
    case core::value_type::text: return is_text;
    case core::value_type::boolean: return !is_text && bits <= 1;
    case core::value_type::number: return !is_text && std::isfinite(std::bit_cast<double>(bits));
    default: return !is_text;
  }
}

}  // namespace unscripted::gateway
