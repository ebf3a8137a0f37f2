// The measure `pactions`: how many actions `core` and the plugins decide and apply, nothing else.

#include "cli/bench.hpp"
#include "cli/failure.hpp"
#include "cli/host.hpp"
#include "core/decide.hpp"
#include "core/look_ahead.hpp"
#include "core/random.hpp"
#include "core/resolve.hpp"
#include "plugins/loader.hpp"
#include "storage/commit.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>

namespace unscripted::cli {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::uint32_t things_min = 12;    // ten bots and two wells
constexpr std::uint32_t things_a_well = 6;  // itself among them
constexpr double square_metres_a_thing = 100.0 / 12;
constexpr std::uint64_t timed_every = 64;
constexpr std::uint64_t looked_at_clock_every = 4096;

template <class T>
T value_or_fail(core::result<T> got) {
  if (!got) throw failed(got.why().message);
  return std::move(*got);
}

class core_world {
public:
  core_world(std::uint64_t seed, std::uint32_t things) {
    auto plugins = value_or_fail(plugins::load({shipped_plugins()}));
    const std::uint32_t wells = things / things_a_well;
    core::world_wish wish;
    wish.name = "bench";
    wish.seed = seed;
    if (things > things_min) make_room(wish, things);
    carry_out(value_or_fail(core::resolve_found(plugins.catalogue, wish, 0)));
    for (std::uint32_t i = wells; i < things; ++i) create("bot");
    for (std::uint32_t i = 0; i < wells; ++i) create("well");
    const auto walk = world_.catalogue().find_action(core::world_kind, "walk");
    if (!walk) throw failed("the plugin `walk` is not among the shipped ones");
    walk_ = *walk;
  }

  /// Whether the step was made.
  bool walk(double angle) {
    const auto& living = world_.bots();
    // As a world does with what its hosted minds chose.
    core::look_ahead(world_, 0, living.size(), [&](std::size_t later) {
      return core::turn_to_come{living[(next_ + later) % living.size()]};
    });
    core::act_command& step = core::act_in(record_.command);
    step.agent = living[next_++ % living.size()];
    step.action = walk_;
    step.args.bits[0] = std::bit_cast<std::uint64_t>(angle);
    step.args.count = 1;
    carry_out();
    return record_.outcome == core::outcome::done;
  }

  std::uint64_t hash() const { return world_.hash(); }

private:
  /// The least world is as worlds are unless somebody wishes otherwise.
  static void make_room(core::world_wish& wish, std::uint32_t things) {
    const auto side = core::from_metres(std::sqrt(square_metres_a_thing * things));
    wish.dims = core::vec3{side, core::from_metres(10), side};
    wish.capacity = {{"bot", things}, {"thing", things}};
  }

  void create(const char* kind) {
    core::thing_wish wish;
    wish.kind = kind;
    carry_out(value_or_fail(core::resolve_create(world_, wish)));
  }

  void carry_out(core::command c) {
    core::put(std::move(c), record_.command);
    carry_out();
  }

  void carry_out() {
    if (const auto why = core::decide(world_, record_)) throw failed(why->message);
    world_.apply(record_);
  }

  core::world world_;
  core::record record_;
  core::action_index walk_ = 0;
  std::uint64_t next_ = 0;
};

/// Walks, and what became of them.
class walk_measure {
public:
  walk_measure(core_world& world, core::keyed_random& chance) : world_(world), chance_(chance) {}

  void walk(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const bool is_timed = i % timed_every == 0;
      const auto before = is_timed ? clock::now() : clock::time_point();
      if (!world_.walk(chance_.ratio())) ++result_.refused;
      if (is_timed) {
        const auto took = clock::now() - before;
        result_.latency.add(static_cast<std::uint64_t>(took.count()));
      }
    }
    result_.operations += count;
  }

  double seconds() const { return std::chrono::duration<double>(clock::now() - began_).count(); }

  bench_result result() const {
    auto got = result_;
    got.seconds = seconds();
    return got;
  }

private:
  core_world& world_;
  core::keyed_random& chance_;
  clock::time_point began_ = clock::now();
  bench_result result_;
};

bench_result walk_for(double seconds, core_world& world, core::keyed_random& chance,
                      const stop_flag& stop) {
  walk_measure walks(world, chance);
  while (walks.seconds() < seconds && !stop.is_set()) walks.walk(looked_at_clock_every);
  return walks.result();
}

bench_result walk_exactly(std::uint64_t actions, core_world& world, core::keyed_random& chance,
                          const stop_flag& stop) {
  walk_measure walks(world, chance);
  for (std::uint64_t left = actions; left > 0;) {
    if (stop.is_set()) throw failed("stopped before its end");
    const auto some = std::min(left, looked_at_clock_every);
    walks.walk(some);
    left -= some;
  }
  return walks.result();
}

}  // namespace

bench_result bench_core(const core_bench_settings& settings, const stop_flag& stop) {
  core_world world(settings.seed, settings.things);
  core::keyed_random chance(settings.seed, 0);
  bench_result result;
  if (settings.actions) {
    walk_exactly(*settings.actions / 10, world, chance, stop);
    result = walk_exactly(*settings.actions, world, chance, stop);
  } else {
    walk_for(settings.seconds / 10, world, chance, stop);
    result = walk_for(settings.seconds, world, chance, stop);
  }
  result.name = "pactions";
  result.things = settings.things;
  result.hash = storage::to_hex(world.hash());
  return result;
}

}  // namespace unscripted::cli
