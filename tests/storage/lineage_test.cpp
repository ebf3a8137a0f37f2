#include "core/decide.hpp"
#include "storage/history_reader.hpp"
#include "storage/lineage.hpp"
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

/// A world whose commands the test chooses: equal luck, equal records.
class branch {
public:
  branch(store& in, core::world_number number) : past_(must(history::open(in, number))) {
    world_ = must(past_.recover()).world;
    if (world_->seq() > 0) world_->bind(test_catalogue());
  }

  static branch founded(store& in, const std::string& name, std::uint64_t seed = 7) {
    branch b(in, new_world(in, name));
    core::found_command founding;
    founding.settings.name = name;
    founding.settings.seed = seed;
    founding.settings.created_ms = static_cast<std::int64_t>(b.number());
    founding.catalogue = test_catalogue();
    b.decide(founding);
    for (int i = 0; i < 3; ++i) {
      core::create_command birth;
      birth.kind = 1;
      b.decide(birth);
    }
    b.commit();
    return b;
  }

  branch fork(store& in) {
    auto state = must(history_reader(in, number()).state_at(world_->seq()));
    return branch(in, must(in.fork_world(*state.world, number())));
  }

  /// Each action is a function of `luck` and the sequence.
  void live(std::uint64_t records, std::uint64_t luck, std::uint64_t commit_records = 7) {
    for (std::uint64_t i = 0; i < records; ++i) {
      core::keyed_random random(luck, world_->seq());
      if (random.below(20) == 0) {
        core::configure_command c{world_->settings(), {}};
        c.settings.speed = 1 + double(random.below(9));
        decide(c);
      } else {
        decide(action(random));
      }
      if (builder_.count() >= commit_records) commit();
    }
    commit();
  }

  core::world_number number() const { return past_.world(); }
  std::uint64_t seq() const { return world_->seq(); }

private:
  core::command action(core::keyed_random& random) const {
    core::act_command act;
    act.agent = world_->bots()[random.below(world_->bots().size())];
    act.args.count = 2;
    for (std::size_t i = 0; i < 2; ++i)
      act.args.bits[i] = core::value::number(random.ratio() * 1.6 - 0.8).bits;
    return act;
  }

  void decide(core::command c) {
    if (const auto why = core::decide(*world_, std::move(c), record_)) FAIL(why->message);
    builder_.add(record_, world_->shared_catalogue());
    world_->apply(record_);
  }

  void commit() { must(past_.append(builder_, *world_)); }

  history past_;
  std::unique_ptr<core::world> world_;
  commit_builder builder_;
  core::record record_;
};

void check_sides(const parting& p, std::uint64_t shared, bool has_a, bool has_b) {
  CHECK(p.shared_seq == shared);
  CHECK(p.a.has_value() == has_a);
  CHECK(p.b.has_value() == has_b);
  for (const auto* side : {&p.a, &p.b}) {
    if (!*side) continue;
    CHECK((*side)->record.seq == shared + 1);
    CHECK((*side)->catalogue);
    CHECK((*side)->wall_ms > 0);
  }
}

}  // namespace

TEST_CASE("a lineage leads from a fork of a fork to the world that was founded", "[lineage]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  auto first = branch::founded(*s, "first");
  first.live(100, 1);
  auto second = first.fork(*s);
  first.live(50, 1);
  second.live(30, 2);
  auto third = second.fork(*s);
  second.live(10, 2);

  const auto line = must(lineage(*s, third.number()));

  REQUIRE(line.size() == 3);
  CHECK(line[0].world == third.number());
  CHECK(line[0].left_at == 134);
  CHECK(line[0].parent == second.number());
  CHECK(line[1].world == second.number());
  CHECK(line[1].left_at == 134);
  CHECK(line[1].base_seq == 104);
  CHECK(line[1].last_seq == 144);
  CHECK(line[2].world == first.number());
  CHECK(line[2].left_at == 104);
  CHECK(line[2].last_seq == 154);
  CHECK(line[2].parent == 0);
  CHECK(line[2].name == "first");
}

TEST_CASE("a lineage ends at a parent that was deleted", "[lineage]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  auto first = branch::founded(*s, "first");
  first.live(20, 1);
  auto second = first.fork(*s);
  second.live(10, 1);
  must(s->delete_world(first.number()));

  const auto line = must(lineage(*s, second.number()));
  const auto of_the_dead = lineage(*s, first.number());

  REQUIRE(line.size() == 2);
  CHECK(line[0].is_there);
  CHECK_FALSE(line[1].is_there);
  CHECK(line[1].world == first.number());
  CHECK(line[1].left_at == 24);
  REQUIRE_FALSE(of_the_dead);
  CHECK(of_the_dead.why().kind == failure_kind::not_found);
}

TEST_CASE("a fork and its parent part at the first record that differs", "[lineage]") {
  const auto seed = a_seed();
  CAPTURE(seed);
  core::keyed_random random(seed, 1);
  temp_folder folder;
  auto s = open_store(folder.path());
  auto parent = branch::founded(*s, "parent");
  parent.live(random.below(60), seed);
  auto fork = parent.fork(*s);
  const std::uint64_t forked_at = parent.seq();
  const std::uint64_t alike = random.below(60);
  parent.live(alike, seed, 1 + random.below(9));
  fork.live(alike, seed, 1 + random.below(9));

  SECTION("each goes its own way") {
    parent.live(20, seed + 1);
    fork.live(20, seed + 2);
    const auto p = must(where_they_part(*s, parent.number(), fork.number()));
    check_sides(p, forked_at + alike, true, true);
    CHECK(p.origin == parent.number());
    CHECK(p.origin_seq == forked_at);
    CHECK(p.compared_from == forked_at + 1);
    CHECK(p.a->world == parent.number());
    CHECK(p.b->world == fork.number());
  }
  SECTION("one ends") {
    parent.live(20, seed + 1);
    check_sides(must(where_they_part(*s, parent.number(), fork.number())), forked_at + alike, true,
                false);
    check_sides(must(where_they_part(*s, fork.number(), parent.number())), forked_at + alike, false,
                true);
  }
  SECTION("both end") {
    const auto p = must(where_they_part(*s, parent.number(), fork.number()));
    check_sides(p, forked_at + alike, false, false);
    CHECK(p.notes.size() == 1);
  }
}

TEST_CASE("two lines over several generations part where a plain comparison says", "[lineage]") {
  const auto seed = a_seed();
  CAPTURE(seed);
  core::keyed_random random(seed, 1);
  temp_folder folder;
  auto s = open_store(folder.path());
  std::vector<branch> worlds;
  worlds.push_back(branch::founded(*s, "0"));
  // What was done at each sequence of each line: the luck that decided it.
  std::vector<std::vector<std::uint64_t>> lucks{std::vector<std::uint64_t>(worlds[0].seq(), 0)};
  for (int i = 0; i < 40; ++i) {
    const std::size_t at = random.below(worlds.size());
    if (random.below(4) == 0) {
      worlds.push_back(worlds[at].fork(*s));
      lucks.push_back(lucks[at]);
      continue;
    }
    const std::uint64_t records = random.below(15), luck = seed + random.below(3) / 2;
    worlds[at].live(records, luck, 1 + random.below(5));
    lucks[at].insert(lucks[at].end(), records, luck);
  }

  for (std::size_t a = 0; a < worlds.size(); ++a)
    for (std::size_t b = 0; b < worlds.size(); ++b) {
      CAPTURE(a, b);
      const auto [of_a, of_b] = std::mismatch(
          lucks[a].begin(),
          lucks[a].begin() + std::ptrdiff_t(std::min(lucks[a].size(), lucks[b].size())),
          lucks[b].begin());
      const auto shared = static_cast<std::uint64_t>(of_a - lucks[a].begin());
      const auto p = must(where_they_part(*s, worlds[a].number(), worlds[b].number()));
      // By chance two lucks may choose the same action once or twice.
      CHECK(p.shared_seq >= shared);
      CHECK(p.shared_seq <= shared + 3);
      check_sides(p, p.shared_seq, p.shared_seq < worlds[a].seq(), p.shared_seq < worlds[b].seq());
    }
}

TEST_CASE("two runs of one seed are compared from their founding", "[lineage]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  auto one = branch::founded(*s, "one"), two = branch::founded(*s, "two");
  auto other_seed = branch::founded(*s, "three", 8);
  one.live(50, 1);
  two.live(40, 1, 3);
  two.live(10, 2);

  const auto p = must(where_they_part(*s, one.number(), two.number()));
  const auto q = must(where_they_part(*s, one.number(), other_seed.number()));

  CHECK(p.origin == 0);
  CHECK(p.compared_from == 1);
  check_sides(p, 44, true, true);
  check_sides(q, 0, true, true);
}

TEST_CASE("where records are gone the comparison begins behind them if the states are equal",
          "[lineage]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  auto parent = branch::founded(*s, "parent");
  parent.live(20, 1);
  auto fork = parent.fork(*s);
  parent.live(50, 1);

  SECTION("equal") {
    fork.live(60, 1);
    parent.live(30, 2);
    const auto base = must(s->prune(fork.number(), 60)).base_seq;
    const auto p = must(where_they_part(*s, parent.number(), fork.number()));
    CHECK(p.compared_from == base + 1);
    CHECK_FALSE(p.parted_unseen);
    CHECK(p.notes.size() == 1);
    check_sides(p, 74, true, true);
  }
  SECTION("not equal") {
    fork.live(60, 2);
    must(s->prune(fork.number(), 60));
    const auto p = must(where_they_part(*s, parent.number(), fork.number()));
    CHECK(p.parted_unseen);
    check_sides(p, p.origin_seq, false, false);
  }
  SECTION("one ends before") {
    fork.live(90, 1);
    must(s->prune(fork.number(), 100));
    const auto p = must(where_they_part(*s, parent.number(), fork.number()));
    CHECK(p.parted_unseen);
    check_sides(p, p.origin_seq, false, false);
  }
}

TEST_CASE("forks of a deleted world have a common origin, strangers have none", "[lineage]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  auto parent = branch::founded(*s, "parent");
  parent.live(20, 1);
  auto one = parent.fork(*s), two = parent.fork(*s);
  auto stranger = branch::founded(*s, "stranger");
  one.live(20, 1);
  two.live(10, 1);
  two.live(10, 2);
  must(s->delete_world(parent.number()));

  const auto p = must(where_they_part(*s, one.number(), two.number()));
  const auto q = where_they_part(*s, one.number(), stranger.number());

  CHECK(p.origin == parent.number());
  check_sides(p, 34, true, true);
  REQUIRE_FALSE(q);
  CHECK(q.why().kind == failure_kind::not_found);
}

TEST_CASE("a comparison that is cancelled ends", "[lineage]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  auto one = branch::founded(*s, "one"), two = branch::founded(*s, "two");

  const auto p = where_they_part(*s, one.number(), two.number(),
                                 [](std::uint64_t, std::uint64_t) { return false; });

  REQUIRE_FALSE(p);
  CHECK(p.why().message == cancelled().message);
}
