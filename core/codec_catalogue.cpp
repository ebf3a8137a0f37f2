// The binary form of a catalogue: its description, without behaviours.
#include "core/codec.hpp"
#include "core/codec_parts.hpp"

#include <set>

namespace unscripted::core {

namespace {

constexpr std::size_t word_bytes_max = 256;
// Kinds, properties, actions and plugins are named by their position, in 16 bits.
constexpr std::size_t positions_max = 0xffff;

std::size_t count_of_positions(byte_reader& in) {
  const std::size_t count = in.count();
  if (count > positions_max) in.fail();
  return in.ok() ? count : 0;
}

// A property and a parameter have the same description.
template <class Slot>
void encode_slot(byte_writer& out, const Slot& p) {
  out.text(p.name);
  out.text(p.unit);
  encode(out, p.fallback);
  out.f64(p.minimum);
  out.f64(p.maximum);
}

template <class Slot>
Slot decode_slot(byte_reader& in) {
  Slot p;
  p.name = in.text(word_bytes_max);
  p.unit = in.text(word_bytes_max);
  p.fallback = decode_typed_value(in);
  p.type = p.fallback.type;
  p.minimum = in.f64();
  p.maximum = in.f64();
  return p;
}

kind decode_kind(byte_reader& in) {
  kind k;
  k.name = in.text(word_bytes_max);
  k.dims = decode_vec3(in);
  k.solid = in.u8() != 0;
  for (std::size_t left = count_of_positions(in); left > 0 && in.ok(); --left)
    k.properties.push_back(decode_slot<property>(in));
  return k;
}

std::uint16_t decode_plugin(byte_reader& in, const catalogue_parts& parts) {
  const std::uint64_t plugin = in.varint();
  if (plugin >= parts.plugins.size()) in.fail();
  return static_cast<std::uint16_t>(plugin);
}

action decode_action(byte_reader& in, const catalogue_parts& parts) {
  action a;
  a.name = in.text(word_bytes_max);
  const std::uint64_t target = in.varint();
  if (target >= parts.kinds.size()) in.fail();
  a.target = static_cast<kind_index>(in.ok() ? target : 0);
  a.summary = in.text(text_bytes_max);
  a.reach = in.zigzag();
  if (a.reach < 0 || a.reach > from_metres(metres_max)) in.fail();
  a.self_only = in.u8() != 0;
  a.plugin = decode_plugin(in, parts);
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left)
    a.parameters.push_back(decode_slot<parameter>(in));
  if (a.parameters.size() > parameters_max) in.fail();
  return a;
}

rule decode_rule(byte_reader& in, const catalogue_parts& parts) {
  rule r;
  r.name = in.text(word_bytes_max);
  r.summary = in.text(text_bytes_max);
  r.plugin = decode_plugin(in, parts);
  in.u8();  // which hooks it has: for the reader of descriptions only
  return r;
}

bool is_whole(const catalogue_parts& parts) {
  if (parts.kinds.empty() || parts.kinds.front().name != "world") return false;
  const kind& world = parts.kinds.front();
  const auto sight = world.slot_of("sight");
  if (!sight || world.properties[*sight].type != value_type::number) return false;
  std::set<std::string_view> names;
  for (const kind& k : parts.kinds)
    if (!names.insert(k.name).second) return false;
  return true;
}

}  // namespace

std::string describe(const catalogue_parts& parts) {
  std::string bytes;
  byte_writer out{bytes};
  out.u8(format_version);
  out.varint(parts.plugins.size());
  for (const plugin& p : parts.plugins) {
    out.text(p.id);
    out.text(p.version);
    out.text(p.hash);
  }
  out.varint(parts.kinds.size());
  for (const kind& k : parts.kinds) {
    out.text(k.name);
    encode(out, k.dims);
    out.u8(k.solid ? 1 : 0);
    out.varint(k.properties.size());
    for (const property& p : k.properties) encode_slot(out, p);
  }
  out.varint(parts.actions.size());
  for (const action& a : parts.actions) {
    out.text(a.name);
    out.varint(a.target);
    out.text(a.summary);
    out.zigzag(a.reach);
    out.u8(a.self_only ? 1 : 0);
    out.varint(a.plugin);
    out.varint(a.parameters.size());
    for (const parameter& p : a.parameters) encode_slot(out, p);
  }
  out.varint(parts.rules.size());
  for (const rule& r : parts.rules) {
    out.text(r.name);
    out.text(r.summary);
    out.varint(r.plugin);
    out.u8(static_cast<std::uint8_t>((r.after_action ? 1 : 0) | (r.at_tick ? 2 : 0)));
  }
  return bytes;
}

catalogue_ptr decode_catalogue(std::string_view bytes) {
  byte_reader in{bytes};
  if (in.u8() != format_version) return nullptr;
  catalogue_parts parts;
  for (std::size_t left = count_of_positions(in); left > 0 && in.ok(); --left) {
    plugin p;
    p.id = in.text(word_bytes_max);
    p.version = in.text(word_bytes_max);
    p.hash = in.text(word_bytes_max);
    parts.plugins.push_back(std::move(p));
  }
  for (std::size_t left = count_of_positions(in); left > 0 && in.ok(); --left)
    parts.kinds.push_back(decode_kind(in));
  for (std::size_t left = count_of_positions(in); left > 0 && in.ok(); --left)
    parts.actions.push_back(decode_action(in, parts));
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left)
    parts.rules.push_back(decode_rule(in, parts));
  if (!in.ok() || !in.at_end() || !is_whole(parts)) return nullptr;
  return std::make_shared<const catalogue>(std::move(parts), std::string{bytes});
}

}  // namespace unscripted::core
