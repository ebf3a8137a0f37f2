// Whether a connection may come in, for all doors.
#pragma once

#include "gateway/hub.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <variant>

namespace unscripted::gateway {

/// Its visit, or in one line why it may not stay: the server, or its address, has as many as it
/// may. The doors share the numbers. [the doors' thread]
std::variant<addresses::visit, std::string> admit(hub& shared,
                                                  const boost::asio::ip::tcp::socket& s);

/// How many connections the process has files for, if it is fewer than wished. Files are left for
/// the histories: one that cannot be opened ends the process, where a connection is told to wait.
std::size_t affordable_sessions(std::size_t wished);

}  // namespace unscripted::gateway
