#include "gateway/v1/query.hpp"

#include <catch2/catch.hpp>
#include <simdjson.h>

#include <iostream>
#include <random>

namespace v1 = unscripted::gateway::v1;
using strings = std::vector<std::string>;

namespace {

v1::query read(std::string_view target) {
  auto parsed = v1::parse_query(target);
  if (const auto* why = std::get_if<v1::failure>(&parsed)) FAIL(why->message);
  return std::get<v1::query>(std::move(parsed));
}

// 0: it is taken.
unsigned refusal(std::string_view target) {
  const auto parsed = v1::parse_query(target);
  const auto* why = std::get_if<v1::failure>(&parsed);
  if (!why) return 0;
  CHECK(why->message.size() > 10);
  return why->code;
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string out;
  while (count-- > 0) out += text;
  return out;
}

}  // namespace

TEST_CASE("a query is a path and parameters in the order in which they were given") {
  const v1::query q = read("things/ab/actions/walk?actorid=cd&angle=0.3&@context=c.1&angle=0.4");
  CHECK(q.path == strings{"things", "ab", "actions", "walk"});
  REQUIRE(q.params.size() == 3);
  CHECK(q.params[0].name == "actorid");
  CHECK(q.params[1].name == "angle");
  CHECK(q.params[1].values == strings{"0.3", "0.4"});
  CHECK(*q.value("@context") == "c.1");
  CHECK(q.value("context") == nullptr);
}

TEST_CASE("what is empty between slashes and ampersands is nothing") {
  CHECK(read("").path.empty());
  CHECK(read("/").path.empty());
  CHECK(read("?").params.empty());
  CHECK(read("//worlds//ab/").path == strings{"worlds", "ab"});
  CHECK(read("?&&i=0&").params.size() == 1);
}

TEST_CASE("a parameter without a value is empty, and one may hold what parts others") {
  const v1::query q = read("bots?name&female=&x=a=b?c/d");
  CHECK(q.value("name")->empty());
  CHECK(q.value("female")->empty());
  CHECK(*q.value("x") == "a=b?c/d");
}

TEST_CASE("percent signs are decoded after the parts were found, plus signs in the query only") {
  const v1::query q = read("a%2Fb+c?na%6de=%C3%A9+%26%3d%2B");
  CHECK(q.path == strings{"a/b+c"});
  CHECK(*q.value("name") == "é &=+");
}

TEST_CASE("a wrong encoding is refused, in the path, in a name and in a value") {
  for (const char* wrong : {"%", "%4", "%zz", "%4g", "%%41", "%ff", "%C3", "%ED%A0%80", "\xff"}) {
    CAPTURE(wrong);
    CHECK(refusal(wrong) == 400);
    CHECK(refusal(std::string{"things?"} + wrong + "=1") == 400);
    CHECK(refusal(std::string{"things?x="} + wrong) == 400);
  }
  CHECK(refusal("things?x=%00%7f") == 0);  // text like any other
}

TEST_CASE("what is too long or has too many parts is refused") {
  CHECK(refusal(repeated("a", v1::target_bytes_max)) == 0);
  CHECK(refusal(repeated("a", v1::target_bytes_max + 1)) == 414);
  CHECK(refusal(repeated("a/", v1::path_parts_max)) == 0);
  CHECK(refusal(repeated("a/", v1::path_parts_max + 1)) == 400);
  CHECK(refusal("?" + repeated("a&", v1::values_max)) == 0);
  CHECK(refusal("?" + repeated("a&", v1::values_max + 1)) == 400);
}

TEST_CASE("of any bytes, what is taken is bounded and UTF-8") {
  const auto seed = std::random_device{}();
  std::cerr << "seed of the random queries: " << seed << '\n';
  std::mt19937 chance{seed};
  const std::string_view letters = "/?&=%+4aC3\xc3\xa9z\0@";
  for (int round = 0; round < 20'000; ++round) {
    std::string target;
    for (auto length = chance() % 40; length-- > 0;)
      target.push_back(chance() % 9 ? letters[chance() % letters.size()]
                                    : static_cast<char>(chance() & 255));
    const auto parsed = v1::parse_query(target);
    const auto* q = std::get_if<v1::query>(&parsed);
    if (!q) continue;
    std::string all;
    for (const std::string& part : q->path) {
      if (part.empty()) FAIL("an empty part of " << target);
      all += part;
    }
    for (const v1::parameter& p : q->params) {
      if (p.values.empty()) FAIL("no value in " << target);
      all += p.name + p.values.front();
    }
    if (all.size() > target.size() || !simdjson::validate_utf8(all.data(), all.size()))
      FAIL("from " << target);
  }
}
