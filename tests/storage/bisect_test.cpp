#include "storage/bisect.hpp"
#include "storage/history_reader.hpp"
#include "storage/playback.hpp"
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;
using answer = bisected::answer;

namespace {

core::predicate parsed(const std::string& text) {
  auto p = core::parse_predicate(text);
  if (!p) FAIL(p.why().message);
  return *p;
}

/// A world with snapshots at sequences that nobody chose.
living_world eventful_world(store& in, core::world_number number, std::uint64_t seed) {
  living_world w(in, number, seed);
  core::keyed_random random(seed, 99);
  w.found("one", 1 + random.below(6));
  for (std::uint64_t i = random.below(12); i-- > 0;) {
    w.live(1 + random.below(80), 1 + random.below(20));
    if (random.below(4) > 0) w.snapshot();
  }
  return w;
}

/// Whether it holds after each sequence from `from` on.
std::vector<bool> truth(const store& in, core::world_number world, const core::predicate& what,
                        std::uint64_t from) {
  auto p = must(playback::begin(in, world, from));
  std::vector<bool> all;
  for (;;) {
    const auto now = what.holds(p.world());
    if (!now) FAIL(now.why().message);
    all.push_back(*now);
    if (p.at_end()) return all;
    must(p.advance());
  }
}

std::string some_predicate(core::keyed_random& random, std::uint64_t last_seq) {
  const auto below = [&](std::uint64_t bound) { return std::to_string(random.below(bound)); };
  switch (random.below(7)) {
    case 0: return "seq >= " + below(last_seq + 3);
    case 1: return "thing(1).steps > " + below(60);
    case 2: return "sum(bot.steps) > " + below(last_seq + 1);
    case 3: return "tick >= " + below(200);
    case 4: return "mean(bot.x) > 50 + " + below(3);
    case 5: return "max(bot.heading) > 16 * 0." + below(10) + below(10);
    default: return "tick > " + below(50) + " and not (min(bot.z) < 5" + below(10) + ")";
  }
}

}  // namespace

TEST_CASE("a search by halves finds a state where it begins to hold, a scan the first",
          "[bisect]") {
  const auto seed = a_seed();
  CAPTURE(seed);
  core::keyed_random random(seed, 1);
  temp_folder folder;
  auto s = open_store(folder.path());
  for (std::uint64_t round = 0; round < 6; ++round) {
    const auto number = new_world(*s, "world " + std::to_string(round));
    const auto w = eventful_world(*s, number, seed + round);
    const std::uint64_t last = w.state().seq();
    for (int i = 0; i < 12; ++i) {
      const auto what = parsed(some_predicate(random, last));
      const std::uint64_t from = 1 + random.below(last), to = from + random.below(last - from + 1);
      CAPTURE(round, what.text(), from, to);
      auto expected = truth(*s, number, what, from);
      expected.resize(to - from + 1);
      const auto first = std::find(expected.begin(), expected.end(), true);

      const auto by_scan = must(bisect(*s, number, what, {from, to, true, {}}));
      const auto by_halves = must(bisect(*s, number, what, {from, to, false, {}}));

      if (first == expected.end()) {
        CHECK(by_scan.what == answer::never_at_the_end);
      } else {
        CHECK(by_scan.seq == from + std::uint64_t(first - expected.begin()));
        CHECK((by_scan.what == answer::holds_from_the_start) == expected.front());
      }
      if (expected.front()) {
        CHECK(by_halves.what == answer::holds_from_the_start);
        CHECK(by_halves.seq == from);
      } else if (!expected.back()) {
        CHECK(by_halves.what == answer::never_at_the_end);
        CHECK(by_halves.seq == to);
      } else {
        REQUIRE(by_halves.what == answer::found);
        REQUIRE(by_halves.seq > from);
        CHECK(expected[by_halves.seq - from]);
        CHECK_FALSE(expected[by_halves.seq - from - 1]);
        if (std::is_sorted(expected.begin(), expected.end())) CHECK(by_halves.seq == by_scan.seq);
      }
      CHECK(must(history_reader(*s, number).seq_at_tick(by_halves.tick)) >= by_halves.seq);
    }
  }
}

TEST_CASE("a search by halves replays one piece between two snapshots", "[bisect]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, 1);
  w.found("one");
  for (int i = 0; i < 40; ++i) {
    w.live(100, 50);
    w.snapshot();
  }

  const auto found = must(bisect(*s, number, parsed("seq >= 1234"), {}));

  CHECK(found.what == answer::found);
  CHECK(found.seq == 1234);
  CHECK(found.records_replayed <= 100);
  CHECK(found.states_looked_at <= 110);
}

TEST_CASE("a range begins at the base of a pruned history and is refused before it", "[bisect]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, 1);
  w.found("one");
  w.live(300, 10);
  const auto base = must(s->prune(number, 150)).base_seq;

  const auto whole = must(bisect(*s, number, parsed("seq > 100"), {}));
  const auto before = bisect(*s, number, parsed("seq > 100"), {base - 1, 300, false, {}});
  const auto backwards = bisect(*s, number, parsed("seq > 100"), {200, 180, false, {}});

  CHECK(whole.what == answer::holds_from_the_start);
  CHECK(whole.seq == base);
  REQUIRE_FALSE(before);
  CHECK(before.why().kind == failure_kind::not_found);
  REQUIRE_FALSE(backwards);
  CHECK(backwards.why().kind == failure_kind::misuse);
}

TEST_CASE("a name that the world does not know is a failure that says so", "[bisect]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, 1);
  w.found("one");

  for (const bool scan : {false, true}) {
    const auto found = bisect(*s, number, parsed("count(dragon) > 0"), {0, 100, scan, {}});
    REQUIRE_FALSE(found);
    CHECK(found.why().kind == failure_kind::not_found);
    CHECK(found.why().message.find("dragon") != std::string::npos);
  }
  CHECK_FALSE(bisect(*s, number + 1, parsed("seq > 1"), {}));
}

TEST_CASE("a search that is cancelled ends", "[bisect]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  const auto number = new_world(*s, "one");
  living_world w(*s, number, 1);
  w.found("one");
  w.live(60'000, 1000);

  int asked = 0;
  const auto found =
      bisect(*s, number, parsed("seq > 70000"), {0, 100'000, true, [&](auto done, auto total) {
                                                   CHECK(done <= total);
                                                   return done < 50'000 || ++asked == 0;
                                                 }});

  REQUIRE_FALSE(found);
  CHECK(found.why().message == cancelled().message);
  CHECK(asked == 1);
}
