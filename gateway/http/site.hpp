// What stands at which address, and the answers that need no conversation.
#pragma once

#include "gateway/http/hosts.hpp"
#include "gateway/http/reply.hpp"
#include "gateway/hub.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace unscripted::gateway {

/// Who answers.
enum class place : std::uint8_t {
  nowhere,
  site,        // the site itself
  metrics,     // the site, on a thread that may wait
  rpc,         // a conversation, one request at a time
  web_socket,  // a conversation
  v1,          // the old API
};

/// The token in `Authorization: Bearer TOKEN`.
std::optional<std::string_view> bearer_of(const boost::beast::http::request_header<>& r);

/// Immutable but for what it looks up in the hub. [the door's thread]
class site {
public:
  site(hub& shared, known_hosts hosts) : hub_(shared), hosts_(std::move(hosts)) {}

  hub& shared() const { return hub_; }

  /// Why this request is answered no further: not for us, from elsewhere, no such address, a method
  /// or a type that the address does not take.
  std::optional<reply> refuse(const http_request& r) const;
  static place find(std::string_view target);
  /// Whether nothing is answered there to who shows no token, where tokens are required. The page's
  /// own files and whether the server is well are for all; a WebSocket may show it later.
  static bool needs_token(const boost::beast::http::request_header<>& r);
  /// Why the role of this token does not do; `who` is null where none is needed.
  std::optional<reply> forbid(const http_request& r, const grant* who) const;
  /// `knows_names`: worlds in trouble are named also where tokens are required.
  reply answer(const http_request& r, bool knows_names) const;

  /// What follows /api/1/, with the query.
  static std::string v1_target(std::string_view target);

private:
  reply readiness(bool names) const;

  hub& hub_;
  known_hosts hosts_;
};

}  // namespace unscripted::gateway
