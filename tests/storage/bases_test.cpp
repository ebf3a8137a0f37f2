// Histories that begin elsewhere than at their founding: forks, pruned ones, imported ones.
#include "core/decide.hpp"
#include "storage/playback.hpp"
#include "tests/storage/test_world.hpp"

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

const std::filesystem::path samples =
    std::filesystem::path(UNSCRIPTED_SOURCE_DIR) / "tests" / "storage" / "samples";

struct with_world {
  temp_folder folder;
  std::unique_ptr<store> s = open_store(folder.path());
  core::world_number number = new_world(*s, "eden");
  std::uint64_t seed = a_seed();
  living_world w{*s, number, seed};

  with_world() { w.found("eden"); }

  void open_again() {
    s.reset();
    s = open_store(folder.path());
  }
};

std::uint64_t hash_at(store& s, core::world_number number, std::uint64_t seq) {
  history_reader reader(s, number);
  return must(reader.state_at(seq)).world->hash();
}

core::world_number fork_of(store& s, core::world_number number, std::uint64_t seq) {
  history_reader reader(s, number);
  return must(s.fork_world(*must(reader.state_at(seq)).world, number));
}

}  // namespace

// -- forks ---------------------------------------------------------------------------------------

TEST_CASE_METHOD(with_world, "a fork begins with the parent's state at its sequence") {
  CAPTURE(seed);
  w.live(500, 7);
  const std::uint64_t at = GENERATE(4u, 101u, 250u, 504u);

  const auto fork = fork_of(*s, number, at);

  history_reader reader(*s, fork);
  const auto state = must(reader.state_at(at));
  CHECK(state.world->seq() == at);
  CHECK(state.world->hash() == w.hashes()[at]);
  const auto stats = must(reader.stats());
  CHECK(stats.records == 0);
  CHECK(stats.base_seq == at);
  CHECK(stats.parent == number);
  CHECK(stats.parent_seq == at);
}

TEST_CASE_METHOD(with_world, "a fork that is given the parent's commands ends with its hash") {
  CAPTURE(seed);
  w.live(300, 7);
  const auto fork = fork_of(*s, number, 120);
  auto past = must(history::open(*s, fork));
  auto state = must(past.recover()).world;
  state->bind(test_catalogue());

  history_reader parent(*s, number);
  commit_builder builder;
  core::record again;
  must(parent.read(121, 1000, [&](const core::record& r) {
    REQUIRE_FALSE(core::decide(*state, r.command, again));
    builder.add(again, state->shared_catalogue());
    state->apply(again);
    must(past.append(builder, *state));
    return true;
  }));

  CHECK(state->hash() == w.state().hash());
  open_again();
  CHECK(hash_at(*s, fork, w.state().seq()) == w.state().hash());
}

TEST_CASE_METHOD(with_world, "a fork is whole after its parent is deleted") {
  w.live(200, 7);
  const auto fork = fork_of(*s, number, 150);

  must(s->delete_world(number));
  must(s->wait_for_reclaim());
  open_again();

  CHECK(hash_at(*s, fork, 150) == w.hashes()[150]);
  auto past = must(history::open(*s, fork));
  CHECK(must(past.recover()).world->seq() == 150);
}

TEST_CASE_METHOD(with_world, "a fork whose first state is damaged says so") {
  w.live(50, 7);
  const auto fork = fork_of(*s, number, 30);
  must(s->prune(number, 40));  // so that no other state is near
  history_reader reader(*s, fork);

  const auto before = reader.state_at(29);

  REQUIRE_FALSE(before);
  CHECK(before.why().kind == failure_kind::not_found);
  CHECK(before.why().message.find("begins at 30") != std::string::npos);
}

// -- pruning -------------------------------------------------------------------------------------

TEST_CASE_METHOD(with_world, "a pruned history keeps every later state and its chain") {
  CAPTURE(seed);
  w.live(400, 7);
  const auto chain = w.past().chain();
  const std::uint64_t upto = 4 + a_seed() % 390;
  CAPTURE(upto);

  const auto done = must(s->prune(number, upto));

  CHECK(done.base_seq <= upto);
  CHECK(done.base_seq + 7 > upto);
  CHECK(done.records == done.base_seq);
  open_again();
  auto past = must(history::open(*s, number));
  CHECK(must(past.recover()).world->hash() == w.state().hash());
  CHECK(past.chain() == chain);
  for (std::uint64_t seq = done.base_seq; seq <= w.state().seq(); ++seq)
    REQUIRE(hash_at(*s, number, seq) == w.hashes()[seq]);
  history_reader reader(*s, number);
  CHECK(must(reader.stats()).records == w.state().seq() - done.base_seq);
}

TEST_CASE_METHOD(with_world, "what was pruned is said to be no longer there") {
  w.live(100, 7);
  must(s->prune(number, 60));
  history_reader reader(*s, number);

  const auto read = reader.read(5, 10, [](const core::record&) { return true; });
  const auto state = reader.state_at(5);

  REQUIRE_FALSE(read);
  CHECK(read.why().kind == failure_kind::not_found);
  REQUIRE_FALSE(state);
  CHECK(state.why().kind == failure_kind::not_found);
}

TEST_CASE_METHOD(with_world, "pruning again goes on from where the history begins") {
  w.live(300, 7);
  const auto first = must(s->prune(number, 100));
  const auto second = must(s->prune(number, 200));
  const auto third = must(s->prune(number, 150));

  CHECK(second.records == second.base_seq - first.base_seq);
  CHECK(third.records == 0);
  CHECK(third.base_seq == second.base_seq);
  history_reader reader(*s, number);
  CHECK(must(reader.stats()).snapshots == 1);
  CHECK(must(reader.snapshots()) == std::vector<std::uint64_t>{second.base_seq});
}

TEST_CASE_METHOD(with_world, "the last commit is never pruned, and life goes on") {
  w.live(50, 7);

  const auto done = must(s->prune(number, 1'000'000));
  CHECK(done.base_seq < w.state().seq());
  w.live(50, 7);

  open_again();
  CHECK(hash_at(*s, number, w.state().seq()) == w.state().hash());
}

TEST_CASE_METHOD(with_world, "a pruned history takes less room") {
  w.live(20'000, 50);
  must(s->compact(number));
  const auto before = must(s->compact(number));
  must(s->prune(number, 19'000));
  must(s->wait_for_reclaim());

  CHECK(must(s->compact(number)) < before / 4);
}

TEST_CASE_METHOD(with_world, "a missing commit behind the base is noticed") {
  w.live(100, 7);
  const auto done = must(s->prune(number, 60));
  history_reader reader(*s, number);
  auto all = must(reader.read(0, 1000, [](const core::record&) { return true; }));
  CHECK(all == w.state().seq() - done.base_seq);
}

TEST_CASE_METHOD(with_world, "a reader that began before a pruning reads on undisturbed") {
  w.live(300, 7);
  auto p = must(playback::begin(*s, number, 0));

  must(s->prune(number, 250));
  must(s->wait_for_reclaim());
  must(p.advance_to(w.state().seq()));

  CHECK(p.world().hash() == w.state().hash());
}

// -- retention, imports --------------------------------------------------------------------------

TEST_CASE_METHOD(with_world, "how long records are kept survives a restart and a new name") {
  must(s->retain(number, 30));
  must(s->rename_world(number, "paradise"));
  open_again();

  const auto entry = must(s->find_world(number));
  CHECK(entry.keep_days == 30);
  CHECK(entry.name == "paradise");
  CHECK(s->retain(number, keep_days_max + 1)->kind == failure_kind::misuse);
}

TEST_CASE_METHOD(with_world, "an import that was not finished is gone after a restart") {
  const auto incoming = must(s->begin_import());
  CHECK_FALSE(s->find_world(incoming));
  open_again();
  must(s->wait_for_reclaim());
  CHECK_FALSE(s->find_world(incoming));
  CHECK(must(s->worlds()).size() == 1);
  CHECK(must(s->begin_import()) > incoming);
}

// -- stored samples ------------------------------------------------------------------------------

TEST_CASE("a stored sample of format 1 is recovered, and goes on as format 4") {
  temp_folder folder;
  const auto data = folder.path() / "data";
  std::filesystem::copy(samples / "format-1", data);
  {
    auto s = must(store::open_to_read(data));
    CHECK(hash_at(*s, 1, 473) == 0xd9ff8089e3c5a918u);
  }
  auto s = open_store(data);

  auto past = must(history::open(*s, 1));
  const auto back = must(past.recover());

  CHECK(past.last_seq() == 473);
  CHECK(back.world->tick() == 155);
  CHECK(back.world->hash() == 0xd9ff8089e3c5a918u);
  CHECK(to_hex(past.chain()) == "32a1f4067401d67e95319a8cc3ba43db");
  CHECK(back.snapshot_seq == 473);
  CHECK(hash_at(*s, 1, 200) != back.world->hash());
  CHECK(must(s->prune(1, 300)).base_seq > 290);
}

TEST_CASE("a stored sample of format 2 holds what format.md says") {
  temp_folder folder;
  const auto data = folder.path() / "data";
  std::filesystem::copy(samples / "format-2", data);
  const auto s = must(store::open_to_read(data));

  const auto worlds = must(s->worlds());
  REQUIRE(worlds.size() == 2);
  CHECK(worlds[0].keep_days == 30);
  history_reader first(*s, 1), fork(*s, 2);
  const auto stats = must(first.stats());
  CHECK(stats.base_seq == 60);
  CHECK(stats.last_seq == 165);
  CHECK(stats.state_hash == 0xe079e5b5ceefa048u);
  CHECK(to_hex(stats.chain) == "f6c92388d7a7d8cc8322835f182b31cf");
  CHECK(must(first.recover()).world->hash() == stats.state_hash);
  CHECK(hash_at(*s, 1, 100) == 0x2ab64d16b0d0d551u);
  CHECK(must(fork.recover()).world->hash() == 0x2ab64d16b0d0d551u);
  CHECK(must(fork.stats()).parent == 1);
}

TEST_CASE("what is read from a sample is written as the very same bytes") {
  temp_folder folder;
  std::filesystem::copy(samples / GENERATE("format-2", "format-3"), folder.path() / "data");
  const auto s = open_store(folder.path() / "data");
  history_reader first(*s, 1);
  const auto stats = must(first.stats());

  auto past = must(playback::begin(*s, 1, stats.base_seq));
  history copy = history::open_import(*s, must(s->begin_import()));
  must(copy.begin_with(past.world(), past.chain_before()));
  commit_builder builder;
  while (!past.at_end()) {
    builder.add(past.next(), past.world().shared_catalogue());
    const bool ends = past.is_last_of_commit();
    const auto wall_ms = past.wall_ms();
    must(past.advance());
    if (ends) must(copy.append_as_of(wall_ms, builder, past.world()));
  }

  // The chain is one over all bytes of all commits.
  CHECK(to_hex(copy.chain()) == to_hex(stats.chain));
}
