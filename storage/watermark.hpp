// How far writes were acknowledged, in a file of its own beside the write-ahead log: what tells,
// when the log is damaged, whether anything acknowledged is missing. Internal to storage.
#pragma once

#include "storage/failure.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>

namespace unscripted::storage {

/// RocksDB numbers each key that is written, from 1; `sequence` is the number of the last one.
///
/// The file is written after each write and never synced: exact after a kill, after a power cut it
/// may say less than was acknowledged.
class watermark {
public:
  enum class state : std::uint8_t { missing, unreadable, good };
  struct reading {
    state found = state::missing;
    std::uint64_t sequence = 0;  // 0 unless good
  };

  /// What the file in a folder says. Changes nothing. [blocking]
  static reading read(const std::filesystem::path& folder);

  /// Writes the file anew, synced, whatever it said. Failures: io. [blocking]
  static result<std::unique_ptr<watermark>> begin(const std::filesystem::path& folder,
                                                  std::uint64_t sequence);
  ~watermark();
  watermark(const watermark&) = delete;
  watermark& operator=(const watermark&) = delete;

  /// Everything up to `sequence` is about to be acknowledged. A lower one than before changes
  /// nothing. The error is that of the operating system. [any thread]
  std::optional<std::error_code> raise(std::uint64_t sequence);

private:
  watermark(int file, std::uint64_t sequence) : file_(file), sequence_(sequence) {}

  int file_;
  std::mutex mutex_;
  std::uint64_t sequence_;  // what the file says
};

inline constexpr const char* watermark_file_name = "WATERMARK";

}  // namespace unscripted::storage
