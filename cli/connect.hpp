// Sockets to a server: what the blocking client, the swarm and the benches share.
#pragma once

#include "cli/address.hpp"
#include "cli/failure.hpp"
#include "gateway/secure_stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <string>
#include <string_view>

// In connect.cpp.
extern template class unscripted::gateway::secure_stream<boost::asio::ip::tcp::socket>;

namespace unscripted::cli {

inline constexpr std::chrono::milliseconds connect_timeout{5000};

using channel = gateway::secure_stream<boost::asio::ip::tcp::socket>;

/// As connect() throws it.
cannot_connect no_server_at(const address& where, const std::string& why);

/// Resolves and connects, without Nagle's delay, shakes hands where the address has TLS, and shows
/// the token of this run, where it has one (token.hpp). Runs `io`, which must have nothing else to
/// do. Throws cannot_connect with what stood in the way, and refused where the token is. [blocking]
channel connect(boost::asio::io_context& io, const address& where,
                std::chrono::milliseconds timeout = connect_timeout);

/// For a handshake with this server, which must prove that it is who was meant. Throws failed where
/// the file of who is trusted cannot be read.
void prepare_tls(channel& to, const address& where);
/// Why a handshake failed, and what would help.
std::string in_words(const boost::system::error_code& why, const address& where);

/// Sends all of `bytes`. Throws cannot_connect where the connection is gone. [blocking]
void send_all(channel& socket, std::string_view bytes);

/// The next line without its end; what was read beyond it stays in `buffer`.
/// Throws cannot_connect where the connection is gone. [blocking]
std::string receive_line(channel& socket, std::string& buffer);

}  // namespace unscripted::cli
