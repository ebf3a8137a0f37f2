#include "gateway/http/hosts.hpp"

#include <algorithm>

namespace unscripted::gateway {

namespace {

namespace http = boost::beast::http;

std::string lower(std::string_view text) {
  std::string made{text};
  for (char& c : made)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return made;
}

// Without the port.
std::string_view name_in(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

// What may stand behind the name: nothing, or a port.
bool is_port(std::string_view text) {
  return text.empty() ||
         (text.starts_with(':') && text.find_first_not_of("0123456789", 1) == text.npos);
}

bool is_page(std::string_view target) {
  return target == "/" || target.starts_with("/?") || target.starts_with("/vis/");
}

}  // namespace

known_hosts::known_hosts(const std::string& bound, const std::vector<std::string>& named)
  : names_{"localhost", "127.0.0.1", "[::1]"} {
  const auto add = [this](const std::string& name) {
    const bool is_v6 = name.find(':') != name.npos && !name.starts_with('[');
    names_.push_back(lower(is_v6 ? '[' + name + ']' : name));
  };
  add(bound);
  for (const std::string& name : named) add(name);
}

bool known_hosts::is_ours(std::string_view host) const {
  const std::string_view name = name_in(host);
  return is_port(host.substr(name.size())) &&
         std::find(names_.begin(), names_.end(), lower(name)) != names_.end();
}

std::optional<reply> known_hosts::refuse(const http_request& r) const {
  if (r.count(http::field::host) != 1) return error_reply(400, "a request needs one Host header");
  const std::string_view host = view_of(r[http::field::host]);
  if (!is_ours(host))
    return error_reply(403, "this server does not go by the name in the Host header; its owner can "
                            "add a name with --http-host");
  if (r.count(http::field::origin) > 0) {
    const std::string origin = lower(view_of(r[http::field::origin]));
    const std::string own = "://" + lower(host);
    if (r.count(http::field::origin) > 1 || (origin != "http" + own && origin != "https" + own))
      return error_reply(403, "the Origin header names another site");
  }
  // A browser says so where it sends no Origin: a link may lead here, nothing else.
  const std::string_view site = view_of(r["Sec-Fetch-Site"]);
  if (!site.empty() && site != "same-origin" && site != "none" && !is_page(view_of(r.target())))
    return error_reply(403, "the request comes from another site");
  return std::nullopt;
}

}  // namespace unscripted::gateway
