// A socket that accepts connections on one address, for a door. Used on the thread of its
// io_context.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace unscripted::gateway {

class listener {
public:
  using socket = boost::asio::ip::tcp::socket;
  using admission = std::function<void(socket)>;

  /// `option` is the program's flag that chooses the address, for the line that says what to do.
  listener(boost::asio::io_context& io, std::string option);

  /// Binds and listens; returns what stood in the way, in one line.
  std::optional<std::string> open(const std::string& host, std::uint16_t port, admission admit);
  /// The one that was bound.
  std::uint16_t port() const { return port_; }
  /// Accepts no more.
  void close();

private:
  void accept();
  std::string in_words(const std::string& host, std::uint16_t port,
                       const boost::system::error_code& why) const;

  boost::asio::io_context& io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;  // after an accept that failed
  const std::string option_;
  admission admit_;
  std::uint16_t port_ = 0;
};

/// Where the peer is, as network_of() has it.
std::string address_of(const boost::asio::ip::tcp::socket& s);

/// Whether the peer is a process of this machine.
bool is_local(const boost::asio::ip::tcp::socket& s);

}  // namespace unscripted::gateway
