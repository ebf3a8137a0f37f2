// The seam between the doors and the v1 API: the requests of one connection in, one JSON text for
// each out.
//
// The doors know HTTP and WebSocket: they have checked Host, Origin and every limit, and write what
// comes back. What is behind this header knows paths, queries and envelopes.
#pragma once

#include "gateway/hub.hpp"

#include <functional>
#include <memory>
#include <string>

namespace unscripted::gateway::v1 {

struct request {
  std::string method;     // GET, HEAD, POST or DELETE; empty for a WebSocket message
  std::string target;     // what follows /api/1/, or the message: `PATH?QUERY`, not decoded
  std::string body;       // of a POST; at most limits.line_bytes, of whatever type the client said
  bool is_local = false;  // the client is on this machine
  std::string address = {};                 // where it comes from; only with `who`
  grant_ptr who = {};                       // whose it is; null where no tokens are required
  std::shared_ptr<network> from = nullptr;  // where it comes from; null: not counted
};

struct reply {
  unsigned status = 200;  // of HTTP; a WebSocket client sees the text only
  std::string json;       // for a HEAD as well: the door leaves it out
};

/// What one client says. The door gives it to nobody else.
class connection {
public:
  virtual ~connection() = default;
  /// The next request, once the one before is answered. It is answered exactly once, on whatever
  /// thread, maybe within this call. [the door's thread]
  virtual void take(request r) = 0;
  /// The client is gone, or must go: no answer is wanted any more. Called once; an answer that
  /// comes nevertheless is ignored. [the door's thread]
  virtual void close() = 0;
};

/// May be called on any thread, also after close(), and may outlive the client's connection.
using reply_function = std::function<void(reply)>;
/// Ends the client's connection at once. [any thread]
using drop_function = std::function<void()>;

/// One for each WebSocket, and for each HTTP connection that asks for /api/1; `shared` outlives it.
std::shared_ptr<connection> open(hub& shared, reply_function answer, drop_function drop);

}  // namespace unscripted::gateway::v1
