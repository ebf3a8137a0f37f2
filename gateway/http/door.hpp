// The HTTP door: accepts connections on one address, on the thread of the other doors.
#pragma once

#include "gateway/http/session.hpp"
#include "gateway/http/site.hpp"
#include "gateway/http/web_socket.hpp"
#include "gateway/listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace unscripted::gateway {

class http_door {
public:
  http_door(hub& shared, boost::asio::io_context& io, known_hosts hosts);
  /// Those on a WebSocket are told that the server goes. [once `io` stands still]
  ~http_door();

  /// Binds and listens; returns what stood in the way, in one line.
  std::optional<std::string> open(const std::string& host, std::uint16_t port);
  std::uint16_t port() const { return listener_.port(); }
  /// Accepts no more, and all sessions fall silent; their connections end with the door.
  /// [the thread of `io`]
  void close();

private:
  void admit(listener::socket s);
  void refuse(listener::socket s, const std::string& why);
  void keep(const std::shared_ptr<web_socket_session>& s);
  void sweep();

  hub& hub_;
  site site_;
  listener listener_;
  boost::asio::steady_timer sweep_;
  std::unordered_set<std::shared_ptr<http_session>> sessions_;
  std::unordered_set<std::shared_ptr<web_socket_session>> web_sockets_;
};

}  // namespace unscripted::gateway
