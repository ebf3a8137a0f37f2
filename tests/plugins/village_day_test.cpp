// Hours, nights, and how far bots see.
#include "tests/plugins/village_world.hpp"

using namespace unscripted;
using namespace unscripted::tests;

namespace {

/// A world whose day has so many ticks.
struct with_days : village_world {
  explicit with_days(std::int64_t ticks, double sight = 12)
    : village_world({{"day", ticks}, {"sight", sight}}) {}

  std::int64_t hour() { return integer(core::world_serial, "hour"); }
  bool is_night() { return is_true(core::world_serial, "night"); }
  double sight() { return number(core::world_serial, "sight"); }
  void tick_until(std::int64_t h) {
    while (hour() != h) tick();
  }
};

}  // namespace

TEST_CASE("a day has 24 hours, and it is night from 20 to 6") {
  with_days w(240);
  w.tick_until(0);
  for (std::int64_t t = 0; t < 480; ++t, w.tick()) {
    const std::int64_t expected = static_cast<std::int64_t>(w.world().tick()) % 240 / 10;
    REQUIRE(w.hour() == expected);
    REQUIRE(w.is_night() == (expected < 6 || expected >= 20));
    REQUIRE(w.sight() == (w.is_night() ? 3 : 12));
  }
}

TEST_CASE("a new world is at noon, and its clock begins with its first tick") {
  with_days w(240);
  CHECK(w.hour() == 12);
  CHECK_FALSE(w.is_night());
  w.tick();
  CHECK(w.hour() == 0);
  CHECK(w.is_night());
}

TEST_CASE("sight after a hundred nights is what it was, whatever it is") {
  for (const double sight : {0.0, 0.1, 1.0 / 3, 50.0, 1e7}) {
    with_days w(24, sight);
    w.tick(24 * 100);
    w.tick_until(12);
    CHECK(w.sight() == sight);
  }
}

TEST_CASE("a sight that is given by night stays at dawn, and is what the next nights go by") {
  with_days w(24);
  w.tick_until(22);
  w.configure({{"sight", 8.0}});

  w.tick_until(23);
  CHECK(w.sight() == 8);
  w.tick_until(12);
  CHECK(w.sight() == 8);
  w.tick_until(22);
  CHECK(w.sight() == 2);
  w.tick_until(12);
  CHECK(w.sight() == 8);
}

TEST_CASE("a sight that is given by day is what the next night goes by") {
  with_days w(24);
  w.tick_until(12);
  w.configure({{"sight", 40.0}});
  w.tick_until(22);
  CHECK(w.sight() == 10);
  w.tick_until(12);
  CHECK(w.sight() == 40);
}

TEST_CASE("the hour is written 24 times a day, however long the day is") {
  with_days w(2400);
  w.tick_until(0);
  int changes = 0;
  for (int t = 0; t < 2400; ++t) {
    const auto before = w.hour();
    w.tick();
    changes += w.hour() != before;
  }
  CHECK(changes == 24);
}

TEST_CASE("days of a few ticks skip hours and keep their nights") {
  with_days w(2);
  w.tick(4);
  CHECK(w.hour() == 0);
  CHECK(w.sight() == 3);
  w.tick();
  CHECK(w.hour() == 12);
  CHECK(w.sight() == 12);
  w.configure({{"day", std::int64_t{1}}});
  w.tick(3);
  CHECK(w.hour() == 0);
}

TEST_CASE("in a world that is old already the night falls with the first tick of the plugin") {
  small_world w(shipped_and().catalogue, {{"day", std::int64_t{24}}, {"sight", 12.0}});
  w.tick(21);

  w.load(village_catalogue());
  CHECK(w.number(core::world_serial, "sight") == 12);
  w.tick();
  CHECK(w.get(core::world_serial, "hour").as_integer() == 22);
  CHECK(w.number(core::world_serial, "sight") == 3);
  w.tick(12);
  CHECK(w.number(core::world_serial, "sight") == 12);
}
