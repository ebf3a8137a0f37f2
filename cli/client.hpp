// A blocking client of the line protocol: one connection, one request at a time.
#pragma once

#include "cli/address.hpp"
#include "cli/document.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace unscripted::cli {

/// Owns its connection. Not thread-safe. Events that come between answers are dropped.
class client {
public:
  /// Throws cannot_connect. [blocking]
  explicit client(const address& where);
  client(client&&) noexcept;
  ~client();

  /// Sends a request and waits for its answer. `params` is a JSON object, or empty for none.
  /// Throws cannot_connect where the connection is lost. [blocking]
  answer ask(std::string_view method, std::string_view params = {});

  /// The same for those who need the result: throws refused with the error. [blocking]
  document call(std::string_view method, std::string_view params = {});

private:
  struct connection;
  std::unique_ptr<connection> connection_;
};

}  // namespace unscripted::cli
