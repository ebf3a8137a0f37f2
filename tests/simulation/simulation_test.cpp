// A whole node on a virtual clock, through lives that end in order, by a kill, with the power, or
// by a write that fails: what was acknowledged is there, nothing is given twice, what is private
// stays private, and nobody does what his token is not good for.
#include "storage/store.hpp"
#include "tests/simulation/client.hpp"
#include "tests/simulation/server.hpp"
#include "tests/storage/torture.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace unscripted;
using namespace unscripted::simulation;
using storage::durability;

namespace {

constexpr int lives = 3;
constexpr std::uint64_t steps_max = 64'000;  // of one life
constexpr std::array roles = {gateway::role::admin, gateway::role::bot, gateway::role::bot,
                              gateway::role::owner, gateway::role::observer};
constexpr std::size_t client_count = roles.size();
constexpr const char* names_of_endings[] = {"a stop", "a kill", "a loss of power",
                                            "a write that fails"};
using std::chrono::milliseconds;

class node {
public:
  node(std::uint64_t seed, gateway::plugin_registry& plugins)
    : plugins_(plugins), chance_(seed), mode_(chance_() % 2 ? durability::fsync : durability::wal),
      is_guarded_(chance_() % 2) {
    for (std::size_t i = 0; i < client_count; ++i)
      clients_.push_back(std::make_unique<client>(i, chance_(), all_));
  }

  void live_and_end() {
    auto how = static_cast<ending>(chance_() % 4);
    {
      server s(folder_.path(), mode_, is_guarded_, plugins_);
      give_tokens(s);
      if (how == ending::failed_call) s.fail_a_write(chance_);
      std::uint64_t left = 1 + chance_() % steps_max;
      while (left-- > 0 && is_fine() && !s.is_dead()) {
        step(s);
        all_.note_disk_failed(s.has_disk_failed());
      }
      lives_of_failed_writes_ += all_.has_disk_failed();
      if (how == ending::stop) settle(s);
      s.end(how, chance_(), [this] {
        for (auto& c : clients_) c->cut();
      });
    }
    const bool may_be_short = how == ending::power_loss && mode_ == durability::wal;
    all_.note_disk_failed(false);
    if (may_be_short)
      for (auto& c : clients_) c->forget();
    hold(may_be_short);
    if (std::getenv("UNSCRIPTED_SIMULATION_TALKS"))  // to see where two runs of a seed part
      std::printf("%s%s, ended by %s, %zu acts, digest %016lx\n",
                  std::string{to_string(mode_)}.c_str(), is_guarded_ ? ", guarded" : "",
                  names_of_endings[static_cast<int>(how)], acts(), digest());
  }

  bool is_fine() const { return all_.wrong().empty(); }
  const std::string& wrong() const { return all_.wrong(); }
  std::uint64_t digest() const { return all_.digest() ^ all_.acts(); }
  milliseconds lived() const { return lived_; }
  std::size_t acts() const { return all_.acts(); }
  std::size_t lives_of_failed_writes() const { return lives_of_failed_writes_; }

private:
  void give_tokens(server& s) {
    if (!is_guarded_ || has_tokens_) return;
    for (std::size_t i = 0; i < client_count; ++i)
      clients_[i]->bear(roles[i], s.make_token(roles[i]));
    has_tokens_ = true;
  }

  void step(server& s) {
    const std::uint64_t drawn = chance_() % 20;
    if (drawn < 13) {
      s.step(chance_());
    } else if (drawn < 19) {
      clients_[chance_() % client_count]->turn(s.shared());
    } else {
      const milliseconds passed{1 + chance_() % 600};
      lived_ += passed;
      if (s.pass_time(passed)) all_.note_synced();
    }
  }

  /// Everything that was asked is answered before a server stops in order.
  void settle(server& s) {
    for (int rounds = 0; rounds < 200; ++rounds) {
      for (auto& c : clients_) c->settle();
      for (int i = 0; i < 2000 && s.step(chance_()); ++i) {
      }
      s.pass_time(milliseconds{600});
    }
    for (auto& c : clients_)
      if (!c->is_idle()) all_.complain("a request is never answered");
  }

  void hold(bool may_be_short) {
    auto s = storage::store::open(folder_.path(), mode_);
    if (!s && may_be_short && s.why().kind == storage::failure_kind::corrupt)
      s = storage::store::open(folder_.path(), mode_, {.accept_data_loss = true});
    if (!s) return all_.complain("after the end: " + s.why().message);
    static_cast<void>((*s)->wait_for_reclaim());  // else the next life hangs on how far it came
    all_.hold(**s, plugins_.present()->assembly.catalogue, may_be_short);
  }

  gateway::plugin_registry& plugins_;
  storage::testing::temp_folder folder_{storage::testing::place_in_memory()};
  std::mt19937_64 chance_;
  const durability mode_;
  const bool is_guarded_;  // its servers want tokens
  bool has_tokens_ = false;
  witness all_;
  std::vector<std::unique_ptr<client>> clients_;
  milliseconds lived_{0};
  std::size_t lives_of_failed_writes_ = 0;
};

struct outcome {
  std::string wrong;
  std::uint64_t digest = 0;
  milliseconds lived{0};
  std::size_t acts = 0;
  std::size_t failed_writes = 0;  // lives in which the disk failed
};

outcome run(std::uint64_t seed, gateway::plugin_registry& plugins) {
  node n(seed, plugins);
  for (int life = 0; life < lives && n.is_fine(); ++life) n.live_and_end();
  return {n.wrong(), n.digest(), n.lived(), n.acts(), n.lives_of_failed_writes()};
}

}  // namespace

TEST_CASE("a simulated node ends the same, where it lives through the same twice") {
  const auto plugins = open_plugins();
  std::uint64_t seed = 1;
  outcome first = run(seed, *plugins);
  while (first.wrong.empty() && first.failed_writes == 0) first = run(++seed, *plugins);
  CAPTURE(seed);
  CHECK(first.wrong.empty());
  CHECK(first.acts > 0);
  CHECK(run(seed, *plugins).digest == first.digest);
}

TEST_CASE("a simulated node keeps what it acknowledged, whatever ends it", "[.][simulation]") {
  storage::testing::torture_run all(20);
  CAPTURE(all.seed);
  const auto plugins = open_plugins();
  const auto began = std::chrono::steady_clock::now();
  milliseconds lived{0};
  std::size_t acts = 0, failed_writes = 0;
  for (; all.done < all.cycles; ++all.done) {
    const std::uint64_t seed = all.seed + all.done;
    all.faults += lives;
    const outcome first = run(seed, *plugins);
    lived += first.lived;
    acts += first.acts;
    failed_writes += first.failed_writes;
    if (!first.wrong.empty()) {
      all.violate(seed, first.wrong);
    } else {
      const outcome second = run(seed, *plugins);
      lived += second.lived;
      if (second.digest != first.digest) all.violate(seed, "the same seed has another end");
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%zu actions acknowledged, %zu lives ended by a write that failed; %.0f s lived in "
              "%.1f s, judging included\n",
              acts, failed_writes, static_cast<double>(lived.count()) / 1000, took.count());
  all.judge();
}
