#include "gateway/http/hosts.hpp"
#include "gateway/http/metrics_writer.hpp"
#include "gateway/http/openapi.hpp"
#include "gateway/http/page.hpp"
#include "gateway/http/site.hpp"

#include <catch2/catch.hpp>
#include <simdjson.h>

namespace http = boost::beast::http;

namespace unscripted::gateway {

namespace {

http_request request_for(const std::string& host, const std::string& target = "/healthz") {
  http_request r{http::verb::get, target, 11};
  r.set(http::field::host, host);
  return r;
}

unsigned status_of(const std::optional<reply>& refusal) { return refusal ? refusal->status : 200; }

}  // namespace

TEST_CASE("a server goes by its address and by the names its owner gave, in any case") {
  const known_hosts hosts{"192.0.2.7", {"Worlds.Example", "2001:db8::1"}};
  for (const char* ours : {"localhost", "LocalHost:1", "127.0.0.1:8000", "[::1]:8000", "192.0.2.7",
                           "worlds.example:80", "[2001:DB8::1]:80"})
    CHECK(status_of(hosts.refuse(request_for(ours))) == 200);
  for (const char* other : {"", ":8000", "192.0.2.8", "worlds.example.com", "[2001:db8::2]", "[",
                            "2001:db8::1", "localhost/", "local host", "[::1].other.example",
                            "[::1]0:80", "localhost:80.other.example", "127.0.0.1:x"})
    CHECK(status_of(hosts.refuse(request_for(other))) == 403);
}

TEST_CASE("an origin must be the host, port and all") {
  const known_hosts hosts{"127.0.0.1", {}};
  auto r = request_for("LOCALHOST:8000");
  for (const auto& [origin, status] : {std::pair{"http://localhost:8000", 200u},
                                       {"https://LocalHost:8000", 200u},
                                       {"http://localhost", 403u},
                                       {"http://localhost:80", 403u},
                                       {"null", 403u},
                                       {"", 403u},
                                       {"ftp://localhost:8000", 403u},
                                       {"http://127.0.0.1:8000", 403u}}) {
    r.set(http::field::origin, origin);
    CAPTURE(origin);
    CHECK(status_of(hosts.refuse(r)) == status);
  }
}

TEST_CASE("an address of the old API is what stands behind its root") {
  for (const auto& [target, rest] :
       {std::pair{"/api/1", ""},
        {"/api/1/", ""},
        {"/api/1?env", "?env"},
        {"/api/1/?env", "?env"},
        {"/api/1/worlds", "worlds"},
        {"/api/1/things/a/actions/b?x=%20", "things/a/actions/b?x=%20"}}) {
    CHECK(site::find(target) == place::v1);
    CHECK(site::v1_target(target) == rest);
  }
  for (const char* other : {"/api/11", "/api/1x", "/api", "/api/", "/api/2/worlds"})
    CHECK(site::find(other) == place::nowhere);
}

TEST_CASE("a page's file is looked up by its whole path") {
  const auto asked = request_for("localhost");
  CHECK(find_page_file("/", asked));
  for (const char* path : {"", "/index.html", "/assets/", "/assets/..", "/assets/../index.html",
                           "assets", "/assets//", "//"})
    CHECK_FALSE(find_page_file(path, asked));
}

TEST_CASE("a histogram's buckets hold all that is not above their bound") {
  duration_histogram h;
  for (const int us : {0, 25, 26, 10'000'000, 10'000'001}) h.note(std::chrono::microseconds{us});
  std::string text;
  metrics_writer{text}.histogram("wait_seconds", "How long.", h);
  const auto has = [&](const std::string& line) { return text.find(line + "\n") != text.npos; };
  CHECK(has("# TYPE unscripted_wait_seconds histogram"));
  CHECK(has("unscripted_wait_seconds_bucket{le=\"2.5e-05\"} 2"));
  CHECK(has("unscripted_wait_seconds_bucket{le=\"5e-05\"} 3"));
  CHECK(has("unscripted_wait_seconds_bucket{le=\"10\"} 4"));
  CHECK(has("unscripted_wait_seconds_bucket{le=\"+Inf\"} 5"));
  CHECK(has("unscripted_wait_seconds_count 5"));
}

TEST_CASE("a label's value is escaped") {
  std::string text;
  metrics_writer out{text};
  out.begin("x", "gauge", "X.");
  out.sample(1, {{"a", "q\" b\\ n\n"}, {"b", ""}});
  CHECK(text.ends_with("unscripted_x{a=\"q\\\" b\\\\ n\\n\",b=\"\"} 1\n"));
}

TEST_CASE("the OpenAPI document is JSON") {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  REQUIRE(parser.parse(openapi_text()).get(document) == simdjson::SUCCESS);
  CHECK(document["paths"]["/rpc"].is_object());
}

}  // namespace unscripted::gateway
