// Where a history ends: written with every commit, and compared with the commits at recovery, so
// that a missing end is noticed like a missing middle. The layout is in format.md. Internal to
// storage.
#pragma once

#include "storage/commit.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::storage {

struct history_head {
  std::uint64_t last_seq = 0;
  std::uint64_t tick = 0;
  std::uint64_t commit_count = 0;
  std::uint64_t snapshot_seq = 0;  // of the newest; 0 while there is none
  std::uint64_t snapshot_count = 0;
  std::uint64_t state_hash = 0;
  chain_value chain{};
};

void encode_head(const history_head& head, std::string& out);
/// Nothing on wrong bytes.
std::optional<history_head> decode_head(std::string_view bytes);

}  // namespace unscripted::storage
