// Secrets: where they come from, how they are kept, how they are compared. OpenSSL stays behind
// this header.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace unscripted::gateway {

inline constexpr std::size_t secret_bytes = 16;

using secret = std::array<std::uint8_t, secret_bytes>;
using digest = std::array<std::uint8_t, 32>;

/// 128 bits from the kernel. Ends the process where it has none to give: no token is better than
/// one that can be guessed.
secret random_secret();

/// 256 bits, likewise.
digest random_key();

/// SHA-256. So many random bits need no slow hash: nobody can try them all.
digest digest_of(const secret& s);
/// HMAC-SHA-256, the first half of it.
secret sign(const digest& key, std::string_view text);

/// Takes as long wherever they differ, so that nobody can feel his way to a secret.
bool are_equal(const digest& a, const digest& b);
bool are_equal(const secret& a, const secret& b);

/// Lower-case hex digits.
std::string to_hex(std::span<const std::uint8_t> bytes);
/// False unless `text` is just so many lower-case hex digits.
bool read_hex(std::string_view text, std::span<std::uint8_t> bytes);

}  // namespace unscripted::gateway
