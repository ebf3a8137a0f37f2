// One HTTP connection: requests in, an answer to each, in order. It is kept open between them.
//
// One request is read and answered at a time; what a client sends ahead waits in the socket. Every
// read and write has a limit of time and size. All of it happens on the door's thread, but what
// worlds and the archive answer comes from theirs.
#pragma once

#include "gateway/counters.hpp"
#include "gateway/http/rpc.hpp"
#include "gateway/http/site.hpp"
#include "gateway/http/web_socket.hpp"
#include "gateway/http/web_stream.hpp"
#include "gateway/v1/door.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace unscripted::gateway {

class http_session final : public std::enable_shared_from_this<http_session> {
public:
  using socket = boost::asio::ip::tcp::socket;
  struct owner {
    std::function<void()> ended;  // the last that is heard of the session
    std::function<void(std::shared_ptr<web_socket_session>)> became_web_socket;  // likewise
  };

  http_session(const site& of, socket s, addresses::visit from);

  void start(owner told);
  /// Ends the connection.
  void stop();
  /// Takes and says nothing more. The peer sees the connection end when this is destroyed.
  void fall_silent();

private:
  using error_code = boost::beast::error_code;
  using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void shake_hands();
  void await_request();
  void read_header();
  void read_body();
  void invite_body();
  void refuse_unread(const error_code& why);
  /// Finds out whose the request is, before its body is read.
  void read_bearer();
  void refuse_bearer(const core::problem& why);
  void carry_out();
  void ask_conversation();
  void ask_v1();
  void ask_metrics();
  void become_web_socket();
  void send(reply r);
  void linger();
  void drain();
  /// On the door's thread, unless the session has ended by then.
  template <class Work>
  void later(Work work);

  web_socket_layer& layer() { return stream_.next_layer(); }

  const site& site_;
  std::optional<gate::stranger> stranger_;  // where tokens are required, until one was shown
  grant_ptr who_;                           // of the request
  std::optional<counted_connection> counted_;
  std::optional<addresses::visit> from_;
  web_stream stream_;
  const boost::asio::any_io_executor
      executor_;  // outlives the stream, which a WebSocket takes over
  boost::beast::flat_buffer buffer_;
  std::optional<parser> parser_;
  http_request asked_;
  http_response answer_;
  std::shared_ptr<rpc_line> rpc_;
  std::shared_ptr<v1::connection> v1_;
  owner told_;
  std::size_t drained_ = 0;
  bool is_stopped_ = false;
};

}  // namespace unscripted::gateway
