// The terms of the state hash: one for each (thing, field), summed modulo 2^64.
//
// A term is mix(key ^ content) where the key is itself mixed from the serial and the field, so
// equal contents in different places give unrelated terms, and a sum (unlike an XOR of raw values)
// does not cancel when two things swap. A change costs one subtraction and one addition of terms.
#pragma once

#include "core/mix.hpp"
#include "core/thing.hpp"

#include <cstdint>

namespace unscripted::core {

enum class hash_field : std::uint32_t {
  identity = 1,  // kind, parent, size, name
  place = 2,
  tick = 3,  // of the world
  turns = 4,
  next_serial = 5,
  settings = 6,
  first_slot = 16,
};

constexpr std::uint64_t hash_key(serial thing, hash_field field, std::uint32_t slot = 0) {
  const std::uint64_t place = static_cast<std::uint64_t>(field) + slot;
  return mix(thing ^ (place << 48) ^ (place * 0xd6e8feb86659fd93u));
}

constexpr std::uint64_t hash_term(std::uint64_t key, std::uint64_t content) {
  return mix(key ^ content);
}

/// Three coordinates in one word, by odd multipliers; hash_term() mixes it.
constexpr std::uint64_t hash_of(const vec3& v) {
  const std::uint64_t word = static_cast<std::uint64_t>(v.x) * 0x9e3779b97f4a7c15u ^
                             static_cast<std::uint64_t>(v.y) * 0xc2b2ae3d27d4eb4fu;
  return word + static_cast<std::uint64_t>(v.z) * 0x165667b19e3779f9u;
}

/// Without the mind: who thinks for a bot, here or in a client, is not what becomes of it.
inline std::uint64_t hash_of_identity(const thing& t) {
  const std::uint64_t kin = mix(t.kind, t.parent);
  return mix(kin ^ hash_of(t.dims), mix_text(t.name));
}

inline std::uint64_t hash_of_cell(const thing& t, const kind& k, std::size_t slot) {
  const bool is_text = k.properties[slot].type == value_type::text;
  return is_text ? mix_text(t.texts[t.cells[slot]]) : t.cells[slot];
}

}  // namespace unscripted::core
