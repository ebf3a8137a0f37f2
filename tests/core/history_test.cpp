// Long random scripts: the same whichever way one gets there.
#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

settings crowded(std::uint64_t seed) {
  settings s = small_world(seed);
  s.dims = metres(20, 5, 15);
  s.capacity = {{"bot", 12}, {"thing", 30}};
  return s;
}

lab founded(std::uint64_t seed) {
  return lab{crowded(seed),
             {{of_world::lifespan, value::integer(20)}, {of_world::day, value::integer(12)}}};
}

void play_random(lab& l, keyed_random& chance, int steps) {
  for (int i = 0; i < steps; ++i) (void)l.try_play(random_command(l.state(), chance));
}

}  // namespace

TEST_CASE("after every command of a long script a world is whole", "[core][history]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 9));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  lab l = founded(seed);

  for (int i = 0; i < 2'000; ++i) {
    const auto why = l.try_play(random_command(l.state(), chance));
    CAPTURE(i);
    if (!why) check_whole(l.state());
  }

  CHECK(l.state().seq() > 1'200);
}

TEST_CASE("a script reaches every kind of command, effect and outcome", "[core][history]") {
  std::map<std::size_t, int> commands;
  std::map<effect_type, int> effects;
  std::map<outcome, int> outcomes;
  keyed_random chance{1, 0};
  lab l = founded(1);

  play_random(l, chance, 2'000);

  for (const record& r : l.history()) {
    ++commands[r.command.index()];
    ++outcomes[r.outcome];
    for (const effect& e : r.effects) ++effects[e.type];
  }
  CHECK(commands.size() == std::variant_size_v<command>);
  CHECK(effects.size() == 9);
  CHECK(outcomes.size() == 3);
  CHECK(l.state().deaths().contains("thirst"));
  CHECK(l.state().deaths().contains("strike"));
}

TEST_CASE("the same script in two worlds gives the same hash and the same bytes",
          "[core][history]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 4));
  CAPTURE(seed);
  keyed_random one{seed, 0}, two{seed, 0};
  lab a = founded(seed), b = founded(seed);

  play_random(a, one, 1'000);
  play_random(b, two, 1'000);

  CHECK(a.state().hash() == b.state().hash());
  CHECK(a.encoded() == b.encoded());
  CHECK(encode_snapshot(a.state()) == encode_snapshot(b.state()));
}

TEST_CASE("the same script with another seed gives another history", "[core][history]") {
  keyed_random one{1, 0}, two{1, 0};
  lab a = founded(1), b = founded(2);
  play_random(a, one, 50);
  play_random(b, two, 50);
  CHECK(a.state().hash() != b.state().hash());
}

TEST_CASE("records written, read and applied give the state that decided them", "[core][history]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 9));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  lab l = founded(seed);
  play_random(l, chance, 1'500);

  const world again = replayed(l.encoded());

  CHECK(again.hash() == l.state().hash());
  CHECK(encode_snapshot(again) == encode_snapshot(l.state()));
  CHECK(again.actions() == l.state().actions());
  CHECK(again.deaths() == l.state().deaths());
  check_whole(again);
}

TEST_CASE("every record decided again from its decoded command is the same", "[core][history]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 4));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  lab l = founded(seed);
  play_random(l, chance, 800);
  world w;

  for (std::size_t i = 0; i < l.encoded().size(); ++i) {
    byte_reader in{l.encoded()[i]};
    record read, again;
    read.seq = w.seq() + 1;
    read.tick = w.tick();
    REQUIRE(decode(in, w.shared_catalogue().get(), read));
    REQUIRE_FALSE(decide(w, read.command, again));
    CAPTURE(i);
    REQUIRE(same(again, read, w.shared_catalogue().get()));
    REQUIRE(same(again, l.history()[i], w.shared_catalogue().get()));
    w.apply(read);
    for (const auto& known : {life_catalogue(), later_catalogue()})
      if (w.catalogue().same_description(*known)) w.bind(known);
  }
}

TEST_CASE("a world restored in the middle ends where an uninterrupted one does",
          "[core][history]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 5));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  lab l = founded(seed);
  play_random(l, chance, 400);
  const std::size_t middle = l.history().size();
  const auto restored = decode_snapshot(encode_snapshot(l.state()));
  REQUIRE(restored);
  CHECK(restored->seq() == l.state().seq());
  CHECK(encode_snapshot(*restored) == encode_snapshot(l.state()));

  play_random(l, chance, 400);
  for (std::size_t i = middle; i < l.history().size(); ++i) {
    for (const auto& known : {life_catalogue(), later_catalogue()})
      if (restored->catalogue().same_description(*known)) restored->bind(known);
    record again;
    REQUIRE_FALSE(decide(*restored, l.history()[i].command, again));
    REQUIRE(same(again, l.history()[i], restored->shared_catalogue().get()));
    restored->apply(again);
  }

  CHECK(restored->hash() == l.state().hash());
  CHECK(encode_snapshot(*restored) == encode_snapshot(l.state()));
  check_whole(*restored);
}

TEST_CASE("a world before its first record has the hash 0", "[core][history]") {
  CHECK(world{}.hash() == 0);
}

TEST_CASE("a record out of its order is not applied", "[core][history]") {
  lab l;
  l.bot(5, 5);
  world w = l.state();
  record r = l.decided(advance_command{});

  r.seq = w.seq();
  CHECK_FALSE(w.try_apply(r));
  r.seq = w.seq() + 2;
  CHECK_FALSE(w.try_apply(r));
  r.seq = w.seq() + 1;
  CHECK(w.try_apply(r));
}
