// How long things took: a histogram of fixed size, each bucket at most 1/32 wide of its value.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace unscripted::cli {

/// Nanoseconds, up to an hour. Adding costs a few instructions and no memory. Not thread-safe.
class latency_histogram {
public:
  void add(std::uint64_t ns) {
    ++buckets_[bucket_of(ns)];
    ++count_;
  }
  void add(const latency_histogram& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
  }

  std::uint64_t count() const { return count_; }

  /// The least latency that `ratio` (0..1) of all stayed below or at, rounded up to its bucket's
  /// end; 0 where nothing was added.
  std::uint64_t quantile_ns(double ratio) const {
    const auto wanted = static_cast<std::uint64_t>(ratio * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen > wanted || (seen == count_ && count_ > 0)) return end_of(i);
    }
    return 0;
  }

private:
  static constexpr unsigned sub_bits = 5;
  static constexpr std::uint64_t sub_count = 1U << sub_bits;
  static constexpr std::uint64_t longest_ns = (1ULL << 42) - 1;  // 73 minutes

  static std::size_t bucket_of(std::uint64_t ns) {
    if (ns > longest_ns) ns = longest_ns;
    if (ns < sub_count) return static_cast<std::size_t>(ns);
    const auto shift = static_cast<unsigned>(std::bit_width(ns)) - 1 - sub_bits;
    return static_cast<std::size_t>((shift + 1) * sub_count + ((ns >> shift) - sub_count));
  }

  static std::uint64_t end_of(std::size_t bucket) {
    if (bucket < sub_count) return bucket;
    const auto shift = bucket / sub_count - 1;
    return (((bucket % sub_count) + sub_count + 1) << shift) - 1;
  }

  std::array<std::uint64_t, (42 - sub_bits + 1) * sub_count> buckets_{};
  std::uint64_t count_ = 0;
};

}  // namespace unscripted::cli
