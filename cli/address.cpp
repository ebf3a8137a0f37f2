#include "cli/address.hpp"

#include <charconv>

namespace unscripted::cli {

std::optional<address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;

  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    return std::nullopt;
  }

  const auto digits = text.substr(colon + 1);
  address where;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), where.port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (!host.empty()) where.host = host;
  return where;
}

std::string to_string(const address& where) {
  const bool is_v6 = where.host.find(':') != std::string::npos;
  const auto host = is_v6 ? '[' + where.host + ']' : where.host;
  return host + ':' + std::to_string(where.port);
}

}  // namespace unscripted::cli
