// What core costs, piece by piece: deciding, applying, encoding, seeing. Each prints the state hash
// where there is a world, so that a wrong fast answer shows.
#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "core/decide.hpp"
#include "core/perception.hpp"
#include "core/random.hpp"
#include "core/resolve.hpp"
#include "plugins/loader.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace unscripted;

const core::catalogue_ptr& catalogue() {
  static const core::catalogue_ptr loaded = [] {
    const auto found = plugins::load({UNSCRIPTED_PLUGINS_DIR});
    if (found) return found->catalogue;
    std::fprintf(stderr, "%s\n", found.why().message.c_str());
    std::exit(1);
  }();
  return loaded;
}

/// A world of bots and wells at a density of twelve things on 100 m².
class lively_world {
public:
  explicit lively_world(std::size_t things) {
    const double side = std::sqrt(static_cast<double>(things) * 100 / 12);
    core::world_wish wish;
    wish.name = "bench";
    wish.seed = 1;
    wish.dims = core::vec3{core::from_metres(std::max(10.0, side)), 10'000'000,
                           core::from_metres(std::max(10.0, side))};
    wish.capacity = {{"bot", 10'000'000}, {"thing", 10'000'000}};
    carry_out(*core::resolve_found(catalogue(), wish, 0));
    for (std::size_t i = 0; i < things; ++i) {
      core::thing_wish thing;
      thing.kind = i % 6 == 5 ? "well" : "bot";
      carry_out(*core::resolve_create(world_, thing));
    }
    walk_ = *world_.catalogue().find_action(core::world_kind, "walk");
  }

  core::act_command step() {
    core::act_command c;
    c.agent = world_.bots()[next_++ % world_.bots().size()];
    c.action = walk_;
    c.args.bits[0] = std::bit_cast<std::uint64_t>(chance_.ratio());
    c.args.count = 1;
    return c;
  }

  void carry_out(core::command c) {
    if (core::decide(world_, std::move(c), record_)) std::exit(1);
    world_.apply(record_);
  }

  const core::world& world() const { return world_; }
  const core::record& last() const { return record_; }

private:
  core::world world_;
  core::record record_;
  core::keyed_random chance_{1, 0};
  core::action_index walk_ = 0;
  std::size_t next_ = 0;
};

void label_with_hash(benchmark::State& state, const core::world& w) {
  char text[32];
  std::snprintf(text, sizeof text, "hash %016llx", static_cast<unsigned long long>(w.hash()));
  state.SetLabel(text);
}

void walk(benchmark::State& state) {
  lively_world lively{static_cast<std::size_t>(state.range(0))};
  for (auto _ : state) lively.carry_out(lively.step());
  state.SetItemsProcessed(state.iterations());
  label_with_hash(state, lively.world());
}
BENCHMARK(walk)->Arg(12)->Arg(1'000)->Arg(100'000);

void apply_only(benchmark::State& state) {
  lively_world lively{12};
  core::effect moved;
  moved.type = core::effect_type::moved;
  moved.thing = lively.world().bots().front();
  moved.pos = lively.world().find(moved.thing)->pos;
  core::world copy = lively.world();
  for (auto _ : state) copy.apply(moved);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(apply_only);

void encode_walk(benchmark::State& state) {
  lively_world lively{12};
  lively.carry_out(lively.step());
  std::string bytes;
  for (auto _ : state) {
    bytes.clear();
    core::byte_writer out{bytes};
    core::encode(out, catalogue().get(), lively.last());
    benchmark::DoNotOptimize(bytes.data());
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes"] = static_cast<double>(bytes.size());
}
BENCHMARK(encode_walk);

void decode_walk(benchmark::State& state) {
  lively_world lively{12};
  lively.carry_out(lively.step());
  std::string bytes;
  core::byte_writer out{bytes};
  core::encode(out, catalogue().get(), lively.last());
  core::record back;
  for (auto _ : state) {
    core::byte_reader in{bytes};
    benchmark::DoNotOptimize(core::decode(in, catalogue().get(), back));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_walk);

void see(benchmark::State& state) {
  lively_world lively{12};
  std::vector<core::sighting> seen;
  const core::thing& bot = *lively.world().find(lively.world().bots().front());
  for (auto _ : state) {
    core::perceive(lively.world(), bot, core::sight_of(lively.world()), seen);
    benchmark::DoNotOptimize(seen.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(see);

void snapshot(benchmark::State& state) {
  lively_world lively{static_cast<std::size_t>(state.range(0))};
  std::size_t size = 0;
  for (auto _ : state) size = core::encode_snapshot(lively.world()).size();
  state.counters["bytes"] = static_cast<double>(size);
  label_with_hash(state, lively.world());
}
BENCHMARK(snapshot)->Arg(12)->Arg(10'000);

}  // namespace
