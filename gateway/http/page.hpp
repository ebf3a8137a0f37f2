// Answers with the files of the page. They are looked up in a table: no path of a client ever
// reaches a disk.
#pragma once

#include "gateway/http/reply.hpp"

#include <optional>
#include <string_view>

namespace unscripted::gateway {

/// Nothing where the page has no such file.
std::optional<reply> find_page_file(std::string_view path, const http_request& asked);

}  // namespace unscripted::gateway
