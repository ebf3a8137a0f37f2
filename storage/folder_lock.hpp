// Makes one process the only user of a data folder, and lets others say which process that is.
#pragma once

#include "storage/failure.hpp"

#include <filesystem>

namespace unscripted::storage {

/// Holds the lock on a folder as long as it lives; the operating system releases it when the
/// process ends, however it ends. The lock is flock() on a file of its own, which holds the process
/// id of the last one who could write.
class folder_lock {
public:
  /// Makes the folder if it is not there, and locks it.
  /// Failures: unusable_folder, in_use. [blocking]
  static result<folder_lock> take(const std::filesystem::path& folder);
  /// Locks it against those who write, together with others who read. Writes nothing: where the
  /// folder has no file to lock, it holds nothing, since nobody has opened it to write yet.
  /// Failures: unusable_folder, in_use. [blocking]
  static result<folder_lock> share(const std::filesystem::path& folder);

  /// Holds nothing.
  folder_lock() = default;
  folder_lock(folder_lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  folder_lock& operator=(folder_lock&&) = delete;
  ~folder_lock();

private:
  explicit folder_lock(int file) : file_(file) {}

  int file_ = -1;
};

inline constexpr const char* lock_file_name = "LOCK.unscripted";

/// Makes the names in a folder survive a power cut. False where the disk refuses. [blocking]
bool sync_folder(const std::filesystem::path& folder);

}  // namespace unscripted::storage
