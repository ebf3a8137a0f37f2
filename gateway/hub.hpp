// What all conversations of a server share.
#pragma once

#include "actors/engine.hpp"
#include "gateway/access/gate.hpp"
#include "gateway/addresses.hpp"
#include "gateway/archive.hpp"
#include "gateway/counters.hpp"
#include "gateway/encoder.hpp"
#include "gateway/limits.hpp"
#include "gateway/plugin_registry.hpp"
#include "gateway/plugin_watch.hpp"
#include "gateway/tls.hpp"
#include "gateway/v1/tempo.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace unscripted::gateway {

/// Lives as long as the server; outlives every conversation.
struct hub {
  actors::engine* engine = nullptr;
  gateway::archive* archive = nullptr;
  const encoder* encode = nullptr;
  plugin_registry* plugins = nullptr;
  const plugin_watch* watch = nullptr;
  gateway::gate* gate = nullptr;  // null where no tokens are required
  storage::durability durability = storage::durability::wal;
  unsigned threads = 0;
  gateway::limits limits;
  gateway::counters counters;
  gateway::addresses addresses;
  tls_context* tls = nullptr;  // null: the doors speak in the clear. Of the doors' thread
  std::atomic<std::int64_t> certificate_end{0};  // in Unix time; 0 without TLS
  v1::tempo tempo;                               // of the worlds, as clients of v1 see it
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  std::function<void()> request_stop;
  std::atomic<actors::connection_id> last_connection{0};
  std::atomic<std::uint64_t> last_rerun{0};
  std::atomic<std::uint64_t> last_fork{1};  // in the names of forks that got none
  std::atomic<bool> stopping{false};
  /// How many requests of one connection may be in flight: the fewer, the more connections there
  /// are. Read with each request, written when a connection comes or goes.
  alignas(64) std::atomic<std::size_t> in_flight_share{1024};

  void share_out() {
    const std::size_t sessions = std::max<std::size_t>(counters.sessions.load(), 1);
    const std::size_t least = std::min(limits.in_flight, in_flight_least);
    in_flight_share = std::clamp(limits.requests_waiting / sessions, least, limits.in_flight);
  }
  static constexpr std::size_t in_flight_least = 16;
};

}  // namespace unscripted::gateway
