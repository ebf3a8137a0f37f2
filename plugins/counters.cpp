#include "plugins/counters.hpp"

#include <algorithm>
#include <bit>

namespace unscripted::plugins {

namespace {

constexpr unsigned bits_of_step = 3;  // eight buckets an octave
constexpr std::uint64_t steps = 1u << bits_of_step;

// Below 16 each number has a bucket of its own; above, the leading bit and the three after it
// count.
std::size_t bucket_of(std::uint64_t ns) noexcept {
  if (ns < 2 * steps) return static_cast<std::size_t>(ns);
  const unsigned shift = static_cast<unsigned>(std::bit_width(ns)) - bits_of_step - 1;
  return static_cast<std::size_t>(shift * steps + (ns >> shift));
}

// What stands for all times of a bucket: its middle.
std::uint64_t time_of(std::size_t bucket) noexcept {
  if (bucket < 2 * steps) return bucket;
  const unsigned shift = static_cast<unsigned>(bucket / steps) - 1;
  return ((steps + bucket % steps) << shift) + (std::uint64_t{1} << shift >> 1);
}

}  // namespace

std::size_t counters::next_place() noexcept {
  static std::atomic<std::size_t> threads{0};
  const std::size_t number = threads.fetch_add(1, std::memory_order_relaxed);
  return number < owned_count ? number : owned_count + number % (place_count - owned_count);
}

void counters::timed(std::uint64_t ns) noexcept {
  count(&place::timed_calls);
  count(&place::timed_ns, ns);
  times_[std::min(bucket_of(ns), bucket_count - 1)].fetch_add(1, std::memory_order_relaxed);
}

counts counters::sum() const noexcept {
  counts total;
  for (const place& p : places_) {
    total.calls += p.calls.load(std::memory_order_relaxed);
    total.refusals += p.refusals.load(std::memory_order_relaxed);
    total.faults += p.faults.load(std::memory_order_relaxed);
    total.timed_calls += p.timed_calls.load(std::memory_order_relaxed);
    total.timed_ns += p.timed_ns.load(std::memory_order_relaxed);
  }
  if (total.timed_calls != 0) total.mean_ns = total.timed_ns / total.timed_calls;

  std::uint64_t in_buckets = 0;  // may be another number than timed_calls while others count
  for (const auto& times : times_) in_buckets += times.load(std::memory_order_relaxed);
  std::uint64_t slower = in_buckets / 100, above = 0;
  for (std::size_t i = bucket_count; i-- > 0 && in_buckets > 0;) {
    above += times_[i].load(std::memory_order_relaxed);
    if (above <= slower) continue;
    total.p99_ns = time_of(i);
    break;
  }
  return total;
}

}  // namespace unscripted::plugins
