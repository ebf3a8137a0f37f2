// One WebSocket: text frames in, text frames out, a JSON text in each. /ws speaks the bot protocol,
// as the TCP door does; /api/1 the old one.
//
// Reads and writes on the door's thread; other threads leave there what they have to say. A peer
// that does not read is bounded as on TCP. One that has gone without a word is found by pings.
#pragma once

#include "gateway/conversation.hpp"
#include "gateway/http/reply.hpp"
#include "gateway/http/web_stream.hpp"
#include "gateway/slow_peer.hpp"
#include "gateway/v1/door.hpp"

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

class web_socket_session final : public wire,
                                 public std::enable_shared_from_this<web_socket_session> {
public:
  using clock = std::chrono::steady_clock;

  /// `who`: whose it is, where that was shown already.
  web_socket_session(hub& shared, web_stream s, addresses::visit from, spoken what, grant_ptr who);

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
  /// Once a second: ends a peer that is gone, does not read, or does not end what it began.
  void tend(clock::time_point now);

  // -- wire ---------------------------------------------------------------------------------------

  void write(std::string&& frames) override;
  std::size_t backlog() const override { return backlog_.load(std::memory_order_relaxed); }
  void drop(std::string_view why) override;
  void resume() override;
  std::string address() const override;
  network* from() const override { return from_.from().get(); }

private:
  using error_code = boost::beast::error_code;
  using stream = boost::beast::websocket::stream<web_stream>;

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
  addresses::visit from_;
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
  slow_reader reader_;

  std::mutex out_mutex_;
  std::string out_;          // waits behind `sending_`
  std::size_t largest_ = 0;  // of what was written since nothing waited
  bool is_writing_ = false;  // the door's thread is at it
  bool is_closed_ = false;
  std::atomic<std::size_t> backlog_{0};
};

}  // namespace unscripted::gateway
