#include "gateway/json_writer.hpp"

#include <catch2/catch.hpp>
#include <simdjson.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using unscripted::gateway::append_json_text;
using unscripted::gateway::json_writer;

TEST_CASE("commas and colons come by themselves") {
  std::string out;
  json_writer json(out);
  json.begin_object().member("a", 1).key("b").begin_array().value(1).value("x").begin_object();
  json.end_object().null().end_array().key("c").begin_object().end_object();
  json.raw_member("d", "[1, 2]").end_object();

  CHECK(out == R"({"a":1,"b":[1,"x",{},null],"c":{},"d":[1, 2]})");
}

TEST_CASE("values of every type have their form") {
  std::string out;
  json_writer json(out);
  json.begin_array().value(true).value(false).value(std::numeric_limits<std::int64_t>::min());
  json.value(std::numeric_limits<std::uint64_t>::max()).value(0.1).value(1e300).value(-0.5);
  json.value(std::string("s")).value(std::string_view("v")).value("c").value(short{3});
  json.end_array();

  CHECK(out == R"([true,false,-9223372036854775808,18446744073709551615,0.1,1e+300,-0.5,)"
               R"("s","v","c",3])");
}

TEST_CASE("numbers that are not finite become null") {
  std::string out;
  json_writer json(out);
  const double infinity = std::numeric_limits<double>::infinity();
  json.begin_array().value(infinity).value(-infinity);
  json.value(std::numeric_limits<double>::quiet_NaN()).end_array();

  CHECK(out == "[null,null,null]");
}

TEST_CASE("it appends, and does not touch what is there") {
  std::string out = "before ";
  json_writer(out).value(1);
  json_writer(out).value(2);

  CHECK(out == "before 12");
}

TEST_CASE("any text of valid UTF-8 reads back as it was") {
  std::string all;
  for (int c = 0; c < 128; ++c) all.push_back(static_cast<char>(c));
  all += "é€😀\u2028";
  std::string out;
  append_json_text(out, all);

  simdjson::dom::parser parser;
  std::string_view read;
  REQUIRE(parser.parse(out).get(read) == simdjson::SUCCESS);
  CHECK(read == all);
  CHECK(out.find('\n') == out.npos);
}

// A history that was imported may name a thing so: answers about it were no JSON.
TEST_CASE("what is not UTF-8 in a text is replaced, byte by byte, and the rest stays") {
  for (const auto& [text, shown] : {std::pair<std::string_view, std::string_view>{"\xff", "\ufffd"},
                                    {"a\xc3", "a\ufffd"},
                                    {"\xe2\x82", "\ufffd\ufffd"},
                                    {"\xc0\x80\n", "\ufffd\ufffd\n"},
                                    {"é\xf0\x9f\x98€\x80😀\"", "é\ufffd\ufffd\ufffd€\ufffd😀\""}}) {
    std::string out = "before";
    append_json_text(out, text);
    simdjson::dom::parser parser;
    std::string_view read;
    REQUIRE(parser.parse(out.substr(6)).get(read) == simdjson::SUCCESS);
    CHECK(read == shown);
  }
}

TEST_CASE("whole numbers beyond 64 bits have an exponent, so that they read back as doubles") {
  std::string out;
  json_writer(out)
      .begin_array()
      .value(1.2345678901234567e20)
      .value(-0x1p63)
      .value(1e15)
      .end_array();

  CHECK(out == "[1.2345678901234567e+20,-9.223372036854776e+18,1e+15]");
}

TEST_CASE("any double reads back as the same double") {
  std::mt19937_64 random(1);
  simdjson::dom::parser parser;
  for (int i = 0; i < 10'000; ++i) {
    const auto bits = random();
    double x = 0;
    std::memcpy(&x, &bits, sizeof x);
    if (!std::isfinite(x)) continue;
    std::string out;
    json_writer(out).begin_array().value(x).end_array();
    double read = 0;
    REQUIRE(parser.parse(out).at(0).get(read) == simdjson::SUCCESS);
    CAPTURE(out);
    CHECK(std::memcmp(&read, &x, sizeof x) == 0);
  }
}
