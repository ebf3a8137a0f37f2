// The binary form of a world's whole state.
#include "core/codec.hpp"
#include "core/codec_parts.hpp"

#include <algorithm>
#include <utility>

namespace unscripted::core {

/// Writes and rebuilds what only a world itself may touch.
class snapshot_codec {
public:
  static void write(std::string& bytes, const world& w);
  /// Whatever hash was stored with it.
  static bool read(byte_reader& in, world& w, std::uint64_t& stored_hash);

private:
  static void write_thing(byte_piece& out, const thing& t, const kind& k);
  /// Puts all on the ground; who carries a thing may come after it.
  static bool read_thing(byte_reader& in, world& w, std::vector<effect>& hands);
  static void write_memory(byte_writer& out, const world& w);
  static void read_memory(byte_reader& in, world& w);
};

void snapshot_codec::write_thing(byte_piece& out, const thing& t, const kind& k) {
  out.varint(t.id);
  encode(out, t.pos);
  encode_creation(out, t);
  for (std::size_t slot = 0; slot < t.cells.size(); ++slot) {
    const value_type type = k.properties[slot].type;
    encode_value(out, type, t.cells[slot],
                 type == value_type::text ? t.texts[t.cells[slot]] : std::string_view{});
  }
}

// What is remembered beside the state: of the dead, and the counts since the world began.
void snapshot_codec::write_memory(byte_writer& out, const world& w) {
  out.varint(w.graves_.size());
  for (const grave& g : w.graves_) {
    out.varint(g.thing);
    out.text(g.cause);
    out.varint(g.heir + 1);
  }
  out.varint(w.actions_);
  out.varint(w.deaths_.size());
  for (const auto& [cause, count] : w.deaths_) {
    out.text(cause);
    out.varint(count);
  }
}

void snapshot_codec::write(std::string& bytes, const world& w) {
  constexpr std::size_t usual_bytes = 96;  // of a thing: a bot of the shipped rules has 80
  bytes.reserve(bytes.size() + usual_bytes * w.thing_count_);
  byte_writer out{bytes};
  out.u8(format_version);
  out.varint(w.seq_);
  out.varint(w.tick_);
  out.varint(w.turns_);
  out.varint(w.next_serial_);
  out.u64(w.hash());
  encode(out, w.settings_);
  out.text(w.catalogue_->description());
  const auto& kinds = w.catalogue_->kinds();
  byte_piece piece{out};
  write_thing(piece, w.self(), kinds[world_kind]);
  piece.varint(w.thing_count_);
  for (const serial id : w.serials()) {
    const thing& t = *w.find(id);
    write_thing(piece, t, kinds[t.kind]);
  }
  write_memory(piece.rest(), w);
}

bool snapshot_codec::read_thing(byte_reader& in, world& w, std::vector<effect>& hands) {
  effect born;
  born.type = effect_type::created;
  born.thing = in.varint();
  born.pos = decode_vec3(in);
  creation how = decode_creation(in);
  if (const serial carrier = std::exchange(how.parent, world_serial); carrier != world_serial) {
    effect& taken = hands.emplace_back();
    taken.type = effect_type::carried;
    taken.thing = born.thing;
    taken.bits = carrier;
  }
  born.more = details(std::move(how));
  if (!in.ok() || !w.try_apply(born)) return false;
  thing& t = w.at(born.thing);
  const kind& k = w.catalogue_->kinds()[t.kind];
  for (std::size_t slot = 0; slot < k.properties.size(); ++slot) {
    value v = decode_value(in, k.properties[slot].type);
    if (v.type == value_type::text) t.texts[t.cells[slot]] = std::move(v.text);
    else t.cells[slot] = v.bits;
  }
  return in.ok();
}

void snapshot_codec::read_memory(byte_reader& in, world& w) {
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    if (w.graves_.size() == world::graves_max) in.fail();
    grave g;
    g.thing = in.varint();
    g.cause = in.text(name_bytes_max);
    g.heir = in.varint() - 1;
    if (g.heir <= g.thing) in.fail();  // as world::fits() has it
    w.graves_.push_back(std::move(g));
  }
  w.actions_ = in.varint();
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
    std::string cause{in.text(name_bytes_max)};
    w.deaths_[std::move(cause)] = in.varint();
  }
}

bool snapshot_codec::read(byte_reader& in, world& w, std::uint64_t& stored_hash) {
  if (in.u8() != format_version) return false;
  const std::uint64_t seq = in.varint();
  const std::uint64_t tick = in.varint();
  const std::uint64_t turns = in.varint();
  const serial next_serial = in.varint();
  for (const std::uint64_t counter : {seq, tick, turns, next_serial})
    if (counter > world::counter_max) return false;
  stored_hash = in.u64();
  effect settled;
  settled.type = effect_type::configured;
  settled.more = details(decode_settings(in));
  effect known;
  known.type = effect_type::catalogued;
  known.more = details(decode_catalogue(in.text(in.left())));
  if (!in.ok() || !w.try_apply(settled) || !w.try_apply(known)) return false;
  std::vector<effect> hands;
  if (!read_thing(in, w, hands)) return false;
  for (std::size_t left = in.count(); left > 0; --left)
    if (!read_thing(in, w, hands)) return false;
  for (const effect& taken : hands)
    if (!w.try_apply(taken)) return false;
  read_memory(in, w);
  if (next_serial < w.next_serial_) return false;
  w.seq_ = seq;
  w.tick_ = tick;
  w.turns_ = turns;
  w.next_serial_ = next_serial;
  w.hash_ = w.hash_of_things();
  return in.ok() && in.at_end();
}

void append_snapshot(std::string& bytes, const world& w) { snapshot_codec::write(bytes, w); }

std::string encode_snapshot(const world& w) {
  std::string bytes;
  append_snapshot(bytes, w);
  return bytes;
}

std::unique_ptr<world> decode_unproved_snapshot(std::string_view bytes,
                                                std::uint64_t& stored_hash) {
  byte_reader in{bytes};
  auto w = std::make_unique<world>();
  if (!snapshot_codec::read(in, *w, stored_hash)) return nullptr;
  return w;
}

std::unique_ptr<world> decode_snapshot(std::string_view bytes) {
  std::uint64_t stored_hash = 0;
  auto w = decode_unproved_snapshot(bytes, stored_hash);
  return w && w->hash() == stored_hash ? std::move(w) : nullptr;
}

}  // namespace unscripted::core
