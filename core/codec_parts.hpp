// The pieces that records, catalogues and snapshots share in their binary form. Internal to core.
#pragma once

#include "core/bytes.hpp"
#include "core/effect.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace unscripted::core {

class world;

using slot_values = std::vector<std::pair<std::uint16_t, value>>;

// Out is a byte_writer or a byte_piece.

template <class Out>
void encode(Out& out, const vec3& v) {
  out.zigzag(v.x);
  out.zigzag(v.y);
  out.zigzag(v.z);
}
vec3 decode_vec3(byte_reader& in);

/// A value whose type the reader knows.
template <class Out>
void encode_value(Out& out, value_type type, std::uint64_t bits, std::string_view text) {
  switch (type) {
    case value_type::number: return out.u64(bits);
    case value_type::integer: return out.zigzag(static_cast<std::int64_t>(bits));
    case value_type::boolean: return out.u8(static_cast<std::uint8_t>(bits));
    case value_type::text: return out.text(text);
    case value_type::thing: return out.varint(bits);
  }
}
value decode_value(byte_reader& in, value_type type);

/// A value with its type before it.
void encode(byte_writer& out, const value& v);
value decode_typed_value(byte_reader& in);

void encode(byte_writer& out, const slot_values& props);
slot_values decode_props(byte_reader& in);

/// The creation of a thing: a `creation`, or a `thing` as if it were created as it is now.
template <class Out, class Thing>
void encode_creation(Out& out, const Thing& t) {
  out.varint(t.kind);
  out.varint(t.parent);
  encode(out, t.dims);
  out.text(t.name);
  out.text(t.mind);
}
creation decode_creation(byte_reader& in);

void encode(byte_writer& out, const settings& s);
settings decode_settings(byte_reader& in);

/// A snapshot whose state need not have the hash that was stored with it: whoever makes up bytes
/// can make up that as well, so this is what must withstand them.
std::unique_ptr<world> decode_unproved_snapshot(std::string_view bytes, std::uint64_t& stored_hash);

}  // namespace unscripted::core
