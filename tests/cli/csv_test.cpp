#include "cli/csv.hpp"
#include "cli/document.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::cli;

TEST_CASE("cells with commas, quotes or line ends stand in quotes") {
  CHECK(csv_row({"a", "", "b c"}) == "a,,b c\r\n");
  CHECK(csv_row({"a,b", "say \"no\"", "two\nlines"}) ==
        "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"\r\n");
}

TEST_CASE("the first object makes the header, places become three columns") {
  csv_rows rows;
  const document first(R"({"id":"7","pos":[1.5,0,-2],"heir":null,"female":true})");
  const document second(R"({"id":"8","pos":[0,0,0],"heir":"9","female":false,"age":4})");

  CHECK(rows.lines(first.root()) == "id,pos.x,pos.y,pos.z,heir,female\r\n7,1.5,0,-2,,true\r\n");
  CHECK(rows.left_out().empty());
  CHECK(rows.lines(second.root()) == "8,0,0,0,9,false\r\n");
  CHECK(rows.left_out() == std::vector<std::string>{"age"});
}

TEST_CASE("records become rows, and what else an export has does not") {
  auto rows = csv_rows::of_records();
  const document head(R"({"unscripted":"history","version":1})");
  const document act(R"({"seq":12,"tick":3,"command":{"type":"act","agent":"a","action":"drink",
                         "target":"b","args":{}},"outcome":"refused","reason":"too, far",
                         "draws":0,"effects":[{"type":"added"},{"type":"added"}]})");
  const document tick(R"({"seq":13,"tick":4,"command":{"type":"advance"},"outcome":"done",
                          "draws":0,"effects":[]})");

  CHECK(rows.lines(head.root()) ==
        "seq,tick,command,agent,action,target,outcome,reason,draws,effects\r\n");
  CHECK(rows.lines(act.root()) == "12,3,act,a,drink,b,refused,\"too, far\",0,2\r\n");
  CHECK(rows.lines(tick.root()) == "13,4,advance,,,,done,,0,0\r\n");
}
