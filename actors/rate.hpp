// How often something may happen: a token bucket, kept as one number.
#pragma once

#include "core/problem.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace unscripted::actors {

/// So much a second, and so much at once after a while of nothing. Both above zero.
struct rate {
  double a_second = 1, at_once = 1;
};

/// The number is the time at which what was granted is paid off. [any thread]
class rate_gate {
public:
  using clock = std::chrono::steady_clock;

  /// Nothing where it is granted; else how long to wait, and nothing was taken. More than may be
  /// had at once is granted where nothing is owed.
  std::optional<clock::duration> take(const rate& r, double amount, clock::time_point now) {
    const auto cost = time_for(r, amount);
    const auto most = std::max(cost, time_for(r, r.at_once));
    auto before = paid_off_.load(std::memory_order_relaxed);
    for (;;) {
      const auto after = std::max(before, since_epoch(now)) + cost.count();
      const clock::duration owed{after - since_epoch(now)};
      if (owed > most) return owed - most;
      if (paid_off_.compare_exchange_weak(before, after, std::memory_order_relaxed))
        return std::nullopt;
    }
  }
  /// Takes it in any case. [one thread]
  void charge(const rate& r, double amount, clock::time_point now) {
    paid_off_ = std::max(paid_off_.load(), since_epoch(now)) + time_for(r, amount).count();
  }
  /// How long nothing can be had; nothing where something can.
  std::optional<clock::duration> wait(const rate& r, clock::time_point now) const {
    const clock::duration owed{paid_off_.load(std::memory_order_relaxed) - since_epoch(now)};
    const auto most = time_for(r, r.at_once);
    return owed > most ? std::optional{owed - most} : std::nullopt;
  }
  bool owes_nothing(clock::time_point now) const { return paid_off_ <= since_epoch(now); }

private:
  static clock::rep since_epoch(clock::time_point t) { return t.time_since_epoch().count(); }
  static clock::duration time_for(const rate& r, double amount) {
    const std::chrono::duration<double> seconds{std::min(amount / r.a_second, 1e8)};
    return std::chrono::duration_cast<clock::duration>(seconds);
  }

  std::atomic<clock::rep> paid_off_{std::numeric_limits<clock::rep>::min() / 2};
};

/// What one is told who came too early.
inline core::problem rate_limited(const std::string& message, rate_gate::clock::duration wait) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  return core::problem{
      core::errc::rate_limited, message + "; try again in " + std::to_string(ms) + " ms", {}}
      .with("retry_after_ms", std::int64_t{ms});
}

}  // namespace unscripted::actors
