// What may be done with a write-ahead log that is damaged: opened up to the damage, or refused.
// Decides and finds the words; opens nothing itself. Internal to storage.
#pragma once

#include "storage/durability.hpp"
#include "storage/failure.hpp"
#include "storage/watermark.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace unscripted::storage {

/// A folder whose log is readable only in part. Sequences are those of watermark.hpp.
struct damaged_log {
  std::filesystem::path folder;
  std::string damage;      // in RocksDB's words; empty where no byte is wrong and the log just ends
  std::uint64_t kept = 0;  // the last write that is readable
  watermark::reading acknowledged;
};

/// For a log with garbled bytes: the warning with which it is opened up to them, or, where
/// something acknowledged is missing or may be, the failure (corrupt) with which it is refused
/// unless that was accepted. [pure]
result<std::string> judge_garbled(const damaged_log& log, bool accept_data_loss);

/// For a log without garbled bytes, which may end early: nothing, or a warning, or the failure with
/// which it is refused unless that was accepted. With durability wal a power cut may take the last
/// second, so only with fsync anything missing is a reason to refuse. [pure]
result<std::optional<std::string>> judge_end(const damaged_log& log, durability mode,
                                             bool accept_data_loss);

}  // namespace unscripted::storage
