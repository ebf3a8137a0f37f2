#include "cli/failure.hpp"
#include "cli/moment.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::cli;

TEST_CASE("a moment is a sequence or a tick, and nothing else") {
  CHECK(parse_moment("seq:12") == moment{moment::unit::seq, 12});
  CHECK(parse_moment("12") == moment{moment::unit::seq, 12});
  CHECK(parse_moment("tick:0") == moment{moment::unit::tick, 0});
  for (const char* text :
       {"", "seq:", "tick", "tick:-1", "tick: 1", "seq:1.5", "seq:99999999999999999999", "day:3"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_moment(text));
  }
}

TEST_CASE("a world may have a moment behind an @, and an @ in its name") {
  CHECK(split_world("eden").at.empty());
  CHECK(split_world("eden@tick:9").world == "eden");
  CHECK(split_world("eden@tick:9").at == "tick:9");
  CHECK(split_world("ada@home").world == "ada@home");
  CHECK(split_world("ada@home@seq:4").world == "ada@home");
}

TEST_CASE("a moment is written as the protocol has it") {
  std::string out;
  unscripted::gateway::json_writer json(out);
  json.begin_object();
  write_moment(json, "at", "tick:7");
  write_moment(json, "to", "");
  json.end_object();

  CHECK(out == R"({"at":{"tick":7}})");
  CHECK_THROWS_AS(write_moment(json, "at", "noon"), wrong_usage);
}
