// How often a plugin's functions were called, and how that went. Counted beside the world, never
// read by it: counts cannot influence an outcome. [any thread]
//
// Each thread counts in a place of its own, so that two worlds on two cores don't share a cache
// line.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace unscripted::plugins {

struct counts {
  std::uint64_t calls = 0;
  std::uint64_t refusals = 0;
  std::uint64_t faults = 0;
  std::uint64_t mean_ns = 0;  // of the calls that were timed: one in `timed_every`
};

class counters {
public:
  static constexpr std::uint64_t timed_every = 64;

  /// Counts one call; true where this one should be timed.
  bool begin() noexcept {
    return mine().calls.fetch_add(1, std::memory_order_relaxed) % timed_every == 0;
  }
  void refused() noexcept { mine().refusals.fetch_add(1, std::memory_order_relaxed); }
  void faulted() noexcept { mine().faults.fetch_add(1, std::memory_order_relaxed); }
  void timed(std::uint64_t ns) noexcept {
    mine().timed_calls.fetch_add(1, std::memory_order_relaxed);
    mine().timed_ns.fetch_add(ns, std::memory_order_relaxed);
  }

  counts sum() const noexcept;

private:
  struct alignas(64) place {
    std::atomic<std::uint64_t> calls{0}, refusals{0}, faults{0}, timed_calls{0}, timed_ns{0};
  };

  static constexpr std::size_t place_count = 16;

  place& mine() noexcept { return places_[place_of_thread()]; }
  static std::size_t place_of_thread() noexcept;

  std::array<place, place_count> places_;
};

} // namespace unscripted::plugins
