// The TCP door: accepts connections on one address, on one thread.
#pragma once

#include "gateway/tcp_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
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
  std::uint16_t port() const { return port_; }
  /// Accepts no more, and all sessions fall silent; their connections end with the door.
  /// [the thread of `io`]
  void close();

private:
  void accept();
  void admit(boost::asio::ip::tcp::socket s);
  void sweep();

  hub& hub_;
  boost::asio::io_context& io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;  // after an accept that failed
  boost::asio::steady_timer sweep_;  // looks for sessions that don't read
  std::uint16_t port_ = 0;
  std::unordered_set<std::shared_ptr<tcp_session>> sessions_;
};

}  // namespace unscripted::gateway
