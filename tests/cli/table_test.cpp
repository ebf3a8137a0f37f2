#include "cli/document.hpp"
#include "cli/table.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::cli;

TEST_CASE("columns are as wide as their widest cell, numbers to the right") {
  table t({"name", "tick"});
  t.add({"eden", "7"});
  t.add({"a-longer-name", "1234"});

  CHECK(t.text() == "name           tick\n"
                    "eden              7\n"
                    "a-longer-name  1234\n");
}

TEST_CASE("letters of several bytes count as one column") {
  table t({"name", "x"});
  t.add({"Zoë", "a"});

  CHECK(t.text() == "name  x\nZoë   a\n");
}

TEST_CASE("fields of objects inside objects are named by their path") {
  const document world(R"({"name":"eden","dims":[10,10,2.5],"rules":{"day":300},"at":null,
                           "actions":[{"action":"walk","params":{}},{"action":"fly"}]})");
  field_list fields;
  fields.add_all(world.root());

  CHECK(fields.text() == "name       eden\n"
                         "dims       10, 10, 2.5\n"
                         "rules.day  300\n"
                         "at         -\n"
                         "actions    walk, fly\n");
}

TEST_CASE("large numbers are grouped, small ones keep three digits") {
  CHECK(grouped(std::uint64_t{0}) == "0");
  CHECK(grouped(std::uint64_t{999}) == "999");
  CHECK(grouped(std::uint64_t{1234567}) == "1,234,567");
  CHECK(grouped(1234.4) == "1,234");
  CHECK(grouped(99.96) == "100");
  CHECK(grouped(3.14159) == "3.14");
  CHECK(grouped(0.000123456) == "0.000123");
}

TEST_CASE("what controls a terminal or turns its writing is shown and not obeyed") {
  CHECK(printable("a\x1b[2Jb\nc\x7f") == "a?[2Jb?c?");
  CHECK(printable("\xC2\x9B"
                  "2J, \xE2\x80\xAE, \xE2\x81\xA6, \xEF\xBB\xBF.") == "?2J, ?, ?, ?.");
  CHECK(printable("Zo\xC3\xAB \xE2\x82\xAC \xC2\xA0") == "Zo\xC3\xAB \xE2\x82\xAC \xC2\xA0");
  CHECK(printable("cut \xC2") == "cut \xC2");

  const document names("{\"a\\u001b\":[{\"name\":\"\xC2\x9B"
                       "2J\"}]}");
  field_list fields;
  fields.add_all(names.root());
  CHECK(fields.text() == "a?  {\"name\":\"?2J\"}\n");
}
