#include "storage/token_row.hpp"

#include "core/bytes.hpp"

#include <limits>

namespace unscripted::storage {

namespace {

constexpr std::uint8_t version = 1;

}  // namespace

std::string encode_token(const token_row& row) {
  std::string bytes;
  core::byte_writer out(bytes);
  out.u8(version);
  for (const std::uint8_t b : row.digest) out.u8(b);
  out.u8(row.role);
  out.varint(row.world);
  out.varint(row.bot + 1);
  out.zigzag(row.created_ms);
  out.zigzag(row.expires_ms);
  out.zigzag(row.revoked_ms);
  out.zigzag(row.used_ms);
  out.text(row.name);
  return bytes;
}

std::optional<token_row> decode_token(std::uint64_t number, std::string_view bytes) {
  core::byte_reader in(bytes);
  if (in.u8() != version) return std::nullopt;
  token_row row;
  row.number = number;
  for (std::uint8_t& b : row.digest) b = in.u8();
  row.role = in.u8();
  const std::uint64_t world = in.varint();
  if (world > std::numeric_limits<core::world_number>::max()) return std::nullopt;
  row.world = static_cast<core::world_number>(world);
  row.bot = in.varint() - 1;
  row.created_ms = in.zigzag();
  row.expires_ms = in.zigzag();
  row.revoked_ms = in.zigzag();
  row.used_ms = in.zigzag();
  row.name = in.text(token_name_bytes_max);
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return row;
}

std::string encode_owner(const owned_bot& bot) {
  std::string bytes;
  core::byte_writer out(bytes);
  out.varint(bot.principal);
  out.varint(bot.line);
  return bytes;
}

std::optional<owned_bot> decode_owner(core::serial bot, std::string_view bytes) {
  core::byte_reader in(bytes);
  owned_bot owned{bot, in.varint(), 0};
  owned.line = in.varint();
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return owned;
}

}  // namespace unscripted::storage
