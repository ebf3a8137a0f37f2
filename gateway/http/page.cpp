#include "gateway/http/page.hpp"

#include "gateway/http/page_files.hpp"

#include <array>

namespace unscripted::gateway {

namespace {

namespace http = boost::beast::http;

std::string_view type_of(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> known = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
  }};
  if (path == "/") path = "/index.html";
  for (const auto& [ending, type] : known)
    if (path.ends_with(ending)) return type;
  return "application/octet-stream";
}

reply friendly_page() {
  std::string body =
      R"(<!doctype html><html lang="en"><meta charset="utf-8"><title>Unscripted</title>)"
      "<h1>Unscripted is running</h1><p>This build has no page: ";
  body += why_no_page();
  body += ".</p><p>Everything else is here: bots connect over TCP, to <code>/ws</code> or to "
          "<code>/rpc</code>; <a href=\"/openapi.json\">/openapi.json</a> lists what can be asked, "
          "<a href=\"/metrics\">/metrics</a> what happens.</p></html>\n";
  return {404, "text/html; charset=utf-8", std::move(body)};
}

}  // namespace

std::optional<reply> find_page_file(std::string_view path, const http_request& asked) {
  for (const page_file& file : page_files()) {
    if (file.path != path) continue;
    const std::string tag = '"' + std::string{file.hash} + '"';
    reply found{200, std::string{type_of(path)}, {}};
    found.fields = {{http::field::etag, tag}, {http::field::cache_control, "no-cache"}};
    const std::string_view known = view_of(asked[http::field::if_none_match]);
    if (known == "*" || known.find(tag) != known.npos) {
      found.status = 304;
      found.type.clear();
    } else {
      found.body = file.bytes;
    }
    return found;
  }
  if (path == "/" && page_files().empty()) return friendly_page();
  return std::nullopt;
}

}  // namespace unscripted::gateway
