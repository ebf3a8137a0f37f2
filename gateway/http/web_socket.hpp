// One WebSocket: text frames in, text frames out, a JSON text in each. /ws speaks the bot protocol,
// as the TCP door does; /api/1 the old one.
//
// Reads and writes on the door's thread; other threads leave there what they have to say. A peer
// that does not read is bounded as on TCP. One that has gone without a word is found by pings.
#pragma once

#include "gateway/conversation.hpp"
#include "gateway/http/reply.hpp"
#include "gateway/v1/door.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace unscripted::gateway {

/// What is said on a WebSocket.
enum class spoken : bool { bots, v1 };

/// Limits no rate, but sees each piece that the peer takes of a long message.
class written_bytes {
public:
  using clock = std::chrono::steady_clock;

  clock::time_point last_write() const { return last_write_; }
  void begin_writing() { last_write_ = clock::now(); }
  std::size_t take_received() { return std::exchange(received_, 0); }
  std::size_t take_sent() { return std::exchange(sent_, 0); }

private:
  friend class boost::beast::rate_policy_access;
  static constexpr std::size_t any = static_cast<std::size_t>(-1);

  std::size_t available_read_bytes() const noexcept { return any; }
  std::size_t available_write_bytes() const noexcept { return any; }
  void transfer_read_bytes(std::size_t size) noexcept { received_ += size; }
  void transfer_write_bytes(std::size_t size) noexcept {
    sent_ += size;
    last_write_ = clock::now();
  }
  void on_timer() const noexcept {}

  clock::time_point last_write_{};
  std::size_t received_ = 0, sent_ = 0;  // not counted yet
};

class web_socket_session final : public wire,
                                 public std::enable_shared_from_this<web_socket_session> {
public:
  using socket = boost::asio::ip::tcp::socket;
  using clock = std::chrono::steady_clock;

  /// `who`: whose it is, where that was shown already.
  web_socket_session(hub& shared, socket s, spoken what, grant_ptr who);

  /// `on_end` is called once, on the door's thread.
  void on_end(std::function<void()> told) { on_end_ = std::move(told); }
  /// Answers the request that opens it, and begins to read.
  void accept(http_request asked);
  /// Ends the connection.
  void stop();
  /// Takes and says nothing more. The peer sees the connection end when this is destroyed.
  void fall_silent();
  /// Once nobody else uses it: the peer is told that the server goes, if it can be told at once.
  void say_goodbye();
  /// Once a second: ends a peer that is gone or does not read for so long.
  void tend(clock::time_point now, clock::duration patience);

  // -- wire ---------------------------------------------------------------------------------------

  void write(std::string&& frames) override;
  std::size_t backlog() const override { return backlog_.load(std::memory_order_relaxed); }
  void drop(std::string_view why) override;
  void resume() override;
  std::string address() const override;

private:
  using error_code = boost::beast::error_code;
  using stream = boost::beast::websocket::stream<boost::beast::basic_stream<
      boost::asio::ip::tcp, boost::asio::any_io_executor, written_bytes>>;

  void open();
  void read();
  void take_message();
  bool may_take() const;
  void send_next();
  void end_with(boost::beast::websocket::close_code code, const char* why);
  void ping();
  void count();
  void answer_v1(v1::reply r);

  hub& hub_;
  counted_connection counted_;
  const spoken what_;
  grant_ptr who_;
  stream stream_;
  std::function<void()> on_end_;
  http_request opening_;
  boost::beast::flat_buffer in_;
  std::shared_ptr<conversation> talk_;  // one of these, by `what_`
  std::shared_ptr<v1::connection> v1_;
  bool v1_owes_ = false;  // an answer

  // Of the door's thread.
  bool is_reading_ = false, is_held_ = false;  // a message waits until there is room
  bool is_stopped_ = false, is_closing_ = false;
  bool is_pinging_ = false;
  clock::time_point heard_ = clock::now();  // of the peer, whatever it said
  std::string sending_;                     // messages, each ended by a newline
  std::size_t sent_ = 0;                    // of them

  std::mutex out_mutex_;
  std::string out_;          // waits behind `sending_`
  bool is_writing_ = false;  // the door's thread is at it
  bool is_closed_ = false;
  std::atomic<std::size_t> backlog_{0};
};

}  // namespace unscripted::gateway
