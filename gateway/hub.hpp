// What all conversations of a server share.
#pragma once

#include "actors/engine.hpp"
#include "gateway/access/gate.hpp"
#include "gateway/archive.hpp"
#include "gateway/counters.hpp"
#include "gateway/encoder.hpp"
#include "gateway/plugin_registry.hpp"
#include "gateway/plugin_watch.hpp"
#include "gateway/v1/tempo.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace unscripted::gateway {

/// What one client may do at a time, and how much of it. Announced by `hello`.
struct limits {
  std::size_t line_bytes = 64 * 1024;
  std::size_t json_depth = 16;
  std::size_t in_flight = 1024;                 // requests of one connection that are not answered
  std::size_t backlog_bytes = 4 * 1024 * 1024;  // of answers that a client does not read
  std::size_t sessions = 10'000;                // connections, through all doors together
};

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
  v1::tempo tempo;  // of the worlds, as clients of v1 see it
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  std::function<void()> request_stop;
  std::atomic<actors::connection_id> last_connection{0};
  std::atomic<std::uint64_t> last_rerun{0};
  std::atomic<std::uint64_t> last_fork{1};  // in the names of forks that got none
  std::atomic<bool> stopping{false};
};

}  // namespace unscripted::gateway
