#include "gateway/http/reply.hpp"

#include "gateway/json_writer.hpp"

#include <array>
#include <ctime>

namespace unscripted::gateway {

namespace {

namespace http = boost::beast::http;

// Made once a second.
const std::string& date_now() {
  static thread_local std::time_t made_at = 0;
  static thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now == made_at) return text;
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> bytes;
  text.assign(bytes.data(),
              std::strftime(bytes.data(), bytes.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts));
  made_at = now;
  return text;
}

// A page may load what comes from here, and speak to here; nobody may frame it.
std::string content_policy(const http_request& asked) {
  const std::string_view host = view_of(asked[http::field::host]);
  std::string policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
      "connect-src 'self'";
  // Not every browser takes 'self' for ws: as well.
  if (!host.empty() && host.find_first_of("; ,'") == host.npos)
    policy.append(" ws://").append(host);
  return policy += "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

}  // namespace

reply json_reply(unsigned status, std::string body) {
  return {status, "application/json", std::move(body)};
}

reply error_reply(unsigned status, std::string_view message) {
  std::string body;
  json_writer json{body};
  json.begin_object().key("error").begin_object();
  json.member("code", status).member("message", message).end_object().end_object();
  return json_reply(status, body + "\n");
}

http_response to_response(reply r, const http_request& asked) {
  http_response made{http::int_to_status(r.status), asked.version() == 10 ? 10u : 11u};
  made.set(http::field::date, date_now());
  made.set("X-Content-Type-Options", "nosniff");
  made.set("Referrer-Policy", "no-referrer");
  made.set("Cross-Origin-Resource-Policy", "same-origin");
  made.set("Content-Security-Policy", content_policy(asked));
  if (!r.type.empty()) made.set(http::field::content_type, r.type);
  bool says_how_long = false;
  for (const auto& [name, value] : r.fields) {
    made.set(name, value);
    says_how_long = says_how_long || name == http::field::cache_control;
  }
  if (!says_how_long) made.set(http::field::cache_control, "no-store");
  made.keep_alive(asked.keep_alive() && !r.ends_connection);
  if (r.status != 204 && r.status != 304) made.content_length(r.body.size());
  if (asked.method() != http::verb::head) made.body() = std::move(r.body);
  return made;
}

}  // namespace unscripted::gateway
