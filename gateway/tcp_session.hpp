// One TCP connection: lines in, lines out.
//
// Reads on the door's thread. Answers are written by whichever thread has them: it tries the socket
// at once, and only what does not fit waits for the door's thread. Waking that thread for each
// answer would cost more than the answer. With TLS the same holds; reading and writing take turns
// then, for its state is one.
#pragma once

#include "gateway/conversation.hpp"
#include "gateway/line_buffer.hpp"
#include "gateway/slow_peer.hpp"
#include "gateway/socket_watch.hpp"
#include "plugins/descriptor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace unscripted::gateway {

class tcp_session final : public wire,
                          public socket_watch::owner,
                          public std::enable_shared_from_this<tcp_session> {
public:
  using clock = std::chrono::steady_clock;

  /// `watch` is used until the session ends or falls silent.
  tcp_session(hub& shared, socket_watch& watch, boost::asio::ip::tcp::socket s,
              addresses::visit from);

  /// Shakes hands where the door speaks TLS, then begins to read. `on_end` is called once, on the
  /// door's thread.
  void start(std::function<void()> on_end);
  /// Ends the connection; what was written already leaves. [door's thread]
  void stop();
  /// Takes and says nothing more. The peer sees the connection end when this is destroyed.
  /// [door's thread]
  void fall_silent();
  /// Once a second: ends a peer that does not go on with what it began, or does not read. [door's
  /// thread]
  void tend(clock::time_point now);

  // -- wire ---------------------------------------------------------------------------------------

  void write(std::string&& frames) override;
  std::size_t backlog() const override { return backlog_.load(std::memory_order_relaxed); }
  void drop(std::string_view why) override;
  void resume() override;
  std::string address() const override { return address_; }
  network* from() const override { return from_.from().get(); }

  // -- socket_watch::owner ------------------------------------------------------------------------

  void on_news(const socket_watch::news& what) override;

private:
  using step = void (tcp_session::*)();

  void shake_hands();
  void open();
  void expect_tls();
  void read();
  void take_plain();
  void take_secure();
  void took_in(std::size_t size);
  void await_reading(step then);
  void await_more(step then);
  void await_writing(step then);
  void go_on(step& awaited);
  void take_lines();
  void note_part(bool wants_more, bool took_line);
  void end_of_input();
  void write_rest();
  std::size_t send_now(const char* bytes, std::size_t size);
  std::size_t send_plain(const char* bytes, std::size_t size);
  std::size_t send_secure(const char* bytes, std::size_t size);

  hub& hub_;
  counted_connection counted_;
  addresses::visit from_;
  socket_watch& watch_;
  const boost::asio::any_io_executor executor_;
  const std::string address_;
  plugins::descriptor socket_;
  std::shared_ptr<conversation> talk_;
  std::function<void()> on_end_;

  // Of the door's thread.
  line_buffer in_;
  step on_readable_ = nullptr, on_writable_ = nullptr;  // what goes on then
  bool can_read_ = false;                               // there may be something to read
  bool is_marked_ = false;  // a short read is no sign that there is nothing more
  bool is_reading_ = false, input_ended_ = false, is_stopped_ = false;
  bool is_too_large_ = false;  // the last line was: to be said once the others are answered
  bool is_shaking_hands_ = false;
  clock::time_point begun_;  // the handshake, or the line of which a part was read
  slow_reader reader_;

  std::mutex out_mutex_;
  std::optional<tls_channel> tls_;  // nothing: in the clear
  std::string out_;                 // waits for the socket
  std::size_t out_begin_ = 0;
  bool is_waiting_ = false;  // for the socket to be writable
  bool is_closed_ = false;
  std::atomic<bool> is_broken_{false};  // a write failed for good
  std::size_t largest_ = 0;             // of what was written since nothing waited
  std::atomic<std::size_t> backlog_{0};
  std::atomic<std::uint64_t> taken_{0};  // all that the peer's machine took
};

}  // namespace unscripted::gateway
