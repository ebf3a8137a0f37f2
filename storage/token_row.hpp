// What a data folder keeps of tokens: who may speak to the server, and which bots are whose. The
// meaning is the gateway's; the layout is in format.md.
#pragma once

#include "core/ids.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::storage {

inline constexpr std::size_t digest_bytes = 32;
inline constexpr std::size_t token_name_bytes_max = 64;

/// Times are Unix ms; 0: never.
struct token_row {
  std::uint64_t number = 0;                         // from 1
  std::array<std::uint8_t, digest_bytes> digest{};  // SHA-256 of the secret; that is kept nowhere
  std::uint8_t role = 0;                            // the gateway's
  core::world_number world = 0;                     // the only one that it is good for; 0: any
  core::serial bot = core::no_thing;                // likewise, in that world
  std::int64_t created_ms = 0, expires_ms = 0, revoked_ms = 0;
  std::int64_t used_ms = 0;  // to the hour
  std::string name;          // for its owner to know it by

  friend bool operator==(const token_row&, const token_row&) = default;
};

std::string encode_token(const token_row& row);
/// Nothing on wrong bytes.
std::optional<token_row> decode_token(std::uint64_t number, std::string_view bytes);

/// Whose a bot is. An heir has the owner of the dead, and is of its line.
struct owned_bot {
  core::serial bot = core::no_thing;
  std::uint64_t principal = 0;         // the number of a token; 0: nobody's
  core::serial line = core::no_thing;  // the first one of its line

  friend bool operator==(const owned_bot&, const owned_bot&) = default;
};

std::string encode_owner(const owned_bot& bot);
std::optional<owned_bot> decode_owner(core::serial bot, std::string_view bytes);

}  // namespace unscripted::storage
