// The measure `pactions`: how many actions `core` and the plugins decide and apply, nothing else.

#include "cli/bench.hpp"
#include "cli/failure.hpp"
#include "cli/host.hpp"
#include "core/decide.hpp"
#include "core/random.hpp"
#include "core/resolve.hpp"
#include "plugins/loader.hpp"

#include <bit>
#include <chrono>
#include <cstdio>

namespace unscripted::cli {

namespace {

using clock = std::chrono::steady_clock;

constexpr unsigned bots = 10;
constexpr unsigned wells = 2;
constexpr std::uint64_t default_seed = 1;
constexpr std::uint64_t timed_every = 64;
constexpr std::uint64_t looked_at_clock_every = 4096;

template <class T>
T value_or_fail(core::result<T> got) {
  if (!got) throw failed(got.why().message);
  return std::move(*got);
}

class core_world {
public:
  explicit core_world(std::uint64_t seed) {
    auto plugins = value_or_fail(plugins::load({shipped_plugins()}));
    core::world_wish wish;
    wish.name = "bench";
    wish.seed = seed;
    carry_out(value_or_fail(core::resolve_found(plugins.catalogue, wish, 0)));
    for (unsigned i = 0; i < bots; ++i) create("bot");
    for (unsigned i = 0; i < wells; ++i) create("well");
    const auto walk = world_.catalogue().find_action(core::world_kind, "walk");
    if (!walk) throw failed("the plugin `walk` is not among the shipped ones");
    walk_ = *walk;
  }

  /// Whether the step was made.
  bool walk(double angle) {
    const auto& living = world_.bots();
    core::act_command step;
    step.agent = living[next_++ % living.size()];
    step.action = walk_;
    step.args.bits[0] = std::bit_cast<std::uint64_t>(angle);
    step.args.count = 1;
    carry_out(std::move(step));
    return record_.outcome == core::outcome::done;
  }

  std::uint64_t hash() const { return world_.hash(); }

private:
  void create(const char* kind) {
    core::thing_wish wish;
    wish.kind = kind;
    carry_out(value_or_fail(core::resolve_create(world_, wish)));
  }

  void carry_out(core::command c) {
    if (const auto why = core::decide(world_, std::move(c), record_)) throw failed(why->message);
    world_.apply(record_);
  }

  core::world world_;
  core::record record_;
  core::action_index walk_ = 0;
  std::uint64_t next_ = 0;
};

std::string hex(std::uint64_t x) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(x));
  return digits;
}

/// Walks for that long, or until stopped; returns how long it was.
double walk_for(core_world& world, double seconds, core::keyed_random& chance, bench_result& result,
                const stop_flag& stop) {
  const auto began = clock::now();
  const auto end = began + std::chrono::duration<double>(seconds);
  auto now = began;
  while (now < end && !stop.is_set()) {
    for (std::uint64_t i = 0; i < looked_at_clock_every; ++i) {
      const bool is_timed = i % timed_every == 0;
      const auto before = is_timed ? clock::now() : clock::time_point();
      if (!world.walk(chance.ratio())) ++result.refused;
      if (is_timed) {
        const auto took = clock::now() - before;
        result.latency.add(static_cast<std::uint64_t>(took.count()));
      }
    }
    result.operations += looked_at_clock_every;
    now = clock::now();
  }
  return std::chrono::duration<double>(now - began).count();
}

}  // namespace

bench_result bench_core(const bench_settings& settings, stop_flag& stop) {
  const auto seed = settings.seed.value_or(default_seed);
  core_world world(seed);
  core::keyed_random chance(seed, 0);
  bench_result warm_up;
  walk_for(world, settings.seconds / 10, chance, warm_up, stop);

  bench_result result;
  result.name = "pactions";
  result.seconds = walk_for(world, settings.seconds, chance, result, stop);
  result.hash = hex(world.hash());
  return result;
}

}  // namespace unscripted::cli
