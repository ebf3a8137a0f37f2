// Mixing of 64-bit words: the base of the state hash and of keyed randomness.
//
// The finaliser is that of SplitMix64 (Steele, Lea, Flood 2014; constants of David Stafford's
// variant 13). It is a bijection with good avalanche; it is not cryptography.
#pragma once

#include <cstdint>
#include <string_view>

namespace unscripted::core {

constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) { return mix(mix(a) ^ b); }

constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  return mix(mix(a, b) ^ c);
}

/// Of bytes, eight at a time; the length counts.
constexpr std::uint64_t mix_text(std::string_view text) {
  std::uint64_t hash = mix(text.size());
  for (std::size_t i = 0; i < text.size(); i += 8) {
    std::uint64_t word = 0;
    for (std::size_t j = i; j < text.size() && j < i + 8; ++j)
      word |= std::uint64_t{static_cast<unsigned char>(text[j])} << (8 * (j - i));
    hash = mix(hash ^ word);
  }
  return hash;
}

}  // namespace unscripted::core
