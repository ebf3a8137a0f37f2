#include "plugins/counters.hpp"

namespace unscripted::plugins {

std::size_t counters::place_of_thread() noexcept {
  static std::atomic<std::size_t> threads{0};
  thread_local const std::size_t place =
      threads.fetch_add(1, std::memory_order_relaxed) % place_count;
  return place;
}

counts counters::sum() const noexcept {
  counts total;
  std::uint64_t timed_calls = 0, timed_ns = 0;
  for (const place& p : places_) {
    total.calls += p.calls.load(std::memory_order_relaxed);
    total.refusals += p.refusals.load(std::memory_order_relaxed);
    total.faults += p.faults.load(std::memory_order_relaxed);
    timed_calls += p.timed_calls.load(std::memory_order_relaxed);
    timed_ns += p.timed_ns.load(std::memory_order_relaxed);
  }
  if (timed_calls != 0) total.mean_ns = timed_ns / timed_calls;
  return total;
}

} // namespace unscripted::plugins
