// The binary form of records, catalogues, settings and snapshots. The grammar is in
// storage/format.md. Decoding takes every byte as hostile: a wrong one gives nothing, never a crash
// or a guess.
#pragma once

#include "core/world.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::core {

class byte_writer;
class byte_reader;

inline constexpr std::uint8_t format_version = 1;

/// In which order the parts of a record stand. Only the newest is written.
enum class record_grammar : std::uint8_t {
  in_order = 1,     // the command, then effect by effect
  heads_first = 2,  // the heads of all effects, the command, the contents of the effects
};

/// Appends one record without its sequence and tick, which follow from those before it.
/// `before` is the catalogue in force before the record (it knows the types of arguments); null
/// before a world's first record.
void encode(byte_writer& out, const catalogue* before, const record& r);
/// The next record. The caller sets r.seq, and r.tick to the tick before; where the record ticks,
/// r.tick becomes the tick after. False, and the reader failed, on wrong bytes.
[[nodiscard]] bool decode(byte_reader& in, const catalogue* before, record& r,
                          record_grammar grammar = record_grammar::heads_first);

/// Everything but behaviours.
std::string describe(const catalogue_parts& parts);
[[nodiscard]] catalogue_ptr decode_catalogue(std::string_view bytes);

/// A world's whole state. Cost: of the world.
std::string encode_snapshot(const world& w);
/// The same behind what is there already: a large one is not copied once more.
void append_snapshot(std::string& bytes, const world& w);
/// A world with a catalogue without behaviours; null on wrong bytes, or where the state does not
/// have the hash that was stored with it.
[[nodiscard]] std::unique_ptr<world> decode_snapshot(std::string_view bytes);

}  // namespace unscripted::core
