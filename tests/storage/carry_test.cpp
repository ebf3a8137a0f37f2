// Histories in which things are carried: recovered, sought in, decided again, and a stored sample.
#include "core/decide.hpp"
#include "core/transaction.hpp"
#include "storage/explain.hpp"
#include "storage/verify.hpp"
#include "tests/storage/test_world.hpp"

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

using core::call;
using core::outcome;

constexpr core::kind_index bot_kind = 1, ball_kind = 2;

// -- the world -----------------------------------------------------------------------------------

class coded final : public core::behaviour {
public:
  explicit coded(outcome (*code)(const call&)) : code_(code) {}
  outcome run(const call& c) const noexcept override { return code_(c); }

private:
  outcome (*code_)(const call&);
};

outcome take(const call& c) {
  return c.writes.carry(c.agent, c.target) ? outcome::done : outcome::refused;
}

outcome drop(const call& c) {
  const auto hands = c.writes.carried_by(c.agent);
  const auto to = hands.empty() ? std::nullopt : c.writes.random_place({300'000, 1, 300'000}, true);
  return to && c.writes.move(hands.front(), *to) ? outcome::done : outcome::refused;
}

outcome strike(const call& c) {
  return c.writes.remove(c.target, "strike") ? outcome::done : outcome::refused;
}

core::action an_action(const char* name, core::kind_index target, outcome (*code)(const call&)) {
  core::action a;
  a.name = name;
  a.target = target;
  a.reach = 30'000'000;
  a.code = std::make_shared<coded>(code);
  return a;
}

core::catalogue_ptr handy_catalogue() {
  core::catalogue_parts parts;
  parts.plugins = {{"hands", "1", std::string(32, '0')}};
  parts.kinds = core::engine_kinds();
  parts.kinds.push_back({"bot", {500'000, 1'800'000, 500'000}, true, {}, {}});
  parts.kinds.push_back({"ball", {300'000, 300'000, 300'000}, true, {}, {}});
  parts.actions = {an_action("take", ball_kind, take), an_action("drop", core::world_kind, drop),
                   an_action("strike", bot_kind, strike)};
  return std::make_shared<const core::catalogue>(std::move(parts));
}

/// Four bots and six balls; heirs replace the dead.
class handy_world {
public:
  handy_world(store& in, core::world_number number, std::uint64_t seed)
    : history_(must(history::open(in, number))), random_(seed, number) {
    core::found_command founding;
    founding.settings.name = "hands";
    founding.settings.seed = random_.next();
    founding.settings.population = core::population::replace;
    founding.catalogue = handy_catalogue();
    decide(std::move(founding));
    for (int i = 0; i < 10; ++i)
      decide(core::create_command{i < 4 ? bot_kind : ball_kind, {}, {}, {}, {}, {}});
    commit();
  }

  void live(int count) {
    for (int i = 0; i < count; ++i) {
      decide(next_action());
      if (i % 9 == 0) commit();
    }
    commit();
  }

  void snapshot() { must(history_.snapshot(state_)); }

  const core::world& state() const { return state_; }
  const std::vector<std::uint64_t>& hashes() const { return hashes_; }

private:
  core::serial any_of(core::kind_index kind) {
    auto all = state_.serials();
    std::erase_if(all, [&](core::serial id) { return state_.find(id)->kind != kind; });
    return all[random_.below(all.size())];
  }

  core::command next_action() {
    core::act_command act;
    act.agent = any_of(bot_kind);
    const auto pick = random_.below(12);
    if (pick == 0) return core::remove_command{any_of(ball_kind)};
    if (pick == 1) return core::create_command{ball_kind, {}, {}, {}, {}, {}};
    const char* name = pick < 8 ? "take" : pick < 11 ? "drop" : "strike";
    act.action = *state_.catalogue().find_action(name);
    act.target = pick < 8 ? any_of(ball_kind) : pick < 11 ? core::world_serial : any_of(bot_kind);
    return act;
  }

  void decide(core::command c) {
    core::record r;
    if (const auto why = core::decide(state_, std::move(c), r)) FAIL(why->message);
    builder_.add(r, state_.seq() > 0 ? state_.shared_catalogue() : nullptr);
    state_.apply(r);
    hashes_.push_back(state_.hash());
  }

  void commit() { must(history_.append(builder_, state_)); }

  history history_;
  core::world state_;
  commit_builder builder_;
  core::keyed_random random_;
  std::vector<std::uint64_t> hashes_{0};
};

std::vector<std::pair<core::serial, core::serial>> hands_of(const core::world& w) {
  std::vector<std::pair<core::serial, core::serial>> all;
  for (const core::serial carrier : w.serials())
    for (const core::serial what : w.carried_by(carrier)) all.emplace_back(carrier, what);
  return all;
}

struct with_hands {
  temp_folder folder;
  std::unique_ptr<store> s = open_store(folder.path());
  core::world_number number = new_world(*s, "hands");
  std::uint64_t seed = a_seed();
};

}  // namespace

// -- histories -----------------------------------------------------------------------------------

TEST_CASE_METHOD(with_hands, "a world is recovered with everything in the same hands", "[carry]") {
  CAPTURE(seed);
  const bool has_snapshot = GENERATE(true, false);
  handy_world w(*s, number, seed);
  w.live(100);
  if (has_snapshot) w.snapshot();
  w.live(50);
  s.reset();
  s = open_store(folder.path());

  const auto back = must(must(history::open(*s, number)).recover());

  CHECK(back.snapshot_seq == (has_snapshot ? 111 : 0));
  CHECK(back.world->hash() == w.state().hash());
  CHECK(hands_of(*back.world) == hands_of(w.state()));
}

TEST_CASE_METHOD(with_hands, "every state of a history with carried things is found again",
                 "[carry]") {
  CAPTURE(seed);
  handy_world w(*s, number, seed);
  w.live(60);
  w.snapshot();
  w.live(60);
  history_reader reader(*s, number);
  std::size_t most = 0;

  for (std::uint64_t seq = 1; seq <= w.state().seq(); ++seq) {
    const auto there = must(reader.state_at(seq));
    REQUIRE(there.world->hash() == w.hashes()[seq]);
    most = std::max(most, hands_of(*there.world).size());
  }
  CHECK(most > 0);
}

TEST_CASE_METHOD(with_hands, "a history with carried things agrees when decided again", "[carry]") {
  CAPTURE(seed);
  handy_world w(*s, number, seed);
  w.live(150);
  w.snapshot();
  w.live(150);
  verify_options how;
  how.catalogue = handy_catalogue();
  how.threads = 2;
  how.count_all = true;

  const auto v = must(verify(*s, number, how));

  CHECK(v.differing == 0);
  CHECK(v.records == w.state().seq());
}

TEST_CASE_METHOD(with_hands, "the story of a carried thing says who carries it", "[carry]") {
  CAPTURE(seed);
  handy_world w(*s, number, seed);
  while (hands_of(w.state()).empty()) w.live(1);
  const auto [carrier, what] = hands_of(w.state()).front();
  const auto told = must(explain(*s, number, what, {}));

  REQUIRE(told.place);
  CHECK(told.place->value == "carried by " + std::to_string(carrier));
  CHECK(told.place->writes > 0);
}

// -- stored samples ------------------------------------------------------------------------------

TEST_CASE("a stored sample of format 3 holds what was carried", "[carry]") {
  temp_folder folder;
  const auto data = folder.path() / "data";
  std::filesystem::copy(std::filesystem::path(UNSCRIPTED_SOURCE_DIR) / "tests" / "storage" /
                            "samples" / "format-3",
                        data);
  using hands = std::vector<std::pair<core::serial, core::serial>>;
  const auto s = must(store::open_to_read(data));
  history_reader reader(*s, 1);

  const auto stats = must(reader.stats());
  CHECK(stats.base_seq == 66);
  CHECK(stats.last_seq == 171);
  CHECK(stats.state_hash == 0x508d9a508216788bu);
  CHECK(to_hex(stats.chain) == "6106876cf9a3db0d2d484db3a1dd2f37");
  const auto back = must(reader.recover());
  CHECK(back.world->hash() == stats.state_hash);
  CHECK(back.snapshot_seq == 131);
  CHECK(hands_of(*back.world) == hands{{32, 28}});
  const auto there = must(reader.state_at(100));
  CHECK(there.world->hash() == 0x80c6721f3119564fu);
  CHECK(hands_of(*there.world) == hands{{20, 6}, {20, 14}, {20, 17}});
}
