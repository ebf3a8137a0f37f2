// The TCP door: accepts connections on one address, on one thread.
#pragma once

#include "gateway/listener.hpp"
#include "gateway/socket_watch.hpp"
#include "gateway/tcp_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

namespace unscripted::gateway {

class tcp_door {
public:
  tcp_door(hub& shared, boost::asio::io_context& io);

  /// Binds and listens; returns what stood in the way, in one line.
  std::optional<std::string> open(const std::string& host, std::uint16_t port);
  std::uint16_t port() const { return listener_.port(); }
  /// Accepts no more, and all sessions fall silent; their connections end with the door.
  /// [the thread of `io`]
  void close();

private:
  void admit(listener::socket s);
  void refuse(listener::socket s, const std::string& why);
  void sweep();

  hub& hub_;
  listener listener_;
  socket_watch watch_;
  boost::asio::steady_timer sweep_;  // looks for sessions that don't go on
  std::unordered_set<std::shared_ptr<tcp_session>> sessions_;
};

}  // namespace unscripted::gateway
