#include "cli/document.hpp"
#include "cli/options_reader.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace unscripted;
using namespace unscripted::cli;

namespace {

constexpr const char* perception = R"({"tick":3,
  "self":{"id":"000000010000000000000005","kind":"bot","props":{"drink":0.5,"age":41},
          "actions":[{"action":"pass","params":{}}]},
  "world":{"id":"000000010000000000000000","dims":[10,10,10],"actions":[
     {"action":"walk","params":{"angle":{"type":"number","unit":"turn","minimum":0,"maximum":1,
                                         "default":0.125}}}]},
  "things":[{"id":"000000010000000000000009","kind":"bot","actions":[]},
            {"id":"000000010000000000000007","kind":"well",
             "actions":[{"action":"drink","params":{}}]},
            {"id":"000000010000000000000006","kind":"well",
             "actions":[{"action":"drink","params":{}}]}]})";

}  // namespace

TEST_CASE("options come in the order of a hosted mind: self, world, things as perceived") {
  const document seen(perception);
  options_reader reader;
  const auto& now = reader.read(seen.root());

  REQUIRE(now.options.size() == 4);
  CHECK(now.age == 41);
  CHECK(now.options[0].target == 5);
  CHECK(*now.options[0].action == "pass");
  CHECK(now.options[1].target == core::world_serial);
  CHECK(*now.options[1].action == "walk");
  CHECK(now.options[2].target == 7);
  CHECK(now.options[3].target == 6);
  REQUIRE(now.options[1].parameters->size() == 1);
  const auto& angle = now.options[1].parameters->front();
  CHECK(angle.name == "angle");
  CHECK(angle.type == core::value_type::number);
  CHECK(angle.minimum == 0);
  CHECK(angle.maximum == 1);
  CHECK(angle.fallback.as_number() == 0.125);
}

TEST_CASE("texts and things are read as a hosted mind has them") {
  const document seen(R"({"self":{"id":"000000010000000000000005","kind":"bot","actions":[
     {"action":"say","params":{"words":{"type":"string","maxLength":200,"default":""}}},
     {"action":"give","params":{"what":{"type":"string","format":"thing"}}}]},"world":{}})");
  options_reader reader;
  const auto& now = reader.read(seen.root());

  REQUIRE(now.options.size() == 2);
  const auto& words = now.options[0].parameters->front();
  CHECK(words.type == core::value_type::text);
  CHECK(words.maximum == 200);
  CHECK(words.fallback == core::value::of_text(""));
  const auto& what = now.options[1].parameters->front();
  CHECK(what.type == core::value_type::thing);
  CHECK(what.fallback == core::value::thing(core::no_thing));
}

TEST_CASE("what is no perception gives no options") {
  options_reader reader;
  for (const auto* text : {"{}", "[]", "null", R"({"self":{}})", R"({"self":1,"world":2})"}) {
    const document d(text);
    CHECK(reader.read(d.root()).options.empty());
  }
}

TEST_CASE("arguments survive the way over the wire exactly") {
  for (const double x : {0.1, 1.0 / 3, 5e-324, 0.9999999999999999, 1e22, 123456.789}) {
    std::string text;
    append_value(text, core::value::number(x), 1);
    const document read(text);
    CHECK(std::bit_cast<std::uint64_t>(read.root().get_double().value_unsafe()) ==
          std::bit_cast<std::uint64_t>(x));
  }
}

TEST_CASE("values of every type have their form on the wire") {
  const auto text_of = [](const core::value& x) {
    std::string out;
    append_value(out, x, 1);
    return out;
  };
  CHECK(text_of(core::value::integer(-4)) == "-4");
  CHECK(text_of(core::value::boolean(true)) == "true");
  CHECK(text_of(core::value::of_text("a\"b")) == R"("a\"b")");
  CHECK(text_of(core::value::thing(7)) == R"("000000010000000000000007")");
  CHECK(text_of(core::value::thing(core::no_thing)) == "null");
}
