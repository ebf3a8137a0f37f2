// A history that is decided again: it agrees with itself, and what does not is caught where it is.
#include "storage/verify.hpp"
#include "tests/storage/busy_world.hpp"

#include <set>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct with_busy_world {
  temp_folder folder;
  std::unique_ptr<store> s = open_store(folder.path());
  core::world_number number = new_world(*s, "busy");
  std::uint64_t seed = a_seed();

  /// A history of `count` records after the founding, with three snapshots in it.
  busy_world history_of(const core::catalogue_ptr& with, std::uint64_t count) {
    busy_world w(*s, number, seed, with);
    w.found("busy");
    for (int part = 0; part < 4; ++part) {
      if (part > 0) w.snapshot();
      w.live(count / 4, 17);
    }
    return w;
  }

  verification verified(verify_options how) { return must(verify(*s, number, how)); }

  /// The first record of which `is` holds, and how many there are.
  template <class Is>
  std::pair<std::uint64_t, std::uint64_t> find_records(const Is& is) {
    std::uint64_t first = 0, count = 0;
    history_reader reader(*s, number);
    must(reader.read(0, ~std::uint64_t{0}, [&](const core::record& r) {
      if (!is(r, reader.catalogue().get())) return true;
      if (count++ == 0) first = r.seq;
      return true;
    }));
    return {first, count};
  }
};

verify_options with(core::catalogue_ptr catalogue, unsigned threads = 1) {
  verify_options how;
  how.catalogue = std::move(catalogue);
  how.threads = threads;
  return how;
}

verify_options counting(core::catalogue_ptr catalogue, unsigned threads) {
  verify_options how = with(std::move(catalogue), threads);
  how.count_all = true;
  return how;
}

bool acts(const core::record& r, const core::catalogue* c, const std::string& action) {
  const auto* act = std::get_if<core::act_command>(&r.command);
  return act && c->actions()[act->action].name == action;
}

void check_agrees(const verification& v, std::uint64_t last) {
  if (v.first)
    FAIL("seq " << v.first->seq << ": " << v.first->difference.what << " was "
                << v.first->difference.expected << ", is " << v.first->difference.found);
  CHECK(v.differing == 0);
  CHECK(v.from == 1);
  CHECK(v.to == last);
  CHECK(v.records == last);
  CHECK(v.changes.empty());
}

}  // namespace

// -- histories that agree ------------------------------------------------------------------------

TEST_CASE_METHOD(with_busy_world, "a history of every type of command agrees when decided again",
                 "[verify]") {
  CAPTURE(seed);
  const auto catalogue = GENERATE(true, false) ? catalogue_of({}) : shipped_catalogue();
  const auto w = history_of(catalogue, 800);
  std::set<std::size_t> types;
  find_records(
      [&](const core::record& r, const auto*) { return types.insert(r.command.index()), false; });
  CHECK(types.size() == 7);  // all but load

  check_agrees(verified(with(catalogue, 1)), w.state().seq());
  check_agrees(verified(with(catalogue, 3)), w.state().seq());
}

TEST_CASE_METHOD(with_busy_world, "only the records of a range are decided again", "[verify]") {
  CAPTURE(seed);
  const auto w = history_of(catalogue_of({}), 400);
  const std::uint64_t last = w.state().seq();
  auto how = with(catalogue_of({}), 2);
  how.from = 33;
  how.to = 250;

  const auto v = verified(how);
  CHECK(v.from == 33);
  CHECK(v.to == 250);
  CHECK(v.records == 218);
  CHECK_FALSE(v.first);

  how.from = how.to = last;
  CHECK(verified(how).records == 1);
  how.from = last + 1;
  how.to = ~std::uint64_t{0};
  CHECK(verify(*s, number, how).why().kind == failure_kind::not_found);
}

TEST_CASE_METHOD(with_busy_world, "a world without a record has nothing to verify", "[verify]") {
  const auto v = verified(with(catalogue_of({})));
  CHECK(v.records == 0);
  CHECK(v.from > v.to);
  CHECK_FALSE(v.first);
}

TEST_CASE_METHOD(with_busy_world, "a history with several catalogues agrees with each build's part",
                 "[verify]") {
  CAPTURE(seed);
  const auto one = catalogue_of({}), two = catalogue_of({.version = "2", .more = true});
  auto w = history_of(one, 200);
  w.load(two);
  w.live(200);

  const auto v = verified(with(two, GENERATE(1u, 3u)));

  CHECK_FALSE(v.first);
  CHECK(v.records == w.state().seq());
  REQUIRE(v.changes.size() == 1);
  CHECK(v.changes[0].past == one->plugins()[0]);
  CHECK(v.changes[0].now == two->plugins()[0]);
}

TEST_CASE_METHOD(with_busy_world, "each part is decided again by those who decided it, if at hand",
                 "[verify]") {
  CAPTURE(seed);
  const auto one = catalogue_of({}), two = catalogue_of({.version = "2", .more = true});
  auto w = history_of(one, 200);
  w.load(two);
  w.live(200);
  auto how = with(two, GENERATE(1u, 3u));

  how.for_past = [&](const core::catalogue& past) {
    return past.same_description(*one) ? one : core::catalogue_ptr{};
  };
  const auto v = verified(how);

  check_agrees(v, w.state().seq());
}

TEST_CASE_METHOD(with_busy_world, "forks and pruned histories are verified from their base",
                 "[verify]") {
  CAPTURE(seed);
  const auto catalogue = catalogue_of({});
  const auto w = history_of(catalogue, 400);
  const auto state = must(history_reader(*s, number).state_at(150));
  const auto fork = must(s->fork_world(*state.world, number));
  busy_world branch(*s, fork, seed + 1, catalogue);
  branch.recover();
  branch.live(100);
  const auto cut = must(s->prune(number, 230));

  const auto pruned = verified(with(catalogue));
  CHECK(pruned.from == cut.base_seq + 1);
  CHECK(pruned.records == w.state().seq() - cut.base_seq);
  CHECK_FALSE(pruned.first);
  const auto forked = must(verify(*s, fork, with(catalogue)));
  CHECK(forked.from == 151);
  CHECK(forked.records == 100);
  CHECK_FALSE(forked.first);
  auto early = with(catalogue);
  early.from = 5;
  CHECK(verify(*s, number, early).why().kind == failure_kind::not_found);
}

TEST_CASE_METHOD(with_busy_world, "a verification that is cancelled fails, and says so",
                 "[verify]") {
  history_of(catalogue_of({}), 100);
  auto how = with(catalogue_of({}), GENERATE(1u, 3u));
  how.progress = [](std::uint64_t, std::uint64_t) { return false; };

  const auto v = verify(*s, number, how);

  REQUIRE_FALSE(v);
  CHECK(holds(v.why().message, "cancelled"));
}

TEST_CASE_METHOD(with_busy_world, "progress never goes back, and ends with all records",
                 "[verify]") {
  const auto w = history_of(catalogue_of({}), 400);
  auto how = with(catalogue_of({}), 3);
  std::uint64_t before = 0;
  bool fell = false;
  how.progress = [&](std::uint64_t done, std::uint64_t total) {
    fell = fell || done < before || done > total;
    before = done;
    return true;
  };

  verified(how);

  CHECK_FALSE(fell);
  CHECK(before == w.state().seq());
}

// -- what is not a function of state, command and sequence ---------------------------------------

TEST_CASE_METHOD(with_busy_world, "a behaviour that knows more than the world is caught in the act",
                 "[verify]") {
  CAPTURE(seed);
  const auto leaky = catalogue_of({.leaks = true});
  history_of(leaky, 1200);
  const auto luck = *leaky->find_cell("bot", "luck");
  core::record first;
  std::uint64_t value = 0;
  const auto [seq, count] = find_records([&](const core::record& r, const auto* c) {
    if (!acts(r, c, "stride")) return false;
    for (const core::effect& e : r.effects)
      if (e.type == core::effect_type::set && e.slot == luck.slot && e.bits > 1000) {
        if (value == 0) first = r, value = e.bits;
        return true;
      }
    return false;
  });
  REQUIRE(count > 2);

  for (const unsigned threads : {1u, 3u}) {
    CAPTURE(threads);
    const auto v = verified(with(leaky, threads));
    REQUIRE(v.first);
    CHECK(v.differing == 1);
    CHECK(v.first->seq == seq);
    CHECK(v.first->tick == first.tick);
    CHECK(v.first->action == "stride");
    CHECK(v.first->difference.thing == std::get<core::act_command>(first.command).agent);
    CHECK(v.first->difference.what == "luck");
    CHECK(v.first->difference.expected == std::to_string(value));
    CHECK(std::stoull(v.first->difference.found) > value);
    REQUIRE_FALSE(v.first->records.empty());
    CHECK(v.first->records.back().record.seq == seq);
    CHECK(verified(counting(leaky, threads)).differing == count);
  }
}

TEST_CASE_METHOD(with_busy_world, "a draw that is forgotten is caught as a draw", "[verify]") {
  CAPTURE(seed);
  history_of(catalogue_of({}), 200);
  const auto strides =
      find_records([](const auto& r, const auto* c) { return acts(r, c, "stride"); });

  const auto v = verified(with(catalogue_of({.version = "2", .draws = 1})));

  REQUIRE(v.first);
  CHECK(v.first->seq == strides.first);
  CHECK(v.first->difference.what == "draws");
  CHECK(std::stoi(v.first->difference.expected) == std::stoi(v.first->difference.found) + 1);
  CHECK(v.first->past->version == "1");
  CHECK(v.first->now->version == "2");
}

// -- other builds --------------------------------------------------------------------------------

TEST_CASE_METHOD(with_busy_world,
                 "a build with another rule differs in the records it touches only", "[verify]") {
  CAPTURE(seed);
  history_of(catalogue_of({}), 800);
  const auto strides = find_records([](const auto& r, const auto* c) {
    return acts(r, c, "stride") && r.outcome == core::outcome::done;
  });
  const auto changed = catalogue_of({.version = "2", .step = 2});

  const auto v = verified(counting(changed, GENERATE(1u, 3u)));

  CHECK(v.differing == strides.second);
  REQUIRE(v.first);
  CHECK(v.first->seq == strides.first);
  CHECK(v.first->difference.what == "steps");
  REQUIRE(v.changes.size() == 1);
  CHECK(v.changes[0].past.version == "1");
  CHECK(v.changes[0].now->version == "2");
  CHECK(verified(with(changed)).first->seq == strides.first);
}

TEST_CASE_METHOD(with_busy_world, "a build that has more, in another order, differs nowhere",
                 "[verify]") {
  CAPTURE(seed);
  const auto w = history_of(catalogue_of({}), 800);

  const auto v = verified(counting(catalogue_of({.version = "2", .more = true}), GENERATE(1u, 3u)));

  if (v.first)
    FAIL(v.first->seq << ": " << v.first->difference.what << " " << v.first->difference.expected
                      << " " << v.first->difference.found);
  CHECK(v.differing == 0);
  CHECK(v.records == w.state().seq());
}

TEST_CASE_METHOD(with_busy_world, "a build that lacks an action cannot decide it, and says so",
                 "[verify]") {
  CAPTURE(seed);
  history_of(catalogue_of({}), 400);
  const auto words = find_records([](const auto& r, const auto* c) { return acts(r, c, "say"); });
  REQUIRE(words.second > 0);
  const auto mute = catalogue_of({.version = "2", .says = false});

  const auto v = verified(counting(mute, 1));

  CHECK(v.differing == words.second);
  REQUIRE(v.first);
  CHECK(v.first->seq == words.first);
  CHECK(v.first->action == "say");
  CHECK(v.first->difference.what == "decision");
  CHECK(holds(v.first->difference.found, "no action `say`"));
}

TEST_CASE_METHOD(with_busy_world, "plugins that lack a kind of which there are things are misuse",
                 "[verify]") {
  history_of(catalogue_of({}), 100);

  const auto v =
      verify(*s, number, with(catalogue_of({.version = "2", .stones = false}), GENERATE(1u, 3u)));

  REQUIRE_FALSE(v);
  CHECK(v.why().kind == failure_kind::misuse);
  CHECK(holds(v.why().message, "kind"));
}

TEST_CASE_METHOD(with_busy_world, "a plugin that is not there any more is listed without a heir",
                 "[verify]") {
  history_of(catalogue_of({}), 100);

  const auto v = verified(with(catalogue_of({.id = "other"})));

  CHECK_FALSE(v.first);
  REQUIRE(v.changes.size() == 1);
  CHECK(v.changes[0].past.id == "busy");
  CHECK_FALSE(v.changes[0].now);
}
