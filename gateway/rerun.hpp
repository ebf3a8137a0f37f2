// A stored history, shown to one client as if it happened now: the same events as from a living
// world, at any speed.
#pragma once

#include "actors/subscriptions.hpp"
#include "gateway/hub.hpp"
#include "storage/playback.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

namespace unscripted::gateway {

struct rerun_wish {
  std::uint64_t to_seq = ~std::uint64_t{0};  // stands still there, and says that it ended
  double speed = 1;                          // of life: 1 is a tick every 0.576 s
  double max_hz = 30;                        // the most deltas a second; (0, 1000]
  std::optional<core::serial> bot;           // what this bot sees, else the whole world
  std::optional<core::micrometres> range;    // with bot
};

/// Works on the archive's threads, one at a time. Memory: the world. Where the history cannot be
/// applied as fast as wished, it goes as fast as it can.
class rerun : public std::enable_shared_from_this<rerun> {
public:
  /// `sub` is the number of the subscription, `at` where it begins.
  rerun(hub& shared, std::shared_ptr<actors::client> to, core::world_number world,
        std::uint64_t sub, storage::playback at, const rerun_wish& wish);

  std::uint64_t sub() const { return sub_; }
  const core::world& world() const { return at_->world(); }  // before begin()
  std::uint64_t last_seq() const { return at_->last_seq(); }
  std::uint64_t last_tick() const { return at_->last_tick(); }
  bool has_ended() const { return ended_; }
  /// Call once.
  void begin();
  /// Tells the client nothing more. [any thread]
  void end() { ended_ = true; }

private:
  using clock = std::chrono::steady_clock;

  void step();
  std::optional<storage::failure> advance();
  bool is_over() const;
  std::optional<clock::time_point> tell(clock::time_point now);
  void say_goodbye(const std::string& trouble);
  void wait_until(clock::time_point when);
  actors::view seen() const;

  hub& hub_;
  std::shared_ptr<actors::client> client_;
  core::world_number world_;
  std::uint64_t sub_;
  std::optional<storage::playback> at_;  // none once it ended
  std::uint64_t to_seq_;
  double ticks_per_s_;
  clock::duration interval_;
  actors::subscriptions watchers_{0};
  clock::time_point began_;
  double first_tick_ = 0;  // that of the beginning, moved on where it could not keep up
  std::atomic<bool> ended_{false};
  boost::asio::steady_timer timer_;
};

}  // namespace unscripted::gateway
