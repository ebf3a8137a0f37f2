// A thread that hands mail to clients while the worlds it came from go on.
//
// A send costs some 4 µs, most of it the system's. Where clients ask much at once the thread of
// their world is never done, and a sixth of its time were sends. Those who ask one by one wait for
// their answers, and another thread in between only makes them later: 0.75 of the rate of ten.
//
// What waits here is bounded: answers by what clients may have in flight, since they count until
// they were sent; and where thousands of letters wait, who brings more waits as well.
#pragma once

#include "actors/client.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace unscripted::actors {

/// Sends all in the order in which it was given. [any thread]
class postman {
public:
  postman();
  ~postman();  // sends what it has first
  postman(const postman&) = delete;
  postman& operator=(const postman&) = delete;

  /// Takes letters, and leaves others in their place that were sent before: for nobody, with
  /// nothing but the memory of their text. Returns the number of the last it took.
  std::uint64_t carry(std::vector<letter>& letters);
  /// Whether all up to that number was sent; 0: nothing was given.
  bool has_sent(std::uint64_t number) const { return sent_ >= number; }
  /// Returns once it was. [not the postman's own thread]
  void wait_until_sent(std::uint64_t number) const;
  bool is_resting() const { return sent_ == taken_; }
  bool is_full() const { return taken_ - sent_ >= waiting_max; }

  static constexpr std::uint64_t waiting_max = 4096;

private:
  void work();

  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<letter> waiting_, emptied_;
  bool is_ending_ = false;
  std::atomic<std::uint64_t> taken_{0}, sent_{0};
  std::thread thread_;
};

/// The way of one world's mail: by the postman where that is worth it. Used by one thread at a
/// time.
class mail_route {
public:
  explicit mail_route(postman* by) : by_(by) {}  // null: the world's thread sends

  /// Sends these behind what it was given before. Leaves letters that were sent, of now or before,
  /// for their memory.
  void send(std::vector<letter>& letters);
  /// Returns once all of it was sent, by whoever.
  void settle() const;

private:
  bool goes_by_postman(const std::vector<letter>& letters) const;
  bool is_behind() const { return !by_->has_sent(last_); }

  postman* by_;
  std::uint64_t last_ = 0;  // number of the last letter that the postman was given
};

}  // namespace unscripted::actors
