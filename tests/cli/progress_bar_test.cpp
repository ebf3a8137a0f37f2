#include "cli/progress_bar.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::cli;

TEST_CASE("progress is told with its rate, and with the time left where the end is known") {
  CHECK(progress_text(1500, 6000, "records", 750) ==
        "1,500 of 6,000 records · 750 records/s · 6 s left");
  CHECK(progress_text(1500, 0, "bytes", 750) == "1,500 bytes · 750 bytes/s");
  CHECK(progress_text(0, 10, "records", 0) == "0 of 10 records");
  CHECK(progress_text(10, 10, "records", 5) == "10 of 10 records · 5 records/s");
}

TEST_CASE("durations are told in the units that people use") {
  CHECK(duration_text(0.2) == "1 s");
  CHECK(duration_text(184) == "3 min 4 s");
  CHECK(duration_text(7500) == "2 h 5 min");
}

TEST_CASE("a bar is never shorter or longer than its columns") {
  CHECK(bar_text(0, 10, 4) == "[----]");
  CHECK(bar_text(5, 10, 4) == "[##--]");
  CHECK(bar_text(20, 10, 4) == "[####]");
  CHECK(bar_text(3, 0, 4) == "[----]");
}
