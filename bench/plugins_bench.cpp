// What a plugin costs: an action that reads two properties and writes one, done by a plugin through
// the bridge and done by plain C++ on the transaction. The difference is the price of the ABI, with
// its checks, its counters and its watch: at most 30 ns.
#include "core/decide.hpp"
#include "core/resolve.hpp"
#include "core/transaction.hpp"
#include "plugins/loader.hpp"

#include <benchmark/benchmark.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <time.h>

namespace {

using namespace unscripted;

template <class T>
T value_or_exit(core::result<T> found) {
  if (found) return *found;
  std::fprintf(stderr, "%s\n", found.why().message.c_str());
  std::exit(1);
}

/// A world with one bot, and the action `sum` aimed at it.
class summing_world {
public:
  summing_world() {
    auto all = value_or_exit(plugins::load({UNSCRIPTED_PLUGINS_DIR})).plugins;
    const std::filesystem::path sums{UNSCRIPTED_WRONG_PLUGINS_DIR};
    all.push_back(value_or_exit(plugins::inspect(sums / "sums.so")));
    const auto catalogue = plugins::assemble(all).catalogue;
    core::world_wish wish;
    wish.name = "bench";
    wish.seed = 1;
    wish.rules.emplace_back("population", std::string("none"));
    carry_out(value_or_exit(core::resolve_found(catalogue, wish, 0)));
    core::thing_wish bot;
    bot.kind = "bot";
    carry_out(value_or_exit(core::resolve_create(world_, bot)));
    bot_ = world_.bots().front();
    left_ = *catalogue->find_cell("bot", "left");
    right_ = *catalogue->find_cell("bot", "right");
    sum_ = *catalogue->find_cell("bot", "sum");
    code_ = catalogue->actions()[*catalogue->find_action("sum")].code;
  }

  /// The same in plain C++.
  core::outcome direct() {
    core::transaction writes{world_, 1, effects_};
    const double left = std::bit_cast<double>(writes.get(bot_, left_).value_or(0));
    const double right = std::bit_cast<double>(writes.get(bot_, right_).value_or(0));
    writes.set(bot_, sum_, std::bit_cast<std::uint64_t>(left + right));
    return core::outcome::done;
  }
  core::outcome by_plugin() {
    core::transaction writes{world_, 1, effects_};
    return code_->run({writes, bot_, bot_, nullptr, nullptr});
  }
  double written() const {
    return effects_.size() == 1 ? std::bit_cast<double>(effects_[0].bits) : 0;
  }

private:
  void carry_out(core::command c) {
    core::record record;
    if (core::decide(world_, std::move(c), record)) std::exit(1);
    world_.apply(record);
  }

  core::world world_;
  core::serial bot_ = 0;
  core::cell_ref left_, right_, sum_;
  std::shared_ptr<const core::behaviour> code_;
  std::vector<core::effect> effects_;
};

void check(benchmark::State& state, const summing_world& w) {
  state.SetItemsProcessed(state.iterations());
  if (w.written() != 5) state.SkipWithError("2 + 3 is not 5");
}

void sum_directly(benchmark::State& state) {
  summing_world w;
  for (auto _ : state) benchmark::DoNotOptimize(w.direct());
  check(state, w);
}
BENCHMARK(sum_directly);

void sum_by_plugin(benchmark::State& state) {
  summing_world w;
  for (auto _ : state) benchmark::DoNotOptimize(w.by_plugin());
  check(state, w);
}
BENCHMARK(sum_by_plugin);

// What this thread spent computing: others on this machine don't count.
double now_ns() {
  timespec spent{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) * 1e9 + static_cast<double>(spent.tv_nsec);
}

// Both in turns, so that what slows this machine slows both.
void price_of_the_abi(benchmark::State& state) {
  constexpr int calls = 1'000;
  summing_world w;
  double direct_ns = 0, plugin_ns = 0;
  for (auto _ : state) {
    const double start = now_ns();
    for (int i = 0; i < calls; ++i) benchmark::DoNotOptimize(w.direct());
    const double middle = now_ns();
    for (int i = 0; i < calls; ++i) benchmark::DoNotOptimize(w.by_plugin());
    direct_ns += middle - start;
    plugin_ns += now_ns() - middle;
  }
  const double all_calls = static_cast<double>(state.iterations()) * calls;
  state.counters["direct_ns"] = direct_ns / all_calls;
  state.counters["plugin_ns"] = plugin_ns / all_calls;
  state.counters["price_ns"] = (plugin_ns - direct_ns) / all_calls;
  state.counters["budget_ns"] = 30;
  check(state, w);
}
BENCHMARK(price_of_the_abi);

}  // namespace
