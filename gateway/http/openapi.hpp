// The methods as an OpenAPI document, for the tools that read such.
#pragma once

#include <string>

namespace unscripted::gateway {

/// OpenAPI 3.1: POST /rpc takes one of the methods' requests; the other addresses besides. Built
/// from the table of methods, once.
const std::string& openapi_text();

}  // namespace unscripted::gateway
