#include "core/codec_parts.hpp"

#include "core/thing.hpp"

#include <cmath>

namespace unscripted::core {

namespace {

constexpr std::size_t parent_bytes_max = 256;

std::uint32_t u32(byte_reader& in) {
  const std::uint64_t x = in.varint();
  if (x > 0xffffffffu) in.fail();
  return static_cast<std::uint32_t>(x);
}

std::uint8_t enumerator(byte_reader& in, std::uint8_t last) {
  const std::uint8_t x = in.u8();
  if (x > last) in.fail();
  return x;
}

}  // namespace

vec3 decode_vec3(byte_reader& in) {
  vec3 v;
  v.x = in.zigzag();
  v.y = in.zigzag();
  v.z = in.zigzag();
  // Beyond what any world holds, sums could overflow.
  const micrometres most = 2 * from_metres(metres_max);
  for (const micrometres c : {v.x, v.y, v.z})
    if (c < -most || c > most) in.fail();
  return v;
}

value decode_value(byte_reader& in, value_type type) {
  value v{type, 0, {}};
  switch (type) {
    case value_type::number:
      v.bits = in.u64();
      if (!std::isfinite(v.as_number())) in.fail();
      return v;
    case value_type::integer: v.bits = static_cast<std::uint64_t>(in.zigzag()); return v;
    case value_type::boolean: v.bits = enumerator(in, 1); return v;
    case value_type::text: v.text = in.text(text_bytes_max); return v;
    case value_type::thing: v.bits = in.varint(); return v;
  }
  in.fail();
  return v;
}

void encode(byte_writer& out, const value& v) {
  out.u8(static_cast<std::uint8_t>(v.type));
  encode_value(out, v.type, v.bits, v.text);
}

value decode_typed_value(byte_reader& in) {
  return decode_value(in, static_cast<value_type>(in.u8()));
}

void encode(byte_writer& out, const slot_values& props) {
  out.varint(props.size());
  for (const auto& [slot, v] : props) {
    out.varint(slot);
    encode(out, v);
  }
}

slot_values decode_props(byte_reader& in) {
  slot_values props;
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    const std::uint64_t slot = in.varint();
    if (slot > 0xffff) in.fail();
    props.emplace_back(static_cast<std::uint16_t>(slot), decode_typed_value(in));
  }
  return props;
}

creation decode_creation(byte_reader& in) {
  creation c;
  const std::uint64_t kind = in.varint();
  if (kind > 0xffff) in.fail();
  c.kind = static_cast<kind_index>(kind);
  c.parent = in.varint();
  c.dims = decode_vec3(in);
  c.name = in.text(name_bytes_max);
  c.mind = in.text(name_bytes_max);
  return c;
}

void encode(byte_writer& out, const settings& s) {
  out.text(s.name);
  out.u64(s.seed);
  encode(out, s.dims);
  out.u8(static_cast<std::uint8_t>(s.pace));
  out.u8(static_cast<std::uint8_t>(s.population));
  out.f64(s.speed);
  out.varint(s.deadline_ms);
  out.u8(s.pause_at ? 1 : 0);
  if (s.pause_at) out.varint(*s.pause_at);
  out.varint(s.capacity.size());
  for (const auto& [kind, most] : s.capacity) {
    out.text(kind);
    out.varint(most);
  }
  out.zigzag(s.created_ms);
  out.text(s.parent);
}

settings decode_settings(byte_reader& in) {
  settings s;
  s.name = in.text(name_bytes_max);
  s.seed = in.u64();
  s.dims = decode_vec3(in);
  s.pace = static_cast<pace>(enumerator(in, 2));
  s.population = static_cast<population>(enumerator(in, 1));
  s.speed = in.f64();
  s.deadline_ms = u32(in);
  if (in.u8() == 1) s.pause_at = in.varint();
  s.capacity.clear();
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    std::string kind{in.text(name_bytes_max)};
    s.capacity[std::move(kind)] = u32(in);
  }
  s.created_ms = in.zigzag();
  s.parent = in.text(parent_bytes_max);
  return s;
}

}  // namespace unscripted::core
