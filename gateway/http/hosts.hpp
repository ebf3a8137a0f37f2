// Which names this server goes by. A page from elsewhere that points its own name at this machine
// (DNS rebinding), or calls from another site, is refused.
#pragma once

#include "gateway/http/reply.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::gateway {

class known_hosts {
public:
  /// localhost, 127.0.0.1, [::1], the one that was bound, and those that the owner named.
  known_hosts(const std::string& bound, const std::vector<std::string>& named);

  /// Why this request is refused: its Host is not ours, or it comes from another site.
  std::optional<reply> refuse(const http_request& r) const;

private:
  bool is_ours(std::string_view host) const;

  std::vector<std::string> names_;  // lower case, IPv6 in brackets
};

}  // namespace unscripted::gateway
