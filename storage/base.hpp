// Where a history begins: before its first record at the founding of the world, or at a state that
// is kept as a snapshot, because it is a fork or since its older records were pruned. The layout is
// in format.md. Internal to storage.
#pragma once

#include "core/ids.hpp"
#include "storage/commit.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::storage {

/// All zero for a history that has its first record.
struct history_base {
  std::uint64_t seq = 0;         // the first record is the one after
  std::uint64_t tick = 0;        // of the state at `seq`
  std::uint64_t state_hash = 0;  // likewise
  chain_value chain{};           // what the chain of the first commit follows from

  // What pruning took away of what the head counts.
  std::uint64_t commits_gone = 0;
  std::int64_t snapshots_gone = 0;  // less than 0 where pruning made the one at `seq`

  // Of a fork: whose state it began with, and when. It stays when the fork is pruned.
  core::world_number parent = 0;  // 0: not a fork
  std::uint64_t parent_seq = 0;
};

void encode_base(const history_base& base, std::string& out);
/// Nothing on wrong bytes.
std::optional<history_base> decode_base(std::string_view bytes);

}  // namespace unscripted::storage
