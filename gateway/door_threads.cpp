#include "gateway/door_threads.hpp"

#include "actors/engine.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <future>
#include <optional>

namespace unscripted::gateway {

namespace {

// A world that runs so long at a stretch is stuck; who stands by looks as often.
constexpr std::chrono::milliseconds patience{50};

}  // namespace

door_threads::door_threads(boost::asio::io_context& io, actors::engine& engine, bool is_guest)
  : io_(io) {
  // Posted, so that all that arrived together is read before the worlds run.
  if (is_guest)
    guest_ = engine.open_guest([this] { boost::asio::post(io_, [this] { guest_->run(); }); });
  for (int i = 0; i < (guest_ ? 2 : 1); ++i)
    threads_[static_cast<std::size_t>(i)] = std::thread([this, i] { work(i); });
}

door_threads::~door_threads() { stop(); }

void door_threads::leave_worlds() {
  if (!guest_) return;
  std::promise<void> left;
  boost::asio::post(io_, [&] {
    guest_->leave();
    left.set_value();
  });
  left.get_future().wait();
}

void door_threads::stop() {
  io_.stop();
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    stopped_.notify_all();
  }
  for (std::thread& t : threads_)
    if (t.joinable()) t.join();
}

void door_threads::work(int me) {
  while (!io_.stopped()) {
    if (leader_ == me) lead(me);
    else stand_by(me);
  }
}

void door_threads::lead(int me) {
  std::optional<actors::guest::presence> here;
  if (guest_) here.emplace(*guest_);
  while (leader_ == me && io_.run_one() > 0) {
  }
}

void door_threads::stand_by(int me) {
  std::unique_lock lock(mutex_);
  if (stopped_.wait_for(lock, patience, [this] { return is_stopped_; })) return;
  if (guest_->busy_for() > patience && guest_->hand_over()) leader_ = me;
}

}  // namespace unscripted::gateway
