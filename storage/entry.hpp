// What the store knows of a world besides its history. The layout is in format.md. Internal to
// storage.
#pragma once

#include "storage/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace unscripted::storage {

enum class entry_state : std::uint8_t {
  deleted = 0,  // its bytes have not left the disk yet
  living = 1,
  incoming = 2,  // it is being imported: one that is found at the next open is deleted
};

struct stored_entry {
  entry_state state = entry_state::living;
  world_entry world;  // of a living one
};

inline constexpr std::size_t entry_name_bytes_max = 4096;

std::string encode_entry(const world_entry& living);
/// Nothing but the state, so that the name can leave the disk.
std::string encode_entry(entry_state state);
/// Nothing on wrong bytes.
std::optional<stored_entry> decode_entry(core::world_number number, std::string_view bytes);

failure damaged_entry(core::world_number number);
failure no_such_world(core::world_number number);

}  // namespace unscripted::storage
