// A world's whole state as a value in RocksDB: a checksum, the chain of the history at that
// sequence, and the state as core encodes it. Internal to storage.
#pragma once

#include "core/world.hpp"
#include "storage/commit.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace unscripted::storage {

/// Cost: of the world.
std::string encode_snapshot(const core::world& w, const chain_value& chain);

/// What the chain of a history that begins with this state follows from: XXH3-128 over its bytes.
chain_value chain_of_state(const core::world& w);

struct decoded_snapshot {
  chain_value chain{};
  std::unique_ptr<core::world> world;  // null where `why_not` says why
  std::string why_not;
};

/// Takes every byte as hostile.
decoded_snapshot decode_snapshot(std::string_view bytes);

}  // namespace unscripted::storage
