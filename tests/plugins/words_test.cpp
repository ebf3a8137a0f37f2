#include "plugins/words.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::plugins;

TEST_CASE("names are lower-case words of at most 32 characters") {
  CHECK(is_name("walk"));
  CHECK(is_name("a"));
  CHECK(is_name("go_2"));
  CHECK(is_name(std::string(32, 'a')));
  CHECK(!is_name(""));
  CHECK(!is_name(std::string(33, 'a')));
  CHECK(!is_name("2go"));
  CHECK(!is_name("_go"));
  CHECK(!is_name("Go"));
  CHECK(!is_name("go-on"));
  CHECK(is_property_name("_mood"));
  CHECK(!is_property_name("__mood"));
  CHECK(!is_property_name("_"));
}

TEST_CASE("plugin ids are dotted names") {
  CHECK(is_plugin_id("org.unscripted.walk"));
  CHECK(is_plugin_id("a.b"));
  CHECK(!is_plugin_id("walk"));
  CHECK(!is_plugin_id("org..walk"));
  CHECK(!is_plugin_id(".org"));
  CHECK(!is_plugin_id("org."));
  CHECK(!is_plugin_id("org.2"));
  CHECK(!is_plugin_id(""));
  CHECK(is_version("1.0.0-rc.1+x"));
  CHECK(!is_version("v1"));
  CHECK(!is_version("1 0"));
}

TEST_CASE("a line is UTF-8 without control characters, whatever the bytes were") {
  CHECK(is_line("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x8d"));
  CHECK(!is_line("a\nb"));
  CHECK(!is_line("\x7f"));
  CHECK(!is_line("\xc2\x85"));
  CHECK(!is_line("\xc0\x80"));
  CHECK(!is_line("\xe0\x80\x80"));
  CHECK(!is_line("\xed\xa0\x80"));
  CHECK(!is_line("\xf4\x90\x80\x80"));
  CHECK(!is_line("\xe2\x82"));
  CHECK(to_line("a\nb\xff", 10) == "a?b?");
  CHECK(to_line("caf\xc3\xa9", 4) == "caf");
  for (int first = 0; first < 256; ++first)
    for (int second = 0; second < 256; ++second)
      REQUIRE(is_line(to_line(std::string{static_cast<char>(first), static_cast<char>(second), 'x'},
                              100)));
}
