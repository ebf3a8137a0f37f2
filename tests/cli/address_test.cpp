#include "cli/address.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::cli;

TEST_CASE("HOST:PORT is read and written back") {
  for (const std::string text : {"127.0.0.1:4000", "example.org:1", "[::1]:65535", "h:0"}) {
    const auto where = parse_address(text);
    REQUIRE(where);
    CHECK(to_string(*where) == text);
  }
  CHECK(parse_address("[::1]:4000")->host == "::1");
}

TEST_CASE("without a host it is this machine") {
  CHECK(to_string(*parse_address(":4001")) == "127.0.0.1:4001");
}

TEST_CASE("what is no address is refused") {
  for (const auto* text : {"", "4000", "host", "host:", "host:x", "host:65536", "host:-1",
                           "host:4000 ", "::1:4000", "[::1]4000", "a:b:1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_address(text));
  }
}
