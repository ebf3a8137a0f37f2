#include "gateway/access/grant.hpp"

#include <array>

namespace unscripted::gateway {

namespace {

constexpr std::array<const char*, 5> names = {"anyone", "observer", "bot", "owner", "admin"};

}  // namespace

const char* to_string(role r) { return names[static_cast<std::size_t>(r)]; }

std::optional<role> parse_role(std::string_view text) {
  for (std::size_t i = 1; i < names.size(); ++i)
    if (text == names[i]) return static_cast<role>(i);
  return std::nullopt;
}

const char* grant::ended(std::int64_t now_ms) const {
  if (is_revoked.load(std::memory_order_relaxed)) return "it was revoked";
  if (expires_ms != 0 && now_ms >= expires_ms) return "it has expired";
  return parent ? parent->ended(now_ms) : nullptr;
}

}  // namespace unscripted::gateway
