#include "storage/entry.hpp"

#include "core/bytes.hpp"

namespace unscripted::storage {

std::string encode_entry(const world_entry& living) {
  std::string bytes = encode_entry(entry_state::living);
  core::byte_writer out(bytes);
  out.zigzag(living.created_ms);
  out.text(living.name);
  if (living.keep_days > 0 || living.owner > 0) out.varint(living.keep_days);
  if (living.owner > 0) out.varint(living.owner);
  return bytes;
}

std::string encode_entry(entry_state state) { return {static_cast<char>(state)}; }

std::optional<stored_entry> decode_entry(core::world_number number, std::string_view bytes) {
  core::byte_reader in(bytes);
  stored_entry entry;
  const std::uint8_t state = in.u8();
  if (state > static_cast<std::uint8_t>(entry_state::incoming)) return std::nullopt;
  entry.state = static_cast<entry_state>(state);
  if (entry.state == entry_state::living) {
    entry.world.number = number;
    entry.world.created_ms = in.zigzag();
    entry.world.name = in.text(entry_name_bytes_max);
    const std::uint64_t days = in.at_end() ? 0 : in.varint();
    if (days > keep_days_max) return std::nullopt;
    entry.world.keep_days = static_cast<std::uint32_t>(days);
    entry.world.owner = in.at_end() ? 0 : in.varint();
  }
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return entry;
}

failure damaged_entry(core::world_number number) {
  return {failure_kind::corrupt, "the entry of world " + std::to_string(number) +
                                     " is not readable: restore the data folder from a backup"};
}

failure no_such_world(core::world_number number) {
  return {failure_kind::not_found, "there is no world " + std::to_string(number) +
                                       " in the data folder: ask for the list of worlds"};
}

}  // namespace unscripted::storage
