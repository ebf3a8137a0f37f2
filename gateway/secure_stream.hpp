// A connection as a stream that Asio and Beast read and write: with TLS or without, chosen when it
// is made. What uses it need not know which.
#pragma once

#include "gateway/any_handler.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace unscripted::gateway {

/// `Socket` is a stream of TCP, and one source says `template class secure_stream<Socket>`. Moving
/// is cheap, and leaves one that may only be destroyed.
template <class Socket>
class secure_stream {
public:
  using next_layer_type = Socket;
  using executor_type = typename Socket::executor_type;
  using tls_stream = boost::asio::ssl::stream<Socket&>;

  explicit secure_stream(Socket s) : parts_(std::make_unique<parts>(std::move(s))) {}
  secure_stream(Socket s, boost::asio::ssl::context& with) : secure_stream(std::move(s)) {
    use_tls(with);
  }

  Socket& next_layer() { return parts_->socket; }
  const Socket& next_layer() const { return parts_->socket; }
  executor_type get_executor() { return parts_->socket.get_executor(); }
  /// Null without TLS.
  tls_stream* tls() { return parts_->tls ? &*parts_->tls : nullptr; }
  /// From now on; the handshake comes first.
  void use_tls(boost::asio::ssl::context& with) { parts_->tls.emplace(parts_->socket, with); }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& to, Handler&& done) {
    start_read(read_buffers{to}, any_handler{std::forward<Handler>(done)});
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& from, Handler&& done) {
    start_write(write_buffers{from}, any_handler{std::forward<Handler>(done)});
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& to, boost::system::error_code& error) {
    return parts_->tls ? parts_->tls->read_some(to, error) : parts_->socket.read_some(to, error);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& from, boost::system::error_code& error) {
    return parts_->tls ? parts_->tls->write_some(from, error)
                       : parts_->socket.write_some(from, error);
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& to) {
    boost::system::error_code error;
    const std::size_t size = read_some(to, error);
    if (error) throw boost::system::system_error(error);
    return size;
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& from) {
    boost::system::error_code error;
    const std::size_t size = write_some(from, error);
    if (error) throw boost::system::system_error(error);
    return size;
  }

  /// Ends a WebSocket's connection in order; no bytes are told.
  void start_teardown(boost::beast::role_type role, any_handler done);

private:
  struct parts {
    explicit parts(Socket s) : socket(std::move(s)) {}
    Socket socket;
    std::optional<tls_stream> tls;
  };

  // Compiled once for each Socket, where that is instantiated.
  void start_read(const read_buffers& to, any_handler done);
  void start_write(const write_buffers& from, any_handler done);

  std::unique_ptr<parts> parts_;
};

template <class Socket>
void secure_stream<Socket>::start_read(const read_buffers& to, any_handler done) {
  if (parts_->tls) parts_->tls->async_read_some(to, std::move(done));
  else parts_->socket.async_read_some(to, std::move(done));
}

template <class Socket>
void secure_stream<Socket>::start_write(const write_buffers& from, any_handler done) {
  if (parts_->tls) parts_->tls->async_write_some(from, std::move(done));
  else parts_->socket.async_write_some(from, std::move(done));
}

template <class Socket>
void secure_stream<Socket>::start_teardown(boost::beast::role_type role, any_handler done) {
  using boost::beast::websocket::async_teardown;
  auto told = [done = std::move(done)](boost::system::error_code error) mutable { done(error, 0); };
  if (parts_->tls) parts_->tls->async_shutdown(std::move(told));
  else async_teardown(role, parts_->socket, std::move(told));
}

// How Beast ends a WebSocket's connection; it finds these by the type of the stream.

template <class Socket>
void teardown(boost::beast::role_type role, secure_stream<Socket>& s,
              boost::system::error_code& error) {
  using boost::beast::websocket::teardown;
  if (auto* const tls = s.tls()) tls->shutdown(error);
  else teardown(role, s.next_layer(), error);
}

template <class Socket, class Handler>
void async_teardown(boost::beast::role_type role, secure_stream<Socket>& s, Handler&& done) {
  s.start_teardown(role, any_handler{[done = std::forward<Handler>(done)](
                                         boost::system::error_code error, std::size_t) mutable {
                     done(error);
                   }});
}

}  // namespace unscripted::gateway
