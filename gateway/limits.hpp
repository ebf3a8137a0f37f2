// All that bounds what clients can make grow or slow down. `serve --help` lists the same, and
// `hello` announces them.
#pragma once

#include "actors/limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace unscripted::gateway {

/// A perception has so many things, the nearest; `more` counts the others.
inline constexpr std::size_t perception_things_max = 4096;
/// Once the answer to a list of acts has so many bytes, `see` is null in what follows.
inline constexpr std::size_t list_bytes_max = 1024UL * 1024;

/// The header of one HTTP request.
inline constexpr std::uint32_t header_bytes_max = 8 * 1024;
/// Between two HTTP requests on one connection.
inline constexpr std::chrono::seconds request_gap_max{60};

struct limits {
  // Of one request.
  std::size_t line_bytes = 64UL * 1024;  // or of a WebSocket's message, or of a body
  std::size_t json_depth = 16;
  // Of one connection.
  std::size_t in_flight = 1024;              // requests that are not answered
  std::size_t unread_bytes = 1024UL * 1024;  // that it does not read, besides the largest answer
  std::size_t reruns = 16;                   // stored histories that it watches
  double acts_per_address = 0;               // a second, of all who come from one; 0: no limit
  // Of all connections.
  std::size_t sessions = 10'000;           // through all doors together
  std::size_t sessions_per_address = 0;    // 0: no limit
  std::size_t requests_waiting = 262'144;  // in flight, shared by all; each has some
  // Of what they make.
  std::size_t things_per_world = 10'000'000;  // the most that a world's capacity may be
  actors::world_limits of_worlds{.worlds = 1000};

  // How long a peer may take: to shake hands, to end a line that it began, to read something.
  std::chrono::seconds handshake{5};
  std::chrono::seconds patience{10};

  /// Above so much unread no more requests are taken, until some of it is read.
  std::size_t unread_pause() const { return unread_bytes / 4; }
};

}  // namespace unscripted::gateway
