// Things that are carried by other things: taken up, handed over, set down, and left behind.
#include "core/codec.hpp"
#include "core/compare.hpp"
#include "core/diff.hpp"
#include "core/perception.hpp"
#include "core/predicate.hpp"
#include "core/translation.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

const creation a_well{well_kind, world_serial, metres(1, 1, 1), {}, {}};

// -- a catalogue whose bots have hands -----------------------------------------------------------

outcome take(const call& c) {
  return c.writes.carry(c.agent, c.target) ? outcome::done : outcome::refused;
}

outcome give(const call& c) {
  const auto hands = c.writes.carried_by(c.agent);
  return !hands.empty() && c.writes.carry(c.target, hands.front()) ? outcome::done
                                                                   : outcome::refused;
}

outcome drop(const call& c) {
  const auto hands = c.writes.carried_by(c.agent);
  if (hands.empty()) return outcome::refused;
  vec3 to = c.writes.place_of(c.agent)->pos;
  to.x += 800'000;
  return c.writes.move(hands.front(), to) ? outcome::done : outcome::refused;
}

action for_hands(const char* name, kind_index target, outcome (*code)(const call&)) {
  action a;
  a.name = name;
  a.target = target;
  a.summary = "For tests.";
  a.code = coded(code);
  return a;
}

catalogue_ptr handy_catalogue(micrometres reach = 1'000'000) {
  catalogue_parts parts = life_parts();
  for (const kind_index target : {bot_kind, well_kind, mist_kind})
    parts.actions.push_back(for_hands("take", target, take));
  parts.actions.push_back(for_hands("give", bot_kind, give));
  parts.actions.push_back(for_hands("drop", world_kind, drop));
  for (action& a : parts.actions) a.reach = reach;
  return std::make_shared<const catalogue>(std::move(parts));
}

settings crowded(std::uint64_t seed = 1, population heirs = population::none) {
  settings s = small_world(seed);
  s.population = heirs;
  return s;
}

/// A bot at (2, 2), another at (5, 5), a well beside each.
struct yard {
  lab l{crowded(), {}, handy_catalogue()};
  serial ann = l.bot(2, 2), ben = l.bot(5, 5);
  serial well = l.well(3, 2), other = l.well(6, 5);

  world applied(const std::vector<effect>& effects) const {
    world w = l.state();
    record r;
    r.seq = w.seq() + 1;
    r.effects = effects;
    REQUIRE(w.try_apply(r));
    check_whole(w);
    return w;
  }
};

struct draft {
  explicit draft(const lab& of) : writes(of.state(), of.state().seq() + 1, effects) {}
  std::vector<effect> effects;
  transaction writes;
};

using serials = std::vector<serial>;

serials hands_of(const world& w, serial carrier) {
  const auto hands = w.carried_by(carrier);
  return {hands.begin(), hands.end()};
}

effect an_effect(effect_type type, serial thing, std::uint64_t bits = 0) {
  effect e;
  e.type = type;
  e.thing = thing;
  e.bits = bits;
  return e;
}

effect carrying(serial what, serial carrier) {
  return an_effect(effect_type::carried, what, carrier);
}

}  // namespace

// -- taking, giving, setting down ----------------------------------------------------------------

TEST_CASE("what is taken up leaves its ground and is where its carrier is", "[core][carry]") {
  yard y;
  draft d{y.l};
  REQUIRE(d.writes.carry(y.ann, y.well));

  CHECK(d.writes.carrier_of(y.well) == y.ann);
  CHECK(d.writes.carried_by(y.ann) == serials{y.well});
  CHECK(d.writes.place_of(y.well)->pos == metres(2, 0, 2));
  CHECK(d.writes.place_of(y.well)->dims == metres(1, 1, 1));
  CHECK(d.writes.near(y.ann, 1'000'000, 9).empty());
  CHECK(d.writes.move(y.ann, metres(3, 0, 2)));  // where the well stood
  CHECK(d.writes.place_of(y.well)->pos == metres(3, 0, 2));

  const world w = y.applied(d.effects);
  CHECK(w.place_of(*w.find(y.well)).pos == metres(3, 0, 2));
  CHECK(w.find(y.well)->pos == metres(3, 0, 2));  // as it stood there before
  CHECK_FALSE(w.occupied({metres(3.4, 0, 2), metres(0.1, 1, 0.1)}, no_thing));
  CHECK(hands_of(w, y.ann) == serials{y.well});
}

TEST_CASE("what is handed over changes hands in one effect", "[core][carry]") {
  yard y;
  y.l.act(y.ann, "take", y.well);
  draft d{y.l};

  CHECK_FALSE(d.writes.carry(y.ann, y.well));  // has it already
  CHECK(d.writes.carry(y.ben, y.well));

  CHECK(d.effects == std::vector<effect>{carrying(y.well, y.ben)});
  CHECK(d.writes.carried_by(y.ann).empty());
  CHECK(d.writes.carried_by(y.ben) == serials{y.well});
  const world w = y.applied(d.effects);
  CHECK(hands_of(w, y.ann).empty());
  CHECK(w.place_of(*w.find(y.well)).pos == metres(5, 0, 5));
}

TEST_CASE("a move of a carried thing sets it down, where it fits", "[core][carry]") {
  yard y;
  y.l.act(y.ann, "take", y.well);
  draft d{y.l};

  CHECK_FALSE(d.writes.move(y.well, metres(2.4, 0, 2)));  // its carrier stands there
  CHECK(d.writes.reason() == "blocked");
  CHECK_FALSE(d.writes.move(y.well, metres(9.9, 0, 2)));
  CHECK(d.effects.empty());
  CHECK(d.writes.move(y.well, metres(8, 0, 8)));

  REQUIRE(d.effects.size() == 2);
  CHECK(d.effects[0].type == effect_type::moved);
  CHECK(d.effects[1] == carrying(y.well, world_serial));
  CHECK(d.writes.carrier_of(y.well) == world_serial);
  CHECK_FALSE(d.writes.move(y.ann, metres(8, 0, 8)));
  CHECK(d.writes.near(y.ben, 10'000'000, 9) == serials{y.other, y.well, y.ann});
  const world w = y.applied(d.effects);
  CHECK(w.occupied({metres(8, 0, 8), metres(1, 1, 1)}, no_thing));
}

TEST_CASE("a command with a place sets a carried thing down there, or not at all",
          "[core][carry]") {
  yard y;
  y.l.act(y.ann, "take", y.well);

  CHECK(y.l.try_play(update_command{y.well, metres(5, 0, 5), {}}));
  CHECK(y.l.at(y.well).parent == y.ann);
  y.l.play(update_command{y.well, metres(8, 0, 8), {}});

  CHECK(y.l.at(y.well).parent == world_serial);
  CHECK(y.l.at(y.well).pos == metres(8, 0, 8));
  check_whole(y.l.state());
}

TEST_CASE("things are carried within the law only", "[core][carry]") {
  yard y;
  draft d{y.l};

  CHECK_FALSE(d.writes.carry(y.ann, y.ben));          // a bot
  CHECK_FALSE(d.writes.carry(y.well, y.well));        // itself
  CHECK_FALSE(d.writes.carry(world_serial, y.well));  // the world
  CHECK_FALSE(d.writes.carry(y.ann, world_serial));   // likewise
  CHECK_FALSE(d.writes.carry(y.ann, 99));             // nothing
  CHECK_FALSE(d.writes.carry(99, y.well));            // nobody
  CHECK_FALSE(d.writes.carry(no_thing, y.well));      // likewise
  CHECK(d.writes.carry(y.other, y.well));             // a thing may carry a thing
  CHECK_FALSE(d.writes.carry(y.ann, y.other));        // it carries something
  CHECK_FALSE(d.writes.carry(y.well, y.other));       // a circle
  CHECK_FALSE(d.writes.carry(y.well, *d.writes.create(a_well, metres(8, 0, 8))));  // is carried
  CHECK(d.effects.size() == 2);
  y.applied(d.effects);
}

TEST_CASE("one thing carries 64 others at most", "[core][carry]") {
  yard y;
  std::vector<serial> stones;
  for (std::size_t i = 0; i <= carried_max; ++i) {
    y.l.play(create_command{mist_kind, metres(5, 0, 5), metres(0.1, 0.1, 0.1), {}, {}, {}});
    stones.push_back(y.l.state().next_serial() - 1);
  }
  draft d{y.l};
  for (std::size_t i = carried_max; i > 0; --i) REQUIRE(d.writes.carry(y.ann, stones[i]));

  CHECK_FALSE(d.writes.carry(y.ann, stones[0]));
  CHECK(d.writes.carried_by(y.ann) == serials{stones.begin() + 1, stones.end()});
  world w = y.applied(d.effects);
  record more;
  more.seq = w.seq() + 1;
  more.effects = {carrying(stones[0], y.ann)};
  CHECK_FALSE(w.try_apply(more));
}

TEST_CASE("a carried thing is in reach of whoever reaches its carrier", "[core][carry]") {
  yard y;
  y.l.act(y.ann, "take", y.well);

  CHECK(y.l.act(y.ann, "drink", y.well).outcome == outcome::done);
  CHECK(y.l.act(y.ben, "take", y.well).reason == "not_in_reach");
  y.l.play(update_command{y.ann, metres(4, 0, 5), {}});
  CHECK(y.l.act(y.ben, "take", y.well).outcome == outcome::done);
  CHECK(hands_of(y.l.state(), y.ben) == serials{y.well});
}

TEST_CASE("what a faulty or refused action carried stays where it was", "[core][carry]") {
  yard y;
  draft d{y.l};
  const std::size_t before = d.writes.savepoint();
  d.writes.carry(y.ann, y.well);
  d.writes.erase(y.ann);
  d.writes.rollback(before);

  CHECK(d.effects.empty());
  CHECK(d.writes.carrier_of(y.well) == world_serial);
  CHECK(d.writes.carried_by(y.ann).empty());
  CHECK_FALSE(d.writes.move(y.ann, metres(3, 0, 2)));
  CHECK(d.writes.near(y.ann, 1'000'000, 9) == serials{y.well});
}

// -- what the dead leave -------------------------------------------------------------------------

TEST_CASE("what the dead carried is set down where they stood, by serial", "[core][carry]") {
  yard y;
  const serial mist = y.l.put(mist_kind, metres(2, 0, 2));
  y.l.act(y.ann, "take", mist);
  y.l.act(y.ann, "take", y.well);
  const world before = y.l.state();

  y.l.play(remove_command{y.ann});

  CHECK(y.l.at(y.well).pos == metres(2, 0, 2));
  CHECK(y.l.at(y.well).parent == world_serial);
  CHECK(y.l.at(mist).pos == metres(2, 0, 2));
  const auto& effects = y.l.history().back().effects;
  REQUIRE(effects.size() == 5);
  CHECK(effects[1] == carrying(y.well, world_serial));
  CHECK(effects[3] == carrying(mist, world_serial));
  CHECK(effects[4].type == effect_type::removed);
  CHECK(y.l.history().back().draws == 0);
  check_whole(y.l.state());
}

TEST_CASE("what does not fit where its carrier stood is set down elsewhere", "[core][carry]") {
  yard y;
  y.l.play(update_command{y.other, metres(3, 0, 3), {}});
  y.l.act(y.ann, "take", y.well);
  y.l.act(y.ann, "take", y.other);
  REQUIRE(hands_of(y.l.state(), y.ann).size() == 2);

  y.l.play(remove_command{y.ann});

  CHECK(y.l.at(y.well).pos == metres(2, 0, 2));
  CHECK(y.l.at(y.other).parent == world_serial);
  CHECK(y.l.at(y.other).pos != metres(3, 0, 3));
  CHECK(y.l.history().back().draws > 0);
  check_whole(y.l.state());
}

TEST_CASE("what fits nowhere is removed with its carrier", "[core][carry]") {
  lab l{crowded(), {}, handy_catalogue()};
  const serial bot = l.bot(0.5, 5);
  l.play(create_command{well_kind, metres(5.5, 0, 5), metres(8.9, 1, 9.9), {}, {}, {}});
  const serial wall = l.state().next_serial() - 1;
  l.act(bot, "take", wall);
  l.put(well_kind, metres(9, 0, 5));

  l.play(remove_command{bot});

  CHECK_FALSE(l.state().find(wall));
  CHECK(l.state().deaths().empty());
  check_whole(l.state());
}

TEST_CASE("the heir of a bot that carried something is its heir", "[core][carry]") {
  lab l{crowded(3, population::replace), {}, handy_catalogue()};
  const serial ann = l.bot(2, 2), ben = l.bot(3, 2), well = l.well(2, 3);
  l.act(ann, "take", well);

  l.act(ben, "strike", ann);

  const grave* g = l.state().find_grave(ann);
  REQUIRE(g);
  CHECK(g->heir == l.state().next_serial() - 1);
  CHECK(l.at(g->heir).kind == bot_kind);
  CHECK(hands_of(l.state(), g->heir).empty());
  CHECK(l.at(well).parent == world_serial);
  check_whole(l.state());
}

// -- what is seen --------------------------------------------------------------------------------

TEST_CASE("a bot sees what it carries itself, first, and nothing in other hands", "[core][carry]") {
  yard y;
  const serial mist = y.l.put(mist_kind, metres(2, 0, 2));
  const serial late = y.l.well(2, 3.2);
  y.l.act(y.ann, "take", late);
  y.l.act(y.ben, "take", y.other);
  const auto seen_by = [&](serial bot) {
    std::vector<sighting> seen;
    perceive(y.l.state(), y.l.at(bot), 10'000'000, seen);
    serials ids;
    for (const sighting& s : seen) ids.push_back(s.what->id);
    CHECK(seen.front().gap == 0);
    CHECK(bearing(y.l.at(bot), *seen.front().what) == 0);
    return ids;
  };

  CHECK(seen_by(y.ann) == serials{late, mist, y.well, y.ben});
  CHECK(seen_by(y.ben) == serials{y.other, mist, y.well, y.ann});
}

TEST_CASE("a predicate finds a carried thing where its carrier is", "[core][carry]") {
  yard y;
  y.l.act(y.ann, "take", y.well);
  y.l.play(update_command{y.ann, metres(7, 0, 8), {}});

  const auto is_there = parse_predicate("thing(" + to_string(thing_id{1, y.well}) + ").x == 7");
  REQUIRE(is_there);
  const auto holds = is_there->holds(y.l.state());
  REQUIRE(holds);
  CHECK(*holds);
}

TEST_CASE("carrying is told by who carries", "[core][carry]") {
  const yard y;
  const auto told = [&](const effect& e) { return show(e, y.l.state(), {}); };
  CHECK(told(carrying(y.well, y.ann)) == "well 3: carried by bot 1");
  CHECK(told(carrying(y.well, world_serial)) == "well 3: set down");
  CHECK(told(carrying(98, 99)) == "thing 98: carried by thing 99");

  record expected, found;
  expected.effects = {carrying(y.well, y.ann)};
  found.effects = {carrying(y.well, y.ben)};
  const auto m = first_mismatch(expected, found, y.l.state());
  REQUIRE(m);
  CHECK(m->what == "carrier");
  CHECK(m->expected == "carried by bot 1");
  CHECK(m->found == "carried by bot 2");

  const auto d = diff(y.l.state(), y.applied(expected.effects), 9);
  REQUIRE(d.total == 1);
  CHECK(d.items[0].what == "parent");
  CHECK(d.items[0].b == "1");
}

// -- files ---------------------------------------------------------------------------------------

TEST_CASE("from a file, things are carried within the law only", "[core][carry][effects]") {
  yard y;
  const serial third = y.l.well(8, 8);
  y.l.act(y.ann, "take", y.well);
  const auto takes = [&](std::vector<effect> effects) {
    world w = y.l.state();
    record r;
    r.seq = w.seq() + 1;
    r.effects = std::move(effects);
    const bool taken = w.try_apply(r);
    if (taken) check_whole(w);
    return taken;
  };
  effect removed = an_effect(effect_type::removed, y.ann, no_thing);
  removed.more = details(std::string{});
  effect birth = an_effect(effect_type::created, 99);
  birth.pos = metres(9, 0, 2);
  birth.more = details(creation{well_kind, y.ann, metres(1, 1, 1), {}, {}});
  effect taken_out = removed;
  taken_out.thing = y.well;

  CHECK(takes({carrying(y.other, y.ann)}));
  CHECK(takes({carrying(y.well, y.ben), carrying(y.other, y.ann)}));
  CHECK(takes({taken_out}));
  CHECK(takes({taken_out, removed}));
  CHECK_FALSE(takes({removed}));  // with something in its hands
  CHECK_FALSE(takes({birth}));    // into hands
  CHECK_FALSE(takes({carrying(y.ben, y.ann)}));
  CHECK_FALSE(takes({carrying(y.well, y.ann)}));          // where it is already
  CHECK_FALSE(takes({carrying(y.other, world_serial)}));  // likewise
  CHECK_FALSE(takes({carrying(world_serial, y.ann)}));
  CHECK_FALSE(takes({carrying(world_serial, world_serial)}));
  CHECK_FALSE(takes({carrying(y.other, y.other)}));
  CHECK_FALSE(takes({carrying(y.other, y.well)}));  // by what is carried
  CHECK_FALSE(takes({carrying(third, y.other), carrying(y.other, third)}));
  CHECK_FALSE(takes({carrying(third, y.other), carrying(y.other, y.ann)}));
  for (const serial nobody : {serial{98}, no_thing, no_thing - 1}) {
    CHECK_FALSE(takes({carrying(nobody, y.ann)}));
    CHECK_FALSE(takes({carrying(y.other, nobody)}));
  }
}

TEST_CASE("a snapshot gives everything back into the same hands", "[core][carry]") {
  yard y;
  const serial late = y.l.bot(8, 8);  // younger than what it carries
  y.l.play(update_command{y.other, metres(8, 0, 9), {}});
  y.l.act(late, "take", y.other);
  y.l.act(y.ann, "take", y.well);

  const auto again = decode_snapshot(encode_snapshot(y.l.state()));

  REQUIRE(again);
  CHECK(again->hash() == y.l.state().hash());
  CHECK(hands_of(*again, late) == serials{y.other});
  CHECK(hands_of(*again, y.ann) == serials{y.well});
  check_whole(*again);
}

TEST_CASE("a snapshot with a wrong byte gives no world with other hands", "[core][carry]") {
  yard y;
  y.l.act(y.ann, "take", y.well);
  const std::string good = encode_snapshot(y.l.state());

  for (std::size_t at = 0; at < good.size(); ++at)
    for (const int flip : {1, 2, 4, 0x80}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ flip);
      if (const auto w = decode_snapshot(bad)) {
        check_whole(*w);  // the byte is of what the hash leaves out
        if (hands_of(*w, y.ann) != serials{y.well}) FAIL("byte " << at << " empties the hands");
      }
    }
}

// -- long lives ----------------------------------------------------------------------------------

namespace {

command any_deed(const world& w, keyed_random& chance) {
  const auto all = w.serials();
  const auto any = [&] { return all.empty() ? world_serial : all[chance.below(all.size())]; };
  if (w.bots().empty() || chance.below(3) == 0) {
    command c = random_command(w, chance);
    if (std::holds_alternative<load_command>(c)) return advance_command{};  // bots keep their hands
    return c;
  }
  const serial agent = w.bots()[chance.below(w.bots().size())];
  switch (chance.below(8)) {
    case 0: return act_of(w, agent, "drop");
    case 1: return act_of(w, agent, "give", w.bots()[chance.below(w.bots().size())]);
    case 2: {
      const vec3 to = metres(10 * chance.ratio(), 0, 10 * chance.ratio());
      return update_command{any(), to, {}};
    }
    case 3:
      if (chance.below(4) == 0) return remove_command{any()};
      return act_of(w, agent, "strike", w.bots()[chance.below(w.bots().size())]);
    default: return act_of(w, agent, "take", any());
  }
}

}  // namespace

TEST_CASE("whatever is taken, given, dropped and struck, a world stays whole", "[core][carry]") {
  const std::uint64_t seed = std::uint64_t{Catch::rngSeed()} + GENERATE(range(0u, 6u));
  CAPTURE(seed);
  settings s = crowded(seed, seed % 2 == 0 ? population::replace : population::none);
  s.capacity = {{"bot", 8}, {"thing", 30}};
  lab l{s, {{of_world::day, value::integer(60)}}, handy_catalogue(20'000'000)};
  for (int i = 0; i < 6; ++i) l.put(bot_kind, std::nullopt);
  for (int i = 0; i < 10; ++i) l.put(i % 3 == 0 ? mist_kind : well_kind, std::nullopt);
  keyed_random chance{seed, 7};
  std::size_t most = 0, given = 0;

  for (int step = 0; step < 1500; ++step) {
    if (l.try_play(any_deed(l.state(), chance))) continue;
    check_whole(l.state());
    std::size_t carried = 0;
    for (const serial id : l.state().serials()) carried += l.state().carried_by(id).size();
    most = std::max(most, carried);
    for (const effect& e : l.history().back().effects) given += e.type == effect_type::carried;
    if (l.state().bot_count() == 0) l.put(bot_kind, std::nullopt);
    if (step % 100 != 0) continue;
    const auto again = decode_snapshot(encode_snapshot(l.state()));
    REQUIRE(again);
    check_whole(*again);
    world other = l.state();
    REQUIRE(recast(other, later_catalogue()));
    check_whole(other);
    CHECK(diff(l.state(), *again, 1).total == 0);
  }

  CHECK(most > 1);
  CHECK(given > 20);
  CHECK(replayed(l.encoded()).hash() == l.state().hash());
}
