#include "gateway/http/site.hpp"

#include "gateway/http/openapi.hpp"
#include "gateway/http/page.hpp"
#include "gateway/methods.hpp"

#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <array>

namespace unscripted::gateway {

namespace {

namespace http = boost::beast::http;

constexpr std::string_view v1_root = "/api/1";
constexpr std::string_view old_world_page = "/vis/worlds/";

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view methods_of(place p) {
  switch (p) {
    case place::rpc: return "POST";
    case place::web_socket: return "GET";
    case place::v1: return "GET, HEAD, POST, DELETE";
    default: return "GET, HEAD";
  }
}

bool takes(std::string_view methods, std::string_view method) {
  const std::string all = ' ' + std::string{methods} + ',';
  return all.find(' ' + std::string{method} + ',') != all.npos;
}

bool is_json(boost::beast::string_view type) {
  const auto name = type.substr(0, type.find_first_of("; "));
  return boost::beast::iequals(name, "application/json");
}

// The page asked for a world by its address in the path once.
reply lead_to_world(std::string_view path) {
  const std::string_view id = path.substr(old_world_page.size());
  if (id.empty() || id.find_first_of("/&=+") != id.npos)
    return error_reply(404, "a world's page is /?world=ID");
  reply found{302, {}, {}};
  found.fields = {{http::field::location, "/?world=" + std::string{id}}};
  return found;
}

}  // namespace

place site::find(std::string_view target) {
  static constexpr std::array<std::string_view, 5> plain = {"/healthz", "/readyz", "/describe",
                                                            "/openapi.json", "/favicon.ico"};
  const std::string_view path = path_of(target);
  if (path == "/rpc") return place::rpc;
  if (path == "/ws") return place::web_socket;
  if (path == "/metrics") return place::metrics;
  if (path == v1_root || path.starts_with("/api/1/")) return place::v1;
  if (path == "/" || path.starts_with("/assets/") || path.starts_with(old_world_page))
    return place::site;
  return std::find(plain.begin(), plain.end(), path) == plain.end() ? place::nowhere : place::site;
}

std::string site::v1_target(std::string_view target) {
  target.remove_prefix(v1_root.size());
  if (target.starts_with('/')) target.remove_prefix(1);
  return std::string{target};
}

std::optional<reply> site::refuse(const http_request& r) const {
  if (auto why = hosts_.refuse(r)) return why;
  const std::string_view target = view_of(r.target());
  const place where = find(target);
  if (where == place::nowhere)
    return error_reply(404, "there is nothing at this address; / is the page, /openapi.json lists "
                            "what can be asked");
  const std::string_view allowed = methods_of(where);
  if (!takes(allowed, view_of(r.method_string())))
    return error_reply(405, "this address takes " + std::string{allowed})
        .with(http::field::allow, std::string{allowed});
  if (where == place::rpc && !is_json(r[http::field::content_type]))
    return error_reply(415, "a request is JSON: send it with Content-Type: application/json");
  const bool is_upgrade = boost::beast::websocket::is_upgrade(r);
  if (where == place::web_socket && !is_upgrade)
    return error_reply(426, "this address speaks WebSocket; POST /rpc takes single requests")
        .with(http::field::upgrade, "websocket");
  return std::nullopt;
}

std::optional<std::string_view> bearer_of(const http::request_header<>& r) {
  constexpr std::string_view scheme = "bearer ";
  std::string_view value = view_of(r[http::field::authorization]);
  const auto word = value.substr(0, scheme.size());
  if (!boost::beast::iequals({word.data(), word.size()}, {scheme.data(), scheme.size()}))
    return std::nullopt;
  value.remove_prefix(scheme.size());
  while (value.starts_with(' ')) value.remove_prefix(1);
  return value;
}

// What stands at an address as a method of the protocol: of that role is who may ask there.
static std::string_view method_at(place where, std::string_view path) {
  if (where == place::metrics) return "server.status";
  return path == "/describe" || path == "/openapi.json" ? "describe" : "ping";
}

bool site::needs_token(const http::request_header<>& r) {
  const std::string_view target = view_of(r.target());
  const place where = find(target);
  if (where == place::rpc || where == place::v1) return true;
  return methods::least_role(method_at(where, path_of(target))) != role::anyone;
}

std::optional<reply> site::forbid(const http_request& r, const grant* who) const {
  if (!hub_.gate) return std::nullopt;
  const std::string_view target = view_of(r.target());
  const std::string_view method = method_at(find(target), path_of(target));
  const asker a{who, hub_.gate->tokens().now_ms()};
  if (const auto why = gateway::refuse(a, methods::least_role(method), method))
    return error_reply(static_cast<unsigned>(core::wire_code(why->code)), why->message);
  return std::nullopt;
}

reply site::answer(const http_request& r, bool knows_names) const {
  const std::string_view path = path_of(view_of(r.target()));
  if (path == "/healthz") return json_reply(200, "{\"status\":\"ok\"}\n");
  if (path == "/readyz") return readiness(knows_names || !hub_.gate);
  if (path == "/describe") return json_reply(200, describe_server(hub_) + "\n");
  if (path == "/openapi.json") return json_reply(200, openapi_text());
  if (path.starts_with(old_world_page)) return lead_to_world(path);
  if (auto file = find_page_file(path, r)) return *std::move(file);
  if (path == "/favicon.ico") return {204, {}, {}};
  return error_reply(404, "the page has no such file");
}

// A world that is in trouble needs its owner; the others live.
reply site::readiness(bool names) const {
  std::string body;
  json_writer json{body};
  const auto worlds = hub_.engine->worlds();
  const bool all_live =
      std::all_of(worlds.begin(), worlds.end(), [](const auto& w) { return w.trouble.empty(); });
  const bool is_ready = all_live && !hub_.stopping;
  json.begin_object().member("ready", is_ready).member("stopping", hub_.stopping.load());
  json.member("worlds", worlds.size()).key("trouble").begin_array();
  for (const auto& w : worlds) {
    if (w.trouble.empty() || !names) continue;
    json.begin_object();
    json.member("world", core::to_string(core::thing_id{w.number, core::world_serial}));
    json.member("name", w.name).member("trouble", w.trouble).end_object();
  }
  json.end_array().end_object();
  return json_reply(is_ready ? 200 : 503, body + "\n");
}

}  // namespace unscripted::gateway
