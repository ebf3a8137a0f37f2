#include "core/ids.hpp"
#include "core/random.hpp"

#include <catch2/catch.hpp>

#include <cctype>

using namespace unscripted::core;

TEST_CASE("an id is 24 lower-case hex digits, world before thing", "[core][ids]") {
  CHECK(to_string(thing_id{}) == "000000000000000000000000");
  CHECK(to_string(thing_id{0xabcdef01, 0x23456789}) == "abcdef010000000023456789");
  CHECK(to_string(thing_id{1, no_thing}) == "00000001ffffffffffffffff");

  std::string text = "id:";
  append(text, {2, 3});
  CHECK(text == "id:000000020000000000000003");
}

TEST_CASE("an id survives being written and read", "[core][ids]") {
  const std::uint64_t seed = GENERATE(1u, 2u);
  CAPTURE(seed);
  keyed_random chance{seed, 0};

  for (int i = 0; i < 10'000; ++i) {
    const thing_id id{static_cast<world_number>(chance.next()), chance.next() >> chance.below(64)};
    REQUIRE(parse_id(to_string(id)) == id);
  }
}

TEST_CASE("capital digits are read as well", "[core][ids]") {
  CHECK(parse_id("ABCDEF010000000023456789") == thing_id{0xabcdef01, 0x23456789});
}

TEST_CASE("what is not 24 hex digits is no id", "[core][ids]") {
  const std::string good = "00000001000000000000000a";
  REQUIRE(parse_id(good));

  CHECK_FALSE(parse_id(""));
  CHECK_FALSE(parse_id(good.substr(1)));
  CHECK_FALSE(parse_id(good + "0"));
  CHECK_FALSE(parse_id(std::string(24, 'g')));
  CHECK_FALSE(parse_id(std::string(24, '\0')));
  CHECK_FALSE(parse_id("0x0000010000000000000001"));
  CHECK_FALSE(parse_id(" 0000001000000000000000a"));
  CHECK_FALSE(parse_id("-0000001000000000000000a"));
  CHECK_FALSE(parse_id(std::string(1 << 20, '0')));
}

TEST_CASE("one wrong byte anywhere makes an id unreadable", "[core][ids]") {
  const std::string good = "0123456789abcdef01234567";

  for (std::size_t at = 0; at < good.size(); ++at)
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[at] = static_cast<char>(byte);
      const bool is_hex = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
                          (byte >= 'A' && byte <= 'F');
      CAPTURE(at, byte);
      const auto id = parse_id(text);
      REQUIRE(id.has_value() == is_hex);
      text[at] = static_cast<char>(std::tolower(byte));
      if (id) REQUIRE(to_string(*id) == text);
    }
}
