// The tokens of a data folder, ready for a server or a verb; the first of all is made here.
#pragma once

#include "gateway/access/token_store.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace unscripted::gateway {

/// Where the first token is left for its owner: `admin.token` in the data folder, mode 0600.
inline constexpr const char* first_token_file = "admin.token";

/// With durability memory `kept` is null, and the folder only takes that file. Where there are no
/// tokens yet, one of role admin is made, and `say` told where it is. Problems in one line.
/// [blocking]
core::result<std::unique_ptr<token_store>>
open_tokens(const std::filesystem::path& data, storage::store* kept,
            const std::function<void(const std::string&)>& say);

}  // namespace unscripted::gateway
