// Makes one process the only user of a data folder, and lets others say which process that is.
#pragma once

#include "storage/failure.hpp"

#include <filesystem>

namespace unscripted::storage {

/// Holds the lock on a folder as long as it lives; the operating system releases it when the
/// process ends, however it ends. The lock is flock() on a file of its own, which holds the process
/// id.
class folder_lock {
public:
  /// Makes the folder if it is not there, and locks it.
  /// Failures: unusable_folder, in_use. [blocking]
  static result<folder_lock> take(const std::filesystem::path& folder);

  folder_lock(folder_lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  folder_lock& operator=(folder_lock&&) = delete;
  ~folder_lock();

private:
  explicit folder_lock(int file) : file_(file) {}

  int file_ = -1;
};

inline constexpr const char* lock_file_name = "LOCK.unscripted";

}  // namespace unscripted::storage
