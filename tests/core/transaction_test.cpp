// What a behaviour reads and writes while it runs.
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

constexpr cell_ref drink{bot_kind, of_bot::drink}, age{bot_kind, of_bot::age},
    female{bot_kind, of_bot::female}, note{bot_kind, of_bot::note};

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

const creation a_bot{bot_kind, world_serial, metres(0.5, 1.7, 0.3), {}, {}};
const creation a_well{well_kind, world_serial, metres(1, 1, 1), {}, {}};

/// A transaction on a lab's world, and the record made of what it wrote.
struct draft {
  explicit draft(const lab& of) : writes(of.state(), of.state().seq() + 1, effects) {}

  record as_record(const lab& l) const {
    return {
        l.state().seq() + 1, l.state().tick(), advance_command{}, outcome::done, {}, 0, effects};
  }

  std::vector<effect> effects;
  transaction writes;
};

}  // namespace

TEST_CASE("a transaction reads what it wrote, the world does not", "[core][transaction]") {
  lab l;
  const serial bot = l.bot(5, 5);
  draft d{l};

  CHECK(d.writes.set(bot, drink, bits(0.5)));
  CHECK(d.writes.add(bot, drink, bits(-0.25)));
  CHECK(d.writes.add(bot, age, 3));
  CHECK(d.writes.set_text(bot, note, "first"));
  CHECK(d.writes.set_text(bot, note, "second"));
  CHECK(d.writes.move(bot, metres(2, 0, 2)));

  CHECK(d.writes.get(bot, drink) == bits(0.25));
  CHECK(d.writes.get(bot, age) == 3u);
  CHECK(d.writes.get_text(bot, note) == "second");
  CHECK(d.writes.place_of(bot)->pos == metres(2, 0, 2));
  CHECK(l.number(bot, of_bot::drink) == 1);
  CHECK(l.at(bot).pos == metres(5, 0, 5));
}

TEST_CASE("applying the writes gives what the transaction read", "[core][transaction]") {
  lab l;
  const serial bot = l.bot(5, 5);
  draft d{l};
  d.writes.add(bot, drink, bits(-1.0 / 3));
  d.writes.set_text(bot, note, "done");
  const auto born = d.writes.create(a_bot, metres(1, 0, 1));
  REQUIRE(born);
  d.writes.add(*born, age, 2);
  d.writes.move(*born, metres(1.1, 0, 1));

  world after = l.state();
  REQUIRE(after.try_apply(d.as_record(l)));

  CHECK(after.find(bot)->cells[of_bot::drink] == d.writes.get(bot, drink));
  CHECK(after.find(*born)->cells[of_bot::age] == 2);
  CHECK(after.find(*born)->pos == metres(1.1, 0, 1));
  check_whole(after);
}

TEST_CASE("what a transaction created, it can use and take out again", "[core][transaction]") {
  lab l;
  draft d{l};

  const auto born = d.writes.create(a_bot, metres(1, 0, 1));
  REQUIRE(born);
  CHECK(d.writes.exists(*born));
  CHECK(d.writes.kind_of(*born) == bot_kind);
  CHECK(d.writes.living_bots() == 1);
  CHECK_FALSE(d.writes.create(a_well, metres(1.2, 0, 1)));  // the new one's ground is taken
  CHECK(d.writes.erase(*born));

  CHECK_FALSE(d.writes.exists(*born));
  CHECK_FALSE(d.writes.place_of(*born));
  CHECK_FALSE(d.writes.erase(*born));
  CHECK(d.writes.living_bots() == 0);
  CHECK(d.writes.create(a_well, metres(1.2, 0, 1)));
  world after = l.state();
  REQUIRE(after.try_apply(d.as_record(l)));
  check_whole(after);
}

TEST_CASE("ground that a thing left is free, ground that it took is not", "[core][transaction]") {
  lab l;
  const serial bot = l.bot(5, 5);
  draft d{l};
  REQUIRE(d.writes.move(bot, metres(2, 0, 2)));

  CHECK_FALSE(d.writes.create(a_well, metres(2, 0, 2)));
  CHECK(d.writes.create(a_well, metres(5, 0, 5)));
  CHECK_FALSE(d.writes.move(bot, metres(5, 0, 5)));
  CHECK(d.writes.reason() == "blocked");
}

TEST_CASE("neighbours are as the transaction left them, the nearest first", "[core][transaction]") {
  lab l;
  const serial eye = l.bot(5, 5), east = l.bot(7, 5), north = l.bot(5, 8), gone = l.bot(4, 4);
  draft d{l};
  const auto near = [&](double range, std::size_t most = 10) {
    return d.writes.near(eye, from_metres(range), most);
  };
  REQUIRE(near(5) == std::vector<serial>{gone, east, north});

  d.writes.erase(gone);
  d.writes.move(east, metres(9.5, 0, 5));
  const serial born = *d.writes.create(a_well, metres(6.5, 0, 5));

  CHECK(near(5) == std::vector<serial>{born, north, east});
  CHECK(near(5, 2) == std::vector<serial>{born, north});
  CHECK(near(0.75) == std::vector<serial>{born});
  CHECK(near(0.749999).empty());
  CHECK(d.writes.near(gone, 1'000'000, 10).empty());
  CHECK(d.writes.near(world_serial, 0, 10).size() == 4);
}

TEST_CASE("going back forgets all that was written since, and nothing before",
          "[core][transaction]") {
  lab l;
  const serial bot = l.bot(5, 5), other = l.bot(7, 7);
  draft d{l};
  d.writes.set(bot, drink, bits(0.5));
  const std::size_t point = d.writes.savepoint();
  const serial next = *d.writes.create(a_well, metres(1, 0, 1));

  d.writes.set(bot, drink, bits(0.1));
  d.writes.move(bot, metres(2, 0, 8));
  const serial born = *d.writes.create(a_bot, metres(3, 0, 3));
  d.writes.set(born, drink, bits(0.3));
  d.writes.erase(other);
  REQUIRE(d.writes.get(born, drink) == bits(0.3));  // the last that was asked for
  d.writes.rollback(point);

  CHECK(d.effects.size() == 1);
  CHECK(d.writes.get(bot, drink) == bits(0.5));
  CHECK(d.writes.place_of(bot)->pos == metres(5, 0, 5));
  CHECK(d.writes.exists(other));
  CHECK_FALSE(d.writes.exists(born));
  CHECK_FALSE(d.writes.exists(next));
  CHECK_FALSE(d.writes.get(born, drink));
  CHECK(d.writes.living_bots() == 2);
  CHECK(d.writes.create(a_well, metres(1, 0, 1)) == next);
}

TEST_CASE("a cell reads as it was written last, however many others were written or taken back",
          "[core][transaction]") {
  const std::uint64_t seed = GENERATE(1u, 2u, 3u);
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  lab l;
  std::vector<serial> bots;
  for (int i = 0; i < 5; ++i) bots.push_back(l.bot(2 + i, 5));
  draft d{l};

  using cells = std::map<std::pair<serial, std::uint16_t>, std::uint64_t>;
  cells now;
  for (const serial bot : bots)
    for (const cell_ref c : {drink, age, female}) now[{bot, c.slot}] = l.at(bot).cells[c.slot];
  cells before = now;
  std::size_t point = 0;

  for (int step = 0; step < 300; ++step) {
    const serial bot = bots[chance.below(bots.size())];
    switch (chance.below(6)) {
      case 0:
        now[{bot, age.slot}] = 7;
        d.writes.set(bot, age, 7);
        break;
      case 1:
        now[{bot, drink.slot}] = bits(0.5);
        d.writes.set(bot, drink, bits(0.5));
        break;
      case 2:
        now[{bot, female.slot}] = 1;
        d.writes.set(bot, female, 1);
        break;
      case 3:
        now[{bot, age.slot}] += 3;
        d.writes.add(bot, age, 3);
        break;
      case 4:
        before = now;
        point = d.writes.savepoint();
        break;
      default:
        now = before;
        d.writes.rollback(point);
        break;
    }
    for (const auto& [cell, content] : now) {
      const cell_ref ref{bot_kind, cell.second};
      std::uint64_t read = 0;
      REQUIRE(d.writes.read(cell.first, ref, read));
      REQUIRE(read == content);
      REQUIRE(d.writes.get(cell.first, ref) == content);
    }
  }
}

TEST_CASE("a property takes only what it can hold", "[core][transaction]") {
  lab l;
  const serial bot = l.bot(5, 5);
  const serial well = l.well(2, 2);
  draft d{l};
  const double inf = std::numeric_limits<double>::infinity();

  for (const double x : {inf, -inf, std::nan("")}) {
    CHECK_FALSE(d.writes.set(bot, drink, bits(x)));
    CHECK_FALSE(d.writes.add(bot, drink, bits(x)));
  }
  CHECK(d.writes.set(bot, drink, bits(1e308)));
  CHECK_FALSE(d.writes.add(bot, drink, bits(1e308)));  // the sum is not finite
  CHECK_FALSE(d.writes.set(bot, note, 1));             // a text
  CHECK_FALSE(d.writes.set_text(bot, drink, "1"));     // no text
  CHECK_FALSE(d.writes.set_text(bot, note, std::string(text_bytes_max + 1, 'x')));
  CHECK_FALSE(d.writes.set(bot, {bot_kind, 99}, 1));  // no such slot
  CHECK_FALSE(d.writes.set(well, drink, bits(1)));    // another kind
  CHECK_FALSE(d.writes.set(99, drink, bits(1)));      // nobody
  CHECK_FALSE(d.writes.add(bot, female, 1));          // no arithmetic on booleans
  CHECK_FALSE(d.writes.get(bot, note));
  CHECK_FALSE(d.writes.get_text(bot, drink));
  CHECK_FALSE(d.writes.get(well, drink));
}

TEST_CASE("there is one zero and one true", "[core][transaction]") {
  lab l;
  const serial bot = l.bot(5, 5);
  draft d{l};

  d.writes.set(bot, drink, bits(-0.0));
  d.writes.set(bot, female, 256);

  CHECK(d.writes.get(bot, drink) == bits(0.0));
  CHECK(d.writes.get(bot, female) == 1u);
}

TEST_CASE("a thing of no size, or larger than the world, is not created", "[core][transaction]") {
  lab l;
  draft d{l};
  const micrometres most = std::numeric_limits<micrometres>::max();

  for (const vec3 dims : {vec3{0, 1, 1}, vec3{1, 0, 1}, vec3{1, 1, -5}, vec3{-most, 1, 1},
                          vec3{most, most, most}, vec3{10'000'001, 1, 1}}) {
    CAPTURE(dims.x, dims.y, dims.z);
    CHECK_FALSE(d.writes.create({well_kind, world_serial, dims, {}, {}}, metres(5, 0, 5)));
    CHECK_FALSE(d.writes.create({well_kind, world_serial, dims, {}, {}}, std::nullopt));
  }
  CHECK(d.effects.empty());
}

TEST_CASE("a place beyond all worlds is refused like one beyond this one", "[core][transaction]") {
  lab l;
  const serial bot = l.bot(5, 5);
  draft d{l};
  const micrometres most = std::numeric_limits<micrometres>::max();

  for (const micrometres far : {most, -most, most / 2, -most / 2 - 1}) {
    CHECK_FALSE(d.writes.move(bot, {far, 0, 5'000'000}));
    CHECK_FALSE(d.writes.move(bot, {5'000'000, far, 5'000'000}));
    CHECK_FALSE(d.writes.move(bot, {5'000'000, 0, far}));
  }
  CHECK(d.writes.near(bot, most, 10).empty());
}

TEST_CASE("no world is created or taken out by an action", "[core][transaction]") {
  lab l;
  draft d{l};
  CHECK_FALSE(d.writes.create({world_kind, world_serial, metres(1, 1, 1), {}, {}}, {}));
  CHECK_FALSE(d.writes.create({99, world_serial, metres(1, 1, 1), {}, {}}, {}));
  CHECK_FALSE(d.writes.erase(world_serial));
  CHECK_FALSE(d.writes.remove(world_serial, "flood"));
  CHECK_FALSE(d.writes.move(world_serial, metres(1, 0, 1)));
}

TEST_CASE("names, causes and reasons that are too long are cut between characters",
          "[core][transaction]") {
  lab l;
  const serial bot = l.bot(5, 5);
  draft d{l};
  std::string words;
  while (words.size() < 2 * reason_bytes_max) words += "x\u00e9\u6c34";

  d.writes.explain(words);
  const auto named = d.writes.create({well_kind, world_serial, metres(1, 1, 1), words, words}, {});
  d.writes.remove(bot, words);

  CHECK(d.writes.reason() == words.substr(0, d.writes.reason().size()));
  CHECK(d.writes.reason().size() <= reason_bytes_max);
  CHECK(d.writes.reason().size() > reason_bytes_max - 3);
  REQUIRE(named);
  CHECK(d.effects[0].created().name == words.substr(0, 63));  // byte 64 is within a character
  CHECK(d.effects[0].created().mind.size() == 63);
  CHECK(d.effects[1].text().size() <= name_bytes_max);
}

TEST_CASE("random places are free, inside, and all over the room", "[core][transaction]") {
  lab l;
  l.well(5, 5);
  const vec3 dims = metres(0.5, 1.7, 0.3);
  double least = 10, most = 0;

  for (std::uint64_t seq = 1; seq <= 300; ++seq) {
    std::vector<effect> effects;
    transaction writes{l.state(), seq, effects};
    const auto pos = writes.random_place(dims, true);
    REQUIRE(pos);
    REQUIRE(inside({*pos, dims}, l.state().settings().dims));
    REQUIRE_FALSE(l.state().occupied({*pos, dims}, no_thing));
    least = std::min(least, to_metres(pos->x));
    most = std::max(most, to_metres(pos->x));
  }

  CHECK(least < 0.6);
  CHECK(most > 9.4);
}

TEST_CASE("where there is no free place, none is found", "[core][transaction]") {
  lab l;
  l.play(create_command{well_kind, metres(5, 0, 5), metres(9.9, 1, 9.9), {}, {}, {}});
  draft d{l};

  CHECK_FALSE(d.writes.random_place(metres(0.5, 1.7, 0.3), true));
  CHECK(d.writes.random_place(metres(0.5, 1.7, 0.3), false));
  CHECK_FALSE(d.writes.random_place(metres(11, 1, 1), false));
  CHECK_FALSE(d.writes.random_place(metres(1, 11, 1), false));
  CHECK(d.writes.random_place(metres(10, 10, 10), false) == metres(5, 0, 5));
}

TEST_CASE("things may touch each other and fill a room to the last place", "[core][transaction]") {
  lab l;
  draft d{l};
  for (int x = 0; x < 10; ++x)
    for (int z = 0; z < 10; ++z) REQUIRE(d.writes.create(a_well, metres(x + 0.5, 0, z + 0.5)));

  world after = l.state();
  REQUIRE(after.try_apply(d.as_record(l)));

  CHECK(after.thing_count() == 100);
  check_whole(after);
}
