// Finds peers that do not read what the server keeps for them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace unscripted::gateway {

/// Of one connection. Asked once a second.
class slow_reader {
public:
  using clock = std::chrono::steady_clock;

  /// True where something was unread all the while, and hardly any of it was taken. `taken`: all
  /// bytes that the peer ever took. So one that takes a byte now and then does not hold more than
  /// one that takes none.
  bool is_too_slow(clock::time_point now, clock::duration patience, std::size_t unread,
                   std::uint64_t taken) {
    const bool goes_on = taken - taken_then_ >= taken_least;
    if (unread == 0 || goes_on || since_ == clock::time_point{}) return begin(now, taken);
    return now - since_ >= patience - between_looks;
  }

private:
  static constexpr std::chrono::seconds between_looks{1};
  static constexpr std::uint64_t taken_least = 16UL * 1024;  // while patience lasts

  bool begin(clock::time_point now, std::uint64_t taken) {
    since_ = now;
    taken_then_ = taken;
    return false;
  }

  clock::time_point since_{};
  std::uint64_t taken_then_ = 0;
};

}  // namespace unscripted::gateway
