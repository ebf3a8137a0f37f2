// How often a plugin's functions were called, and how that went. Counted beside the world, never
// read by it: counts cannot influence an outcome. [any thread]
//
// Each thread counts in a place of its own, so that two worlds on two cores don't share a cache
// line; the first threads of a process need no locked instruction (6 ns each) for it. Times are
// kept in a histogram of eight buckets an octave, which all threads share: one call in
// `timed_every` is timed.
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
  std::uint64_t p99_ns = 0;   // of the same; within 7 %
  std::uint64_t timed_calls = 0, timed_ns = 0;
};

class counters {
public:
  static constexpr std::uint64_t timed_every = 64;

  /// Counts one call; true where this one should be timed.
  bool begin() noexcept { return count(&place::calls) % timed_every == 0; }
  void refused() noexcept { count(&place::refusals); }
  void faulted() noexcept { count(&place::faults); }
  void timed(std::uint64_t ns) noexcept;

  counts sum() const noexcept;

private:
  struct alignas(64) place {
    std::atomic<std::uint64_t> calls{0}, refusals{0}, faults{0}, timed_calls{0}, timed_ns{0};
  };

  static constexpr std::size_t place_count = 16;
  static constexpr std::size_t owned_count = 12;  // places of one thread each; all others share
  static constexpr std::size_t bucket_count = 37UL * 8;  // up to 2^39 ns, nine minutes

  /// Adds to what this thread counts, and returns what was there.
  std::uint64_t count(std::atomic<std::uint64_t> place::*what, std::uint64_t by = 1) noexcept {
    const std::size_t here = place_of_thread();
    auto& number = places_[here].*what;
    if (here >= owned_count) return number.fetch_add(by, std::memory_order_relaxed);
    const std::uint64_t before = number.load(std::memory_order_relaxed);
    number.store(before + by, std::memory_order_relaxed);
    return before;
  }
  static std::size_t place_of_thread() noexcept {
    thread_local constinit std::size_t place = place_count;
    if (place == place_count) [[unlikely]]
      place = next_place();
    return place;
  }
  static std::size_t next_place() noexcept;

  std::array<place, place_count> places_;
  std::array<std::atomic<std::uint32_t>, bucket_count> times_{};
};

}  // namespace unscripted::plugins
