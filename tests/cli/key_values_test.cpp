#include "cli/failure.hpp"
#include "cli/key_values.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::cli;
using unscripted::gateway::json_writer;

namespace {

std::string object(const std::vector<std::string>& pairs) {
  std::string out;
  json_writer json(out);
  write_key_values(json, pairs);
  return out;
}

}  // namespace

TEST_CASE("numbers, booleans and texts are told apart") {
  CHECK(object({"angle=0.25", "n=-3", "big=1e9"}) == R"({"angle":0.25,"n":-3,"big":1e9})");
  CHECK(object({"a=true", "b=false"}) == R"({"a":true,"b":false})");
  CHECK(object({"a=yes", "b=", "c=null"}) == R"({"a":"yes","b":"","c":"null"})");
}

TEST_CASE("quotes make a text of what looks like a number") {
  CHECK(object({R"(a="12")", R"(b="true")", R"(c="")"}) == R"({"a":"12","b":"true","c":""})");
}

TEST_CASE("what JSON does not write as a number is a text") {
  for (const auto* text : {"007", "+1", ".5", "5.", "1e", "0x10", "nan", "inf", "-", "1 "}) {
    CAPTURE(text);
    CHECK(object({std::string("a=") + text}) == std::string(R"({"a":")") + text + "\"}");
  }
}

TEST_CASE("only the first equals sign parts key and value") {
  CHECK(object({"a=b=c"}) == R"({"a":"b=c"})");
}

TEST_CASE("pairs that are none are refused") {
  CHECK_THROWS_AS(object({"angle"}), wrong_usage);
  CHECK_THROWS_AS(object({"=1"}), wrong_usage);
  CHECK_THROWS_AS(object({"a=1", "a=2"}), wrong_usage);
  CHECK_THROWS_AS(object({"a=1e999"}), wrong_usage);
}

TEST_CASE("values may be JSON only where that is wanted, and then must be") {
  const auto json_too = [](const std::vector<std::string>& pairs) {
    std::string out;
    json_writer json(out);
    write_key_values(json, pairs, loose_values::or_json);
    return out;
  };
  CHECK(json_too({"pos=[ 1, 0 , 2.5 ]", "at={\"seq\" : 7}", "until=null", "name=ada"}) ==
        R"({"pos":[1,0,2.5],"at":{"seq":7},"until":null,"name":"ada"})");
  CHECK(object({"pos=[1]"}) == R"({"pos":"[1]"})");
  CHECK_THROWS_AS(json_too({"pos=[1"}), wrong_usage);
  CHECK_THROWS_AS(json_too({"at={\"seq\":7} {}"}), wrong_usage);
}
