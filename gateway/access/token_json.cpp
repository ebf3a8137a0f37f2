#include "gateway/access/token_json.hpp"

#include "gateway/access/grant.hpp"

#include <algorithm>

namespace unscripted::gateway {

namespace {

// Seconds, as all times of the protocol.
void write_time(json_writer& json, std::string_view name, std::int64_t ms) {
  if (ms != 0) json.member(name, static_cast<double>(ms) / 1000);
}

}  // namespace

std::string token_json(const storage::token_row& row, std::string_view text) {
  std::string out;
  json_writer json{out};
  const auto id = [&](core::serial thing) {
    return core::to_string(core::thing_id{row.world, thing});
  };
  json.begin_object().member("id", row.number);
  json.member("role", to_string(static_cast<role>(row.role)));
  if (row.world != 0) json.member("world", id(core::world_serial));
  if (row.bot != core::no_thing) json.member("bot", id(row.bot));
  if (!row.name.empty()) json.member("name", row.name);
  write_time(json, "created", row.created_ms);
  write_time(json, "expires", row.expires_ms);
  write_time(json, "revoked", row.revoked_ms);
  // Kept to the hour, which may have begun before the token was made.
  if (row.used_ms != 0) write_time(json, "used", std::max(row.used_ms, row.created_ms));
  if (!text.empty()) json.member("token", text);
  json.end_object();
  return out;
}

std::string tokens_json(const std::vector<storage::token_row>& rows) {
  std::string out;
  json_writer json{out};
  json.begin_object().key("items").begin_array();
  for (const storage::token_row& row : rows) json.raw(token_json(row));
  json.end_array().end_object();
  return out;
}

}  // namespace unscripted::gateway
