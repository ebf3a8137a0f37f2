// What becomes of commands: writes, refusals, faults, walls, reach, capacity.
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

settings room_for(std::uint32_t bots, std::uint32_t things) {
  settings s = small_world();
  s.capacity = {{"bot", bots}, {"thing", things}};
  return s;
}

}  // namespace

TEST_CASE("deciding twice gives the same record and leaves the world as it was", "[core][decide]") {
  lab l;
  const serial bot = l.bot(5, 5);
  l.bot(5.5, 5.5);
  l.well(4, 4);
  const std::uint64_t before = l.state().hash();

  for (const char* action : {"walk", "spawn", "roll", "decline", "break", "gamble", "scribble"}) {
    const command c = act_of(l.state(), bot, action);
    const record first = l.decided(c), second = l.decided(c);
    CAPTURE(action);
    CHECK(same(first, second, &l.state().catalogue()));
  }

  CHECK(l.state().hash() == before);
  CHECK(l.state().rehash() == before);
  CHECK(l.state().seq() == l.history().back().seq);
}

TEST_CASE("a record that was used before leaves no trace in the next", "[core][decide]") {
  lab l;
  const serial bot = l.bot(5, 5);
  record used;
  REQUIRE_FALSE(decide(l.state(), act_of(l.state(), bot, "decline"), used));

  REQUIRE_FALSE(decide(l.state(), act_of(l.state(), bot, "pass", bot), used));

  CHECK(same(used, l.decided(act_of(l.state(), bot, "pass", bot)), &l.state().catalogue()));
  CHECK(used.reason.empty());
}

TEST_CASE("a refused action leaves nothing but what the rules ask and its turn", "[core][decide]") {
  lab l;
  const serial bot = l.bot(5, 5);
  const serial other = l.bot(7, 7);

  const record& r = l.act(bot, "decline");

  CHECK(r.outcome == outcome::refused);
  CHECK(r.reason == "not today");
  CHECK(r.draws > 0);            // they were drawn, even if for nothing
  CHECK(r.effects.size() == 3);  // life: drink and age; and the turn
  CHECK(l.integer(bot, of_bot::age) == 1);
  CHECK(read_cell(l.at(bot), l.state().catalogue().kinds()[bot_kind], of_bot::note).text ==
        "nothing");
  CHECK(l.state().find(other));
  CHECK(l.state().thing_count() == 2);
}

TEST_CASE("a fault leaves nothing at all", "[core][decide]") {
  lab l;
  const serial bot = l.bot(5, 5);
  const std::uint64_t before = l.state().hash();
  const serial next = l.state().next_serial();

  const record& r = l.act(bot, "break");

  CHECK(r.outcome == outcome::fault);
  CHECK(r.reason == "out of order");
  CHECK(r.effects.empty());
  CHECK(l.state().hash() == before);
  CHECK(l.state().next_serial() == next);
}

TEST_CASE("drawing or writing without end is a fault", "[core][decide]") {
  lab l;
  const serial bot = l.bot(5, 5);

  const record drawn = l.act(bot, "gamble");
  const record written = l.act(bot, "scribble");

  CHECK(drawn.outcome == outcome::fault);
  CHECK(drawn.draws == draws_max);
  CHECK(drawn.reason == "drew more random numbers than one command may");
  CHECK(drawn.effects.empty());
  CHECK(written.outcome == outcome::fault);
  CHECK(written.reason == "wrote more effects than one command may");
  CHECK(written.effects.empty());
}

TEST_CASE("a wall blocks a step", "[core][decide]") {
  lab l;
  const serial bot = l.bot(9.5, 5);

  const record r = l.act(bot, "walk", world_serial, {{"angle", 0.0}});

  CHECK(r.outcome == outcome::refused);
  CHECK(r.reason == "blocked");
  CHECK(l.at(bot).pos == metres(9.5, 0, 5));
  CHECK(l.act(bot, "walk", world_serial, {{"angle", 0.5}}).outcome == outcome::done);
  CHECK(l.at(bot).pos == metres(8.7, 0, 5));
}

TEST_CASE("a step up to a wall or to another thing is taken, one further is not",
          "[core][decide]") {
  lab l;
  const serial east = l.bot(8.95, 5), north = l.bot(5, 7.5);
  l.well(5, 8.95);
  const auto step = [&](serial bot, double angle) {
    return l.act(bot, "walk", world_serial, {{"angle", angle}}).outcome;
  };

  CHECK(step(east, 0) == outcome::done);
  CHECK(step(north, 0.25) == outcome::done);

  CHECK(l.at(east).pos == metres(9.75, 0, 5));  // half its width from the wall
  CHECK(l.at(north).pos == metres(5, 0, 8.3));  // half its depth from the well's side
  CHECK(step(east, 0) == outcome::refused);
  CHECK(step(north, 0.25) == outcome::refused);
}

TEST_CASE("a solid thing blocks a step, mist does not", "[core][decide]") {
  lab l;
  const serial bot = l.bot(5, 5);
  l.well(6.2, 5);
  l.put(mist_kind, metres(3, 0, 5));

  CHECK(l.act(bot, "walk", world_serial, {{"angle", 0.0}}).reason == "blocked");
  CHECK(l.act(bot, "walk", world_serial, {{"angle", 0.5}}).outcome == outcome::done);
  CHECK(l.at(bot).pos == metres(4.2, 0, 5));
}

TEST_CASE("what is a little out of reach is refused, what is at its end is not", "[core][decide]") {
  lab l;
  const serial near = l.bot(3.25, 5);     // 1 m from the well's side at 4.5
  const serial far = l.bot(3.249999, 6);  // a micrometre more
  const serial well = l.well(5, 5);

  CHECK(l.act(near, "drink", well).outcome == outcome::done);
  const record r = l.act(far, "drink", well);

  CHECK(r.outcome == outcome::refused);
  CHECK(r.reason == "not_in_reach");
  CHECK(l.number(far, of_bot::drink) < 1);
}

TEST_CASE("a bot is in its own reach and so is the world", "[core][decide]") {
  lab l;
  const serial bot = l.bot(1, 1);
  CHECK(l.act(bot, "pass", bot).outcome == outcome::done);
  CHECK(l.act(bot, "spawn").outcome == outcome::done);
}

TEST_CASE("nobody is created beyond the capacity of their kind or of the world", "[core][decide]") {
  lab l{room_for(2, 4)};
  l.bot(1, 1);
  l.bot(2, 2);

  const auto bots = l.try_play(create_command{bot_kind, metres(5, 0, 5), {}, {}, {}, {}});
  REQUIRE(bots);
  CHECK(bots->code == errc::over_capacity);
  CHECK(bots->message.find("2 bots") != std::string::npos);
  l.well(5, 5);
  l.well(7, 7);
  const auto things = l.try_play(create_command{mist_kind, metres(5, 0, 5), {}, {}, {}, {}});
  REQUIRE(things);
  CHECK(things->code == errc::over_capacity);
  CHECK(things->message.find("4 things") != std::string::npos);
}

TEST_CASE("an action cannot create beyond the capacity either", "[core][decide]") {
  lab l{room_for(1, 3)};
  const serial bot = l.bot(1, 1);

  CHECK(l.act(bot, "spawn").outcome == outcome::done);  // a mist and a well, but no bot
  CHECK(l.act(bot, "spawn").outcome == outcome::done);  // nothing

  CHECK(l.state().thing_count() == 3);
  CHECK(l.state().bot_count() == 1);
}

TEST_CASE("what does not fit is not created", "[core][decide]") {
  lab l;
  l.well(5, 5);
  const auto refused = [&](kind_index kind, std::optional<vec3> pos, std::optional<vec3> dims) {
    const auto why = l.try_play(create_command{kind, pos, dims, {}, {}, {}});
    return why && why->code == errc::conflict;
  };

  CHECK(refused(bot_kind, metres(5, 0, 5.6), {}));         // on the well
  CHECK(refused(bot_kind, metres(0.2, 0, 5), {}));         // through the wall
  CHECK(refused(bot_kind, metres(5, 9, 2), {}));           // through the ceiling
  CHECK(refused(bot_kind, metres(5, -0.1, 2), {}));        // through the ground
  CHECK(refused(well_kind, {}, metres(9.5, 1, 9.5)));      // nowhere
  CHECK_FALSE(refused(mist_kind, metres(5, 0, 5), {}));    // not solid
  CHECK_FALSE(refused(bot_kind, metres(5.75, 0, 5), {}));  // touches the well
  check_whole(l.state());
}

TEST_CASE("a thing is moved only to where it fits", "[core][decide]") {
  lab l;
  const serial bot = l.bot(2, 2);
  const serial well = l.well(5, 5);
  const auto moved = [&](vec3 to) { return !l.try_play(update_command{bot, to, {}}); };

  CHECK_FALSE(moved(metres(5, 0, 5)));
  CHECK_FALSE(moved(metres(11, 0, 5)));
  CHECK(moved(metres(8, 0, 8)));
  CHECK(moved(metres(8.1, 0, 8)));  // where it stands itself is no obstacle
  l.play(remove_command{well});
  CHECK(moved(metres(5, 0, 5)));
  check_whole(l.state());
}

TEST_CASE("what is gone is named by a problem and not recorded", "[core][decide]") {
  lab l;
  const serial bot = l.bot(2, 2);
  const command walk = act_of(l.state(), bot, "walk");
  l.play(remove_command{bot});
  const std::uint64_t seq = l.state().seq();

  for (const command& c : {walk, command{remove_command{bot}}, command{update_command{bot, {}, {}}},
                           command{remove_command{world_serial}}}) {
    const auto why = l.try_play(c);
    REQUIRE(why);
    CHECK(why->code == errc::not_found);
  }
  CHECK(l.state().seq() == seq);
}

TEST_CASE("a catalogue without behaviours decides no action but applies all", "[core][decide]") {
  lab l;
  const serial bot = l.bot(2, 2);
  world read = replayed(l.encoded());
  record r;

  const auto why = decide(read, act_of(read, bot, "walk"), r);

  REQUIRE(why);
  CHECK(why->code == errc::conflict);
  CHECK(why->message.find("walk") != std::string::npos);
  read.bind(life_catalogue());
  CHECK_FALSE(decide(read, act_of(read, bot, "walk"), r));
}

TEST_CASE("a new bot has a sex by chance unless it is given one", "[core][decide]") {
  std::size_t females = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    lab l{small_world(seed)};
    females += l.integer(l.bot(5, 5), of_bot::female) == 1;
    const serial given = l.put(bot_kind, metres(1, 0, 1), {{of_bot::female, value::boolean(true)}});
    REQUIRE(l.integer(given, of_bot::female) == 1);
  }
  CHECK(females > 70);
  CHECK(females < 130);
}

TEST_CASE("a thing is created with what it is given", "[core][decide]") {
  lab l;
  l.play(create_command{bot_kind,
                        metres(3, 1, 4),
                        metres(0.4, 1, 0.4),
                        "Ann",
                        "random",
                        {{of_bot::note, value::of_text("hi")}, {of_bot::age, value::integer(7)}}});

  const thing& t = l.at(1);
  CHECK(t.pos == metres(3, 1, 4));
  CHECK(t.dims == metres(0.4, 1, 0.4));
  CHECK(t.name == "Ann");
  CHECK(t.mind == "random");
  CHECK(l.integer(1, of_bot::age) == 7);
  CHECK(l.integer(1, of_bot::generation) == 1);
  CHECK(read_cell(t, l.state().catalogue().kinds()[bot_kind], of_bot::note).text == "hi");
}

TEST_CASE("one action drawing more shifts nobody else's luck", "[core][decide]") {
  const auto luck_after = [](std::int64_t draws_of_other) {
    lab l;
    const serial one = l.bot(2, 2), other = l.bot(5, 5);
    l.act(one, "roll", world_serial, {{"times", draws_of_other}});
    l.act(other, "roll");
    return l.integer(other, of_bot::luck);
  };

  CHECK(luck_after(0) == luck_after(1));
  CHECK(luck_after(0) == luck_after(1000));
}

TEST_CASE("luck depends on the seed and on the command's sequence", "[core][decide]") {
  lab a{small_world(1)}, b{small_world(2)};
  const serial of_a = a.bot(5, 5), of_b = b.bot(5, 5);
  a.act(of_a, "roll");
  b.act(of_b, "roll");
  const std::int64_t first = a.integer(of_a, of_bot::luck);
  a.act(of_a, "roll");

  CHECK(first != b.integer(of_b, of_bot::luck));
  CHECK(first != a.integer(of_a, of_bot::luck));
}
