// Files that nobody but their owner may read.
#pragma once

#include "core/problem.hpp"
#include "gateway/access/secret.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::gateway {

/// Makes `file` of mode 0600 with this line in it, on disk when it returns, in the place of one
/// that is there. What stood in the way, in one line. [blocking]
std::optional<std::string> write_secret_file(const std::filesystem::path& file,
                                             std::string_view line);

/// The key in the file; where there is none, a new one, which is left there unless it is only to be
/// read. A file that others may read is refused. [blocking]
core::result<digest> read_or_make_key(const std::filesystem::path& file, bool only_read);

}  // namespace unscripted::gateway
