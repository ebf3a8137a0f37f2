// How far a long work is: one line on standard error, redrawn in place. Elsewhere than on a
// terminal nothing is shown.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace unscripted::cli {

/// Shows from its first update on, until it is destroyed. Not thread-safe.
class progress_bar {
public:
  /// `unit` is what is counted: "records", "bytes".
  explicit progress_bar(std::string unit);
  ~progress_bar();
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  /// Redraws a few times a second at most. `total` 0: not known.
  void update(std::uint64_t done, std::uint64_t total);
  /// The same with a text of one's own behind the bar, which then says all.
  void update(std::uint64_t done, std::uint64_t total, std::string_view text);

private:
  using clock = std::chrono::steady_clock;

  bool is_due(std::uint64_t done);
  void draw(std::uint64_t done, std::uint64_t total, std::string_view text);

  std::string unit_;
  bool is_terminal_;
  bool is_drawn_ = false;
  std::uint64_t first_ = 0;     // done when it began
  clock::time_point began_;     // of the first update
  clock::time_point drawn_at_;  // of the last drawing
};

/// What a person reads of a work that took `seconds` so far: rate, and the time left where `total`
/// is known: "1,234 of 5,678 records · 12,345 records/s · 3 s left".
std::string progress_text(std::uint64_t done, std::uint64_t total, std::string_view unit,
                          double per_second);

/// "12 s", "3 min 4 s", "2 h 5 min".
std::string duration_text(double seconds);

/// A bar of so many columns, [####----]; `done` of `total`.
std::string bar_text(std::uint64_t done, std::uint64_t total, std::size_t columns);

}  // namespace unscripted::cli
