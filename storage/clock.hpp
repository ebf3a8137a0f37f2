// The time of the day, as histories keep it: when a commit was appended, when a world was made.
#pragma once

#include <chrono>
#include <cstdint>

namespace unscripted::storage {

/// Milliseconds of Unix time. May be set back at any moment.
inline std::int64_t unix_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace unscripted::storage
