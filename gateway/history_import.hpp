// Takes a history in that was exported as JSON Lines (history_export, docs/history-jsonl.md): the
// same records, the same commits at the same times, the same state hash and the same chain.
//
// Needs no plugin. Every byte of the file is taken as hostile: each record must be one that the
// world before it can take, each commit must lead to the hash and to the chain that the file says,
// and the file must have its end. What does not fit is refused with its line; nothing is imported
// then.
#pragma once

#include "core/ids.hpp"
#include "storage/commit.hpp"
#include "storage/failure.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <string>

namespace unscripted::gateway {

struct import_options {
  /// Of the new world: 1 to 64 bytes of UTF-8 without control characters. That of the file where
  /// absent. Names are not compared with those of other worlds; the settings within the history
  /// keep theirs.
  std::optional<std::string> name;
  /// The number of the token whose the world is; 0: nobody's.
  std::uint64_t owner = 0;
  /// Called after each commit with the number of records so far; false gives the import up.
  std::function<bool(std::uint64_t)> progress;
};

struct imported {
  core::world_number world = 0;
  std::string name;
  std::uint64_t records = 0;
  std::uint64_t seq = 0, tick = 0;  // at the end
  std::uint64_t state_hash = 0;
  storage::chain_value chain{};
};

/// Nobody sees the world before it is whole; where anything fails it is deleted again. Memory: the
/// world, one commit, and one line: 256 MiB at most for the first, 32 MiB for the others. Failures:
/// corrupt (the file, with the line), misuse (the name; it was given up), io, broken. [blocking]
storage::result<imported> import_history(storage::store& into, std::istream& file,
                                         const import_options& options = {});

}  // namespace unscripted::gateway
