// One TCP connection: lines in, lines out.
//
// Reads on the door's thread. Answers are written by whichever thread has them: it tries the socket
// at once, and only what does not fit waits for the door's thread. Waking that thread for each
// answer would cost more than the answer.
#pragma once

#include "gateway/conversation.hpp"
#include "gateway/line_buffer.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace unscripted::gateway {

class tcp_session final : public wire, public std::enable_shared_from_this<tcp_session> {
public:
  using socket = boost::asio::ip::tcp::socket;
  using clock = std::chrono::steady_clock;

  tcp_session(hub& shared, socket s);

  /// Begins to read. `on_end` is called once, on the door's thread.
  void start(std::function<void()> on_end);
  /// Ends the connection; what was written already leaves. [door's thread]
  void stop();
  /// Takes and says nothing more. The peer sees the connection end when this is destroyed.
  /// [door's thread]
  void fall_silent();
  /// True where the peer has taken nothing for so long although there was something. [door's
  /// thread]
  bool is_stuck(clock::time_point now, clock::duration patience);

  // -- wire ---------------------------------------------------------------------------------------

  void write(std::string&& frames) override;
  std::size_t backlog() const override { return backlog_.load(std::memory_order_relaxed); }
  void drop(std::string_view why) override;
  void resume() override;
  std::string address() const override;

private:
  void read();
  void take_lines();
  void end_of_input();
  void wait_until_writable();
  void write_rest();
  std::size_t send_now(const char* bytes, std::size_t size);

  hub& hub_;
  counted_connection counted_;
  socket socket_;
  std::shared_ptr<conversation> talk_;
  std::function<void()> on_end_;

  // Of the door's thread.
  line_buffer in_;
  bool is_reading_ = false, input_ended_ = false, is_stopped_ = false;
  bool is_too_large_ = false;  // the last line was: to be said once the others are answered

  std::mutex out_mutex_;
  std::string out_;  // waits for the socket
  std::size_t out_begin_ = 0;
  bool is_waiting_ = false;  // for the socket to be writable
  bool is_closed_ = false;
  std::atomic<bool> is_broken_{false};  // a write failed for good
  std::atomic<std::size_t> backlog_{0};
  std::atomic<clock::rep> progress_{0};  // when the peer last took something
};

}  // namespace unscripted::gateway
