// A request as its frame has it: an id, the name of a method, params.
#pragma once

#include "actors/request.hpp"
#include "core/problem.hpp"

#include <simdjson.h>

#include <optional>
#include <string_view>

namespace unscripted::gateway {

/// Views what the parser holds.
struct request_frame {
  actors::ticket ticket;  // the id as the client wrote it, as JSON; and echo_jsonrpc
  std::string_view method;
  std::optional<simdjson::dom::object> params;
  /// The first problem. Reading went on, for the id that it is answered by.
  std::optional<core::problem> why;
};

request_frame read_frame(simdjson::dom::object request);

}  // namespace unscripted::gateway
