// The thread that runs all doors, and the one that stands by for it.
//
// One of two leads: it runs the sockets' handlers, and as a guest of the scheduler the worlds that
// they set going (actors/guest.hpp). Where such a world does not come back, because a plugin's call
// hangs in it, the other takes the lead: no world keeps the doors shut. Handlers run one at a time,
// and each sees what those before it did, whoever leads.
#pragma once

#include "actors/guest.hpp"

#include <boost/asio/io_context.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace unscripted::actors {
class engine;
}

namespace unscripted::gateway {

class door_threads {
public:
  /// `is_guest`: false where the worlds' work may block for long (durability fsync): all of it is
  /// left to the workers then. All others outlive this.
  door_threads(boost::asio::io_context& io, actors::engine& engine, bool is_guest);
  ~door_threads();  // after stop()

  /// The worlds are left to the workers, so that the engine can end. [blocking, not one of them]
  void leave_worlds();
  /// No handler is begun from now on; ends the threads. [not one of them]
  void stop();

private:
  using handlers = boost::asio::io_context;

  void work(int me);
  void lead(int me);
  void stand_by(int me);

  handlers& io_;
  std::unique_ptr<actors::guest> guest_;  // null: none
  std::atomic<int> leader_{0};
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool is_stopped_ = false;
  std::array<std::thread, 2> threads_;
};

}  // namespace unscripted::gateway
