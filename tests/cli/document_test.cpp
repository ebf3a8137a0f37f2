#include "cli/document.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::cli;

TEST_CASE("the result of an answer is kept as it stands") {
  const std::string line = R"({"id":7, "x":"}\"]", "result" : {"a":[1, 2.50,{"b":"]"}]} })";
  const auto got = read_answer(line);

  REQUIRE(std::holds_alternative<document>(got));
  CHECK(std::get<document>(got).text() == R"({"a":[1, 2.50,{"b":"]"}]})");
}

TEST_CASE("an error keeps its code, reason, message and data") {
  const auto got = read_answer(
      R"({"id":1,"error":{"code":404,"message":"no x","data":{"reason":"not_found","id":"x"}}})");

  REQUIRE(std::holds_alternative<refusal>(got));
  const auto& why = std::get<refusal>(got);
  CHECK(why.code == 404);
  CHECK(why.reason == "not_found");
  CHECK(why.message == "no x");
  CHECK(why.data == R"({"reason":"not_found","id":"x"})");
}

TEST_CASE("what is no answer is an error, not a crash") {
  CHECK_THROWS_AS(read_answer("{\"id\":1"), failed);
  CHECK_THROWS_AS(read_answer("[]"), failed);
  CHECK_THROWS_AS(read_answer("{}"), failed);
}

TEST_CASE("raw members of any type are found") {
  const std::string json = R"( { "a" : 1 , "b":"x,\\", "c":[{}],"d":{},"e":true })";

  CHECK(raw_member(json, "a") == "1");
  CHECK(raw_member(json, "b") == R"("x,\\")");
  CHECK(raw_member(json, "c") == "[{}]");
  CHECK(raw_member(json, "d") == "{}");
  CHECK(raw_member(json, "e") == "true");
  CHECK(raw_member(json, "f").empty());
  CHECK(raw_member("{}", "a").empty());
  CHECK(raw_member("", "a").empty());
}

TEST_CASE("counts may be written as text") {
  const document d(R"({"a":18446744073709551615,"b":"18446744073709551615","c":-1,"d":"x"})");

  CHECK(count_at(d.root(), "a") == 18446744073709551615U);
  CHECK(count_at(d.root(), "b") == 18446744073709551615U);
  CHECK(count_at(d.root(), "c", 5) == 5);
  CHECK(count_at(d.root(), "d", 5) == 5);
  CHECK(count_at(d.root(), "e", 5) == 5);
}

TEST_CASE("the items of an array are taken as they stand") {
  using texts = std::vector<std::string_view>;
  CHECK(raw_items(R"([ {"a":[1,2]} ,"x,]", -0.0,null ])") ==
        texts{R"({"a":[1,2]})", R"("x,]")", "-0.0", "null"});
  CHECK(raw_items("[]").empty());
  CHECK(raw_items("[ 7]") == texts{"7"});
  CHECK(raw_items("{}").empty());
}
