#include "cli/document.hpp"
#include "cli/record_line.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::cli;

TEST_CASE("a walk is told by who, what, and where it led") {
  const document walk(R"({"seq":37,"tick":3,"command":{"type":"act",
      "agent":"000000010000000000000008","action":"walk","target":"000000010000000000000000",
      "args":{"angle":0.841126597171585}},"outcome":"done","draws":0,"effects":[
      {"type":"moved","thing":"000000010000000000000008","pos":[5.86511,0,6.305428]},
      {"type":"added","thing":"000000010000000000000008","property":"age","value":1}]})");
  const auto words = words_of(walk.root());

  CHECK(words.who == "bot 8");
  CHECK(words.what == "walk angle=0.841127");
  CHECK(words.outcome == "done");
  CHECK(words.effects == "moved to (5.86511, 6.30543); age +1");
  CHECK(record_line(walk.root()) ==
        "      37         3  bot 8    walk angle=0.841127     done                   "
        "moved to (5.86511, 6.30543); age +1");
}

TEST_CASE("a refusal says why, a death its cause and its heir") {
  const document drink(R"({"seq":9,"tick":2,"command":{"type":"act",
      "agent":"000000010000000000000003","action":"drink","target":"000000010000000000000002",
      "args":{}},"outcome":"refused","reason":"not_in_reach","draws":2,"effects":[
      {"type":"created","thing":"00000001000000000000000a","kind":"bot","pos":[1,0.5,2]},
      {"type":"removed","thing":"000000010000000000000003","cause":"thirst",
       "heir":"00000001000000000000000a"}]})");
  const auto words = words_of(drink.root());

  CHECK(words.what == "drink at 2");
  CHECK(words.outcome == "refused: not_in_reach");
  CHECK(words.effects == "bot 10 born at (1, 0.5, 2); thing 3 died of thirst, heir 10");
}

TEST_CASE("what no bot did has nobody in it") {
  const document tick(R"({"seq":8,"tick":7,"command":{"type":"advance"},"outcome":"done",
                          "draws":0,"effects":[{"type":"ticked","tick":7}]})");

  CHECK(words_of(tick.root()).who == "-");
  CHECK(words_of(tick.root()).effects == "tick 7 begins");
}

TEST_CASE("a record that lacks everything is a line all the same") {
  CHECK(record_line(document("{}").root()).find("-  -") != std::string::npos);
  CHECK_NOTHROW(record_line(document(R"({"command":7,"effects":[3,{"type":"moved"}]})").root()));
}
