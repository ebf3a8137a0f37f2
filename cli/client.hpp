// A blocking client of the line protocol: one connection, one request at a time.
#pragma once

#include "cli/address.hpp"
#include "cli/document.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace unscripted::cli {

/// Owns its connection. Not thread-safe.
class client {
public:
  /// Sees an event of the server, which is valid during the call only.
  using event_handler = std::function<void(simdjson::dom::element)>;

  /// Throws cannot_connect. [blocking]
  explicit client(const address& where);
  client(client&&) noexcept;
  ~client();

  /// Sends a request and waits for its answer. `params` is a JSON object, or empty for none.
  /// Throws cannot_connect where the connection is lost. [blocking]
  answer ask(std::string_view method, std::string_view params = {});

  /// The same for those who need the result: throws refused with the error. [blocking]
  document call(std::string_view method, std::string_view params = {});

  /// From now on `see` is called with each event that comes while an answer is waited for, as
  /// `progress`. Null, as at first: they are dropped.
  void on_event(event_handler see);

  /// Waits for the next event, which on_event() then does not see. Answers that nobody waits for
  /// are dropped. Throws cannot_connect where the connection is lost. [blocking]
  document next_event();

  /// Waits until the server has ended the connection. [blocking]
  void wait_until_closed();

private:
  struct connection;
  std::unique_ptr<connection> connection_;
};

}  // namespace unscripted::cli
