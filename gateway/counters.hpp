// What the doors count, for `server.status` and `/metrics`. [any thread]
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace unscripted::gateway {

/// Counted by one thread at a time, the doors': no locked addition is needed. [any thread reads]
class door_count {
public:
  void add(std::uint64_t n) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::uint64_t load() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// Of one door.
struct door_counters {
  std::atomic<std::uint64_t> connections{0};  // now
  std::atomic<std::uint64_t> connections_total{0};
  std::atomic<std::uint64_t> refused_total{0};  // the server, or its address, had as many as it may
  std::atomic<std::uint64_t> received_bytes_total{0};
  std::atomic<std::uint64_t> sent_bytes_total{0};
};

/// One of a door's connections, counted as long as this lives. [the door's thread]
class counted_connection {
public:
  explicit counted_connection(door_counters& door) : door_(&door) {
    door.connections.fetch_add(1, std::memory_order_relaxed);
    door.connections_total.fetch_add(1, std::memory_order_relaxed);
  }
  ~counted_connection() { door_->connections.fetch_sub(1, std::memory_order_relaxed); }
  counted_connection(const counted_connection&) = delete;
  counted_connection& operator=(const counted_connection&) = delete;

  void received(std::size_t bytes) {
    door_->received_bytes_total.fetch_add(bytes, std::memory_order_relaxed);
  }
  /// [any thread]
  void sent(std::size_t bytes) {
    door_->sent_bytes_total.fetch_add(bytes, std::memory_order_relaxed);
  }

private:
  door_counters* door_;
};

/// How long something took, in buckets. Counting costs two additions; there is no lock, so that a
/// reader may see a time in its bucket and not yet in the sum.
class duration_histogram {
public:
  /// The upper ends of all buckets but the last, which has none.
  static constexpr std::array<std::uint64_t, 18> bounds_us = {
      25,     50,     100,     250,     500,     1'000,     2'500,     5'000,     10'000,
      25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};

  void note(std::chrono::nanoseconds took) {
    const auto ns = static_cast<std::uint64_t>(took.count());
    std::size_t bucket = 0;
    while (bucket < bounds_us.size() && ns > bounds_us[bucket] * 1000) ++bucket;
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_ns_.fetch_add(ns, std::memory_order_relaxed);
  }

  std::uint64_t in_bucket(std::size_t i) const {
    return buckets_[i].load(std::memory_order_relaxed);
  }
  std::uint64_t sum_ns() const { return sum_ns_.load(std::memory_order_relaxed); }

private:
  std::array<std::atomic<std::uint64_t>, bounds_us.size() + 1> buckets_{};
  std::atomic<std::uint64_t> sum_ns_{0};
};

struct counters {
  std::atomic<std::uint64_t> sessions{0};  // now
  std::atomic<std::uint64_t> sessions_total{0};
  door_count frames_total;                          // requests of conversations
  door_count submitted_frames_total;                // of those: handed to worlds, or to the archive
  std::atomic<std::uint64_t> v1_requests_total{0};  // all of which count as handed to worlds
  duration_histogram request_time;  // of one request in eight, from its reading to its answer
  alignas(64) std::atomic<std::uint64_t> answered_total{0};  // of those; by the worlds' threads
  door_counters tcp, http, web_socket;

  std::uint64_t connections() const {
    return tcp.connections.load(std::memory_order_relaxed) +
           http.connections.load(std::memory_order_relaxed) +
           web_socket.connections.load(std::memory_order_relaxed);
  }

  std::uint64_t requests_total() const { return frames_total.load() + v1_requests_total; }
  std::uint64_t submitted_total() const {
    return submitted_frames_total.load() + v1_requests_total;
  }
};

}  // namespace unscripted::gateway
