#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

core::act_command act_of(const core::record& r) {
  const auto* act = std::get_if<core::act_command>(&r.command);
  return act ? *act : core::act_command{};
}

std::vector<core::record> read_all(history_reader& from, std::uint64_t first, std::uint64_t limit) {
  std::vector<core::record> records;
  must(from.read(first, limit, [&](const core::record& r) {
    records.push_back(r);
    return true;
  }));
  return records;
}

}  // namespace

TEST_CASE("a recovered world has the state and the chain it had when it was closed") {
  const auto seed = a_seed();
  CAPTURE(seed);
  temp_folder folder;
  std::uint64_t hash = 0, seq = 0;
  chain_value chain{};
  core::world_number number = 0;
  {
    auto s = open_store(folder.path());
    number = new_world(*s, "one");
    living_world w(*s, number, seed);
    w.found("one");
    w.live(2500, 1 + seed % 300);
    hash = w.state().hash();
    seq = w.state().seq();
    chain = w.past().chain();
  }

  auto s = open_store(folder.path());
  auto h = must(history::open(*s, number));
  const auto back = must(h.recover());

  CHECK(back.world->hash() == hash);
  CHECK(back.world->rehash() == hash);
  CHECK(back.world->seq() == seq);
  CHECK(back.replayed == seq);
  CHECK(back.snapshot_seq == 0);
  CHECK(h.chain() == chain);
  CHECK(h.last_seq() == seq);
}

TEST_CASE("an empty history recovers to a world before its first record") {
  temp_folder folder;
  auto s = open_store(folder.path());
  auto h = must(history::open(*s, new_world(*s, "empty")));

  const auto back = must(h.recover());

  CHECK(back.world->seq() == 0);
  CHECK(h.last_seq() == 0);
  CHECK(must(h.stats()).last_seq == 0);
  CHECK(must(h.read(1, 10, [](const core::record&) { return true; })) == 0);
}

TEST_CASE("a history goes on after a restart as if there had been none") {
  const auto seed = a_seed();
  CAPTURE(seed);
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world(*s, number, seed).found("one");
  for (int life = 0; life < 3; ++life) {
    s.reset();
    s = open_store(folder.path());
    living_world w(*s, number, seed + 1 + std::uint64_t(life));
    w.recover();
    w.live(200, 7);
  }

  auto h = must(history::open(*s, number));
  const auto back = must(h.recover());

  CHECK(back.world->seq() == 604);
  CHECK(back.world->hash() == back.world->rehash());
}

TEST_CASE("recovery from a snapshot gives the same world as recovery from the beginning") {
  const auto seed = a_seed();
  CAPTURE(seed);
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, seed);
  w.found("one");
  w.live(500, 30);
  const auto plain = must(w.past().recover());
  w.snapshot();
  const auto snapshot_seq = w.state().seq();

  SECTION("with nothing after it") {
    const auto back = must(w.past().recover());
    CHECK(back.snapshot_seq == snapshot_seq);
    CHECK(back.replayed == 0);
    CHECK(back.world->hash() == plain.world->hash());
  }
  SECTION("with records after it") {
    w.live(321, 30);
    const auto back = must(w.past().recover());
    CHECK(back.snapshot_seq == snapshot_seq);
    CHECK(back.replayed == 321);
    CHECK(back.world->hash() == w.state().hash());
    CHECK(back.world->next_serial() == w.state().next_serial());
    CHECK(back.passed_over.empty());
  }
}

TEST_CASE("the state at any sequence is the one that the world had there") {
  const auto seed = a_seed();
  CAPTURE(seed);
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, seed);
  w.found("one");
  w.live(200, 17);
  w.snapshot();
  w.live(200, 17);

  history_reader reader(*s, number);
  for (std::uint64_t seq = 1; seq <= w.state().seq(); seq += 13) {
    CAPTURE(seq);
    const auto then = must(reader.state_at(seq));
    CHECK(then.world->seq() == seq);
    CHECK(then.world->hash() == w.hashes()[seq]);
    CHECK(then.snapshot_seq == (seq >= 204 ? 204 : 0));
  }
  CHECK(must(reader.state_at(0)).world->seq() == 0);
  const auto beyond = reader.state_at(w.state().seq() + 1);
  REQUIRE_FALSE(beyond);
  CHECK(beyond.why().kind == failure_kind::not_found);
}

TEST_CASE("the last sequence of a tick is found wherever the commits end") {
  const auto seed = a_seed();
  CAPTURE(seed);
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, seed);
  w.found("one");
  w.live(300, 1 + seed % 20);
  history_reader reader(*s, number);
  std::vector<std::uint64_t> last_of_tick(w.state().tick() + 1, 0);
  for (const core::record& r : read_all(reader, 1, 1000)) last_of_tick[r.tick] = r.seq;

  for (std::uint64_t tick = 0; tick < last_of_tick.size(); ++tick)
    CHECK(must(reader.seq_at_tick(tick)) == last_of_tick[tick]);

  CHECK(must(reader.seq_at_tick(1'000'000)) == w.state().seq());
}

TEST_CASE("the last sequence of a time is found before, between, at and after the commits") {
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, 1);
  // Commits of 1, 2, … records at the times 1000, 1010, …
  std::vector<std::uint64_t> last_of;
  w.set_clock(1000);
  w.found("one");
  last_of.push_back(w.state().seq());
  for (std::int64_t i = 1; i < 20; ++i) {
    w.set_clock(1000 + 10 * i);
    w.live(static_cast<std::uint64_t>(i));
    last_of.push_back(w.state().seq());
  }
  history_reader reader(*s, number);

  CHECK(must(reader.seq_at_time(0)) == 0);
  CHECK(must(reader.seq_at_time(999)) == 0);
  for (std::size_t i = 0; i < last_of.size(); ++i) {
    const std::int64_t at = 1000 + 10 * static_cast<std::int64_t>(i);
    CAPTURE(at);
    CHECK(must(reader.seq_at_time(at)) == last_of[i]);
    CHECK(must(reader.seq_at_time(at + 9)) == last_of[i]);
    if (i > 0) CHECK(must(reader.seq_at_time(at - 1)) == last_of[i - 1]);
  }
  CHECK(must(reader.seq_at_time(1'000'000)) == last_of.back());

  const auto cut = must(s->prune(number, must(reader.seq_at_time(1057))));
  CHECK(cut.base_seq == last_of[5]);
  CHECK(must(reader.seq_at_time(999)) == cut.base_seq);
  CHECK(must(reader.seq_at_time(1060)) == last_of[6]);
}

TEST_CASE("the catalogue at the end is that which the last record left in force") {
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, 1);
  history_reader reader(*s, number);
  CHECK_FALSE(must(reader.catalogue_at_end()));
  w.found("one");
  w.live(10);
  CHECK(must(reader.catalogue_at_end())->plugins().front().version == "1");
  w.load(test_catalogue("2"));
  w.commit();
  CHECK(must(reader.catalogue_at_end())->plugins().front().version == "2");

  const auto fork = must(s->fork_world(w.state(), number));

  CHECK(must(history_reader(*s, fork).catalogue_at_end())->plugins().front().version == "2");
}

TEST_CASE("reading may begin at any sequence, and ends at the limit or the end") {
  const auto seed = a_seed();
  CAPTURE(seed);
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, seed);
  w.found("one");
  w.live(150, 11);
  history_reader reader(*s, number);
  const auto all = read_all(reader, 0, 1'000'000);
  REQUIRE(all.size() == w.state().seq());

  for (std::uint64_t from = 1; from <= all.size(); ++from) {
    const auto some = read_all(reader, from, 20);
    REQUIRE(some.size() == std::min<std::size_t>(20, all.size() - from + 1));
    for (std::size_t i = 0; i < some.size(); ++i) {
      const core::record& expected = all[from - 1 + i];
      CHECK(some[i].seq == from + i);
      CHECK(some[i].tick == expected.tick);
      CHECK(act_of(some[i]) == act_of(expected));
      CHECK(some[i].effects == expected.effects);
    }
  }
  CHECK(read_all(reader, all.size() + 1, 20).empty());
  CHECK(read_all(reader, 1, 0).empty());
}

TEST_CASE("a reader sees what was appended a moment ago") {
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, 1);
  w.found("one");
  history_reader reader(*s, number);

  for (int i = 0; i < 50; ++i) {
    w.live(1);
    CHECK(read_all(reader, w.state().seq(), 10).size() == 1);
  }
}

TEST_CASE("a visitor that has seen enough ends the reading") {
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, 1);
  w.found("one");
  w.live(100, 9);
  history_reader reader(*s, number);

  const auto count = must(reader.read(5, 1000, [](const core::record& r) { return r.seq < 33; }));

  CHECK(count == 29);
}

TEST_CASE("a catalogue that changes in the middle of a commit does not disturb what comes after") {
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, 1);
  w.found("one");
  w.live(20, 5);
  w.load(test_catalogue("2"));
  w.live(40, 25);

  const auto back = must(w.past().recover());
  history_reader reader(*s, number);
  const auto tail = read_all(reader, w.state().seq() - 3, 10);

  CHECK(back.world->hash() == w.state().hash());
  CHECK(back.world->catalogue().plugins().front().version == "2");
  CHECK(tail.size() == 4);
}

TEST_CASE("records that do not follow the history are refused and nothing is written") {
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, 1);
  w.found("one");
  w.live(10);
  history_reader reader(*s, number);
  const auto old = read_all(reader, 5, 2);
  commit_builder builder;

  SECTION("of the past") {
    for (const auto& r : old) builder.add(r, w.state().shared_catalogue());
  }
  SECTION("with a gap") {
    auto r = old.front();
    for (const std::uint64_t step : {1, 3}) {
      r.seq = w.state().seq() + step;
      builder.add(r, w.state().shared_catalogue());
    }
  }

  const auto why = w.past().append(builder, 0, 0);
  REQUIRE(why);
  CHECK(why->kind == failure_kind::misuse);
  CHECK_FALSE(s->broken());
  CHECK(must(w.past().recover()).world->hash() == w.state().hash());
}

TEST_CASE("a snapshot of another moment is refused") {
  temp_folder folder;
  auto s = open_store(folder.path());
  living_world w(*s, new_world(*s, "one"), 1);
  w.found("one");
  const auto before = must(w.past().recover());
  w.live(10);

  const auto why = w.past().snapshot(*before.world);

  REQUIRE(why);
  CHECK(why->kind == failure_kind::misuse);
  CHECK(w.past().snapshot_seq() == 0);
}

TEST_CASE("a snapshot is due after twenty thousand records and not before") {
  temp_folder folder;
  auto s = open_store(folder.path());
  living_world w(*s, new_world(*s, "one"), 1);
  w.found("one");

  w.live(20'000 - 1 - w.state().seq(), 1000);
  CHECK_FALSE(w.past().snapshot_due(w.state()));
  w.live(1);
  CHECK(w.past().snapshot_due(w.state()));
  w.snapshot();
  CHECK_FALSE(w.past().snapshot_due(w.state()));
}

TEST_CASE("snapshots are further apart the more things there are, but none is far from a seek") {
  CHECK(history::snapshot_interval(0) == 20'000);
  CHECK(history::snapshot_interval(1'250) == 20'000);
  CHECK(history::snapshot_interval(1'251) == 20'016);
  CHECK(history::snapshot_interval(18'750) == 300'000);
  CHECK(history::snapshot_interval(18'751) == 300'000);
  CHECK(history::snapshot_interval(100'000) == 300'000);
  CHECK(history::snapshot_interval(1'000'000) == 3'000'000);
}

TEST_CASE("the statistics of a history count what is in it") {
  temp_folder folder;
  auto s = open_store(folder.path());
  living_world w(*s, new_world(*s, "one"), 1);
  w.found("one");
  w.live(96, 10);
  w.snapshot();

  const auto stats = must(w.past().stats());

  CHECK(stats.first_seq == 1);
  CHECK(stats.first_tick == 0);
  CHECK(stats.last_seq == 100);
  CHECK(stats.last_tick == w.state().tick());
  CHECK(stats.commits == 11);
  CHECK(stats.records == 100);
  CHECK(stats.snapshots == 1);
  CHECK(stats.snapshot_seq == 100);
  CHECK(stats.bytes > 0);
}
