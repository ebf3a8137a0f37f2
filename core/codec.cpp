#include "core/codec.hpp"

#include "core/bytes.hpp"
#include "core/codec_parts.hpp"

#include <utility>

namespace unscripted::core {

namespace {

// Record head byte: command type in bits 0-2, outcome in bits 3-4, then flags.
constexpr std::uint8_t head_absent = 0x20;
constexpr std::uint8_t head_draws = 0x40;
constexpr std::uint8_t head_origin = 0x80;

// Effect head byte: type in bits 0-3, then flags.
constexpr std::uint8_t effect_text = 0x10;   // of set: a text follows
constexpr std::uint8_t effect_small = 0x40;  // of set, added: the bits are a small integer, zigzag
constexpr std::uint8_t effect_agent = 0x80;  // the thing is the command's agent

bool is_small(std::uint64_t bits) {
  const auto x = static_cast<std::int64_t>(bits);
  return x >= -(1 << 30) && x <= (1 << 30);
}

serial agent_of(const command& c) {
  const auto* act = std::get_if<act_command>(&c);
  return act ? act->agent : world_serial;
}

// -- effects -------------------------------------------------------------------------------------
//
// Written as their heads, then the command, then their contents: what is the same from record to
// record stands together, and compresses to almost nothing.

bool has_slot(effect_type type) { return type == effect_type::set || type == effect_type::added; }

void encode_head(byte_piece& out, const effect& e, serial agent) {
  auto head = static_cast<std::uint8_t>(e.type);
  if (e.type == effect_type::set && e.more) head |= effect_text;
  else if (has_slot(e.type) && is_small(e.bits)) head |= effect_small;
  if (e.thing == agent) head |= effect_agent;
  out.u8(head);
  if (e.thing != agent) out.varint(e.thing);
  if (has_slot(e.type)) out.varint(e.slot);
}

void encode_content(byte_piece& out, const effect& e) {
  switch (e.type) {
    case effect_type::created: encode(out, e.pos); return encode_creation(out, e.created());
    case effect_type::removed:
      out.varint(e.bits + 1);  // no_thing becomes 0
      return out.text(e.text());
    case effect_type::moved:
      // y last: next to what follows it is the same each time.
      for (const micrometres x : {e.pos.x, e.pos.z, e.pos.y}) out.zigzag(x);
      return;
    case effect_type::set:
    case effect_type::added:
      if (e.type == effect_type::set && e.more) return out.text(e.text());
      return is_small(e.bits) ? out.zigzag(static_cast<std::int64_t>(e.bits)) : out.u64(e.bits);
    case effect_type::turned: return;
    case effect_type::ticked: return out.varint(e.bits);
    case effect_type::configured: return encode(out.rest(), e.configured());
    case effect_type::catalogued: return out.text(e.catalogued()->description());
    case effect_type::carried: return out.varint(e.bits);
  }
}

/// Leaves the head itself in e.bits for decode_content().
void decode_head(byte_reader& in, effect& e) {
  const std::uint8_t head = in.u8();
  e.type = static_cast<effect_type>(head & 0x0f);
  e.slot = 0;
  e.thing = head & effect_agent ? world_serial : in.varint();
  e.pos = {};
  e.bits = head;
  e.more.reset();
  if (!has_slot(e.type)) return;
  const std::uint64_t slot = in.varint();
  if (slot > 0xffff) in.fail();
  e.slot = static_cast<std::uint16_t>(slot);
}

void decode_catalogued(byte_reader& in, effect& e) {
  auto known = decode_catalogue(in.text(in.left()));
  if (!known) return in.fail();
  e.more = details(std::move(known));
}

void decode_content(byte_reader& in, effect& e, serial agent, record_grammar grammar) {
  const std::uint64_t head = std::exchange(e.bits, 0);
  if (head & effect_agent) e.thing = agent;
  switch (e.type) {
    case effect_type::created:
      e.pos = decode_vec3(in);
      e.more = details(decode_creation(in));
      return;
    case effect_type::removed:
      e.bits = in.varint() - 1;
      e.more = details(std::string{in.text(name_bytes_max)});
      return;
    case effect_type::moved:
      e.pos = decode_vec3(in);
      if (grammar == record_grammar::heads_first) std::swap(e.pos.y, e.pos.z);
      return;
    case effect_type::set:
    case effect_type::added:
      if (head & effect_text) e.more = details(std::string{in.text(text_bytes_max)});
      else e.bits = head & effect_small ? static_cast<std::uint64_t>(in.zigzag()) : in.u64();
      return;
    case effect_type::turned: return;
    case effect_type::ticked: e.bits = in.varint(); return;
    case effect_type::configured: e.more = details(decode_settings(in)); return;
    case effect_type::catalogued: return decode_catalogued(in, e);
    case effect_type::carried: e.bits = in.varint(); return;
  }
  in.fail();
}

// -- commands ------------------------------------------------------------------------------------

void encode(byte_piece& out, const act_command& c, const catalogue* before) {
  for (const std::uint64_t x : {std::uint64_t{c.action}, c.target, c.agent}) out.varint(x);
  const auto& parameters = before->actions()[c.action].parameters;
  for (std::size_t i = 0; i < c.args.count; ++i) {
    const bool is_text = parameters[i].type == value_type::text;
    encode_value(out, parameters[i].type, c.args.bits[i],
                 is_text ? c.args.texts[c.args.bits[i]] : std::string_view{});
  }
}

/// Of all but acts.
struct command_encoder {
  byte_writer& out;

  void operator()(const act_command&) const {}
  void operator()(const found_command& c) const {
    encode(out, c.settings);
    out.text(c.catalogue->description());
    encode(out, c.rules);
  }
  void operator()(const create_command& c) const {
    out.varint(c.kind);
    out.u8(static_cast<std::uint8_t>((c.pos ? 1 : 0) | (c.dims ? 2 : 0)));
    if (c.pos) encode(out, *c.pos);
    if (c.dims) encode(out, *c.dims);
    out.text(c.name);
    out.text(c.mind);
    encode(out, c.props);
  }
  void operator()(const update_command& c) const {
    out.varint(c.thing);
    out.u8(c.pos ? 1 : 0);
    if (c.pos) encode(out, *c.pos);
    encode(out, c.props);
  }
  void operator()(const remove_command& c) const { out.varint(c.thing); }
  void operator()(const configure_command& c) const {
    encode(out, c.settings);
    encode(out, c.rules);
  }
  void operator()(const advance_command&) const {}
  void operator()(const load_command& c) const { out.text(c.catalogue->description()); }
};

/// Into what stands there, with its memory, if it is an act already: most records are.
void decode_act(byte_reader& in, const catalogue* before, command& into, record_grammar grammar) {
  if (!std::holds_alternative<act_command>(into)) into.emplace<act_command>();
  auto& c = std::get<act_command>(into);
  c.args.bits = {};
  c.args.count = 0;
  c.args.texts.clear();
  if (grammar == record_grammar::in_order) c.agent = in.varint();
  const std::uint64_t action = in.varint();
  c.target = in.varint();
  if (grammar == record_grammar::heads_first) c.agent = in.varint();
  if (!before || action >= before->actions().size()) return in.fail();
  c.action = static_cast<action_index>(action);
  for (const parameter& p : before->actions()[action].parameters) {
    value v = decode_value(in, p.type);
    if (p.type == value_type::text) {
      v.bits = c.args.texts.size();
      c.args.texts.push_back(std::move(v.text));
    }
    c.args.bits[c.args.count++] = v.bits;
  }
}

create_command decode_create(byte_reader& in) {
  create_command c;
  const std::uint64_t kind = in.varint();
  if (kind > 0xffff) in.fail();
  c.kind = static_cast<kind_index>(kind);
  const std::uint8_t has = in.u8();
  if (has & 1) c.pos = decode_vec3(in);
  if (has & 2) c.dims = decode_vec3(in);
  c.name = in.text(name_bytes_max);
  c.mind = in.text(name_bytes_max);
  c.props = decode_props(in);
  return c;
}

update_command decode_update(byte_reader& in) {
  update_command c;
  c.thing = in.varint();
  if (in.u8() & 1) c.pos = decode_vec3(in);
  c.props = decode_props(in);
  return c;
}

found_command decode_found(byte_reader& in) {
  found_command c;
  c.settings = decode_settings(in);
  c.catalogue = decode_catalogue(in.text(in.left()));
  if (!c.catalogue) in.fail();
  c.rules = decode_props(in);
  return c;
}

/// Of all but acts.
command decode_command(byte_reader& in, std::uint8_t type) {
  switch (type) {
    case 1: return decode_found(in);
    case 2: return decode_create(in);
    case 3: return decode_update(in);
    case 4: return remove_command{in.varint()};
    case 5: {
      configure_command c;
      c.settings = decode_settings(in);
      c.rules = decode_props(in);
      return c;
    }
    case 6: return advance_command{};
    default: {
      load_command c{decode_catalogue(in.text(in.left()))};
      if (!c.catalogue) in.fail();
      return c;
    }
  }
}

void decode_command(byte_reader& in, std::uint8_t head, const catalogue* before, command& into,
                    record_grammar grammar) {
  if (head & 7) {
    into = decode_command(in, head & 7);
    return;
  }
  decode_act(in, before, into, grammar);
  std::get<act_command>(into).absent = head & head_absent;
}

void encode(byte_writer& out, const origin& from) {
  out.varint(from.principal);
  out.text(from.key);
}

void decode(byte_reader& in, origin& from) {
  from.principal = in.varint();
  from.key = in.text(key_bytes_max);
  if (!from.is_known()) in.fail();  // it would not have been written
}

void decode_heads(byte_reader& in, std::vector<effect>& effects) {
  effects.resize(in.count());
  for (effect& e : effects) {
    decode_head(in, e);
    if (!in.ok()) return;
  }
}

}  // namespace

void encode(byte_writer& out, const catalogue* before, const record& r) {
  const auto* act = std::get_if<act_command>(&r.command);
  auto head = static_cast<std::uint8_t>(r.command.index());
  head = static_cast<std::uint8_t>(head | (static_cast<unsigned>(r.outcome) << 3));
  if (act && act->absent) head |= head_absent;
  if (r.draws != 0) head |= head_draws;
  if (r.from.is_known()) head |= head_origin;
  out.u8(head);
  if (r.draws != 0) out.varint(r.draws);
  if (r.outcome != outcome::done) out.text(r.reason);
  if (r.from.is_known()) encode(out, r.from);
  const serial agent = agent_of(r.command);
  byte_piece piece{out};
  piece.varint(r.effects.size());
  for (const effect& e : r.effects) encode_head(piece, e, agent);
  if (act) encode(piece, *act, before);
  else std::visit(command_encoder{piece.rest()}, r.command);
  for (const effect& e : r.effects) encode_content(piece, e);
}

bool decode(byte_reader& in, const catalogue* before, record& r, record_grammar grammar) {
  const bool heads_first = grammar == record_grammar::heads_first;
  const std::uint8_t head = in.u8();
  const std::uint8_t result = (head >> 3) & 3;
  if (result > 2) in.fail();
  r.outcome = static_cast<outcome>(result);
  r.draws = head & head_draws ? in.varint() : 0;
  r.reason.clear();
  if (r.outcome != outcome::done) r.reason = in.text(reason_bytes_max);
  if (r.from.is_known()) r.from = {};
  if (head & head_origin) decode(in, r.from);
  if (heads_first) decode_heads(in, r.effects);
  decode_command(in, head, before, r.command, grammar);
  if (!heads_first) r.effects.resize(in.count());
  const serial agent = agent_of(r.command);
  for (effect& e : r.effects) {
    if (!heads_first) decode_head(in, e);
    decode_content(in, e, agent, grammar);
    if (!in.ok()) return false;
    if (e.type == effect_type::ticked) r.tick = e.bits;
  }
  return in.ok();
}

}  // namespace unscripted::core
