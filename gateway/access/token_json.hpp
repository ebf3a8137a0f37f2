// Tokens as `token.create` and `token.list` show them: without what would let anybody in.
#pragma once

#include "gateway/json_writer.hpp"
#include "storage/token_row.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace unscripted::gateway {

/// `text`: the whole token, when it was made just now.
std::string token_json(const storage::token_row& row, std::string_view text = {});
/// {"items":[…]}
std::string tokens_json(const std::vector<storage::token_row>& rows);

}  // namespace unscripted::gateway
