// Sockets to a server: what the blocking client, the swarm and the benches share.
#pragma once

#include "cli/address.hpp"
#include "cli/failure.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace unscripted::cli {

inline constexpr std::chrono::milliseconds connect_timeout{5000};

/// As connect() throws it.
cannot_connect no_server_at(const address& where, const std::string& why);

/// Resolves and connects, without Nagle's delay. Runs `io`, which must have nothing else to do.
/// Shows the token of this run, where it has one (token.hpp). Throws cannot_connect with what stood
/// in the way, and refused where the token is. [blocking]
boost::asio::ip::tcp::socket connect(boost::asio::io_context& io, const address& where,
                                     std::chrono::milliseconds timeout = connect_timeout);

/// Sends all of `bytes`. Throws cannot_connect where the connection is gone. [blocking]
void send_all(boost::asio::ip::tcp::socket& socket, std::string_view bytes);

/// The next line without its end; what was read beyond it stays in `buffer`.
/// Throws cannot_connect where the connection is gone. [blocking]
std::string receive_line(boost::asio::ip::tcp::socket& socket, std::string& buffer);

}  // namespace unscripted::cli
