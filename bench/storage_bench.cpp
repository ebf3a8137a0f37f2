// What the binary form of a history costs: commits encoded, decoded and chained, states kept and
// taken back. One item is one record, or one state.
#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "core/decide.hpp"
#include "core/random.hpp"
#include "core/resolve.hpp"
#include "plugins/loader.hpp"
#include "storage/commit.hpp"

#include <benchmark/benchmark.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using namespace unscripted;

[[noreturn]] void give_up(const char* why) {
  std::fprintf(stderr, "%s\n", why);
  std::exit(1);
}

/// Ten bots and two wells, and what the bots' next walks were.
class walked_world {
public:
  explicit walked_world(std::size_t walks) {
    const auto plugins = plugins::load({UNSCRIPTED_PLUGINS_DIR});
    if (!plugins) give_up(plugins.why().message.c_str());
    core::world_wish wish;
    wish.name = "bench";
    wish.seed = 1;
    carry_out(*core::resolve_found(plugins->catalogue, wish, 0));
    for (int i = 0; i < 12; ++i) {
      core::thing_wish thing;
      thing.kind = i < 10 ? "bot" : "well";
      carry_out(*core::resolve_create(world_, thing));
    }
    const auto walk = world_.catalogue().find_action(core::world_kind, "walk");
    core::keyed_random chance{1, 0};
    for (std::size_t i = 0; i < walks; ++i) {
      core::act_command step;
      step.agent = world_.bots()[i % world_.bots().size()];
      step.action = *walk;
      step.args.bits[0] = std::bit_cast<std::uint64_t>(chance.ratio());
      step.args.count = 1;
      carry_out(std::move(step));
      walks_.push_back(record_);
    }
  }

  const core::world& world() const { return world_; }
  const std::vector<core::record>& walks() const { return walks_; }

  /// The walks, as one commit.
  std::string commit() const {
    storage::commit_builder records;
    for (const core::record& r : walks_) records.add(r, world_.shared_catalogue());
    storage::commit_header header;
    header.count = records.count();
    std::string value;
    storage::encode_commit(header, {}, records.bytes(), value);
    return value;
  }

private:
  void carry_out(core::command c) {
    if (const auto why = core::decide(world_, std::move(c), record_)) give_up(why->message.c_str());
    world_.apply(record_);
  }

  core::world world_;
  core::record record_;
  std::vector<core::record> walks_;
};

void count_records(benchmark::State& state, std::size_t bytes) {
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(state.range(0));
}

void encode_commit(benchmark::State& state) {
  const walked_world walked{static_cast<std::size_t>(state.range(0))};
  storage::commit_builder records;
  std::string value;
  for (auto _ : state) {
    records.clear();
    for (const core::record& r : walked.walks()) records.add(r, walked.world().shared_catalogue());
    storage::commit_header header;
    header.count = records.count();
    storage::encode_commit(header, {}, records.bytes(), value);
    benchmark::DoNotOptimize(value.data());
  }
  count_records(state, value.size());
}
BENCHMARK(encode_commit)->Arg(1)->Arg(10)->Arg(100);

void decode_commit(benchmark::State& state) {
  const walked_world walked{static_cast<std::size_t>(state.range(0))};
  const std::string value = walked.commit();
  const auto* known = &walked.world().catalogue();
  core::record r;
  for (auto _ : state) {
    const auto commit = storage::decode_commit(value);
    if (!commit) give_up("the commit is not readable");
    core::byte_reader in{commit->records};
    for (std::uint64_t left = commit->header.count; left > 0; --left)
      if (!core::decode(in, known, r, commit->header.grammar)) give_up("a record is not readable");
    benchmark::DoNotOptimize(r.effects.data());
  }
  count_records(state, value.size());
}
BENCHMARK(decode_commit)->Arg(1)->Arg(10)->Arg(100);

void chain(benchmark::State& state) {
  const walked_world walked{static_cast<std::size_t>(state.range(0))};
  const std::string value = walked.commit();
  std::string scratch;
  for (auto _ : state) benchmark::DoNotOptimize(storage::chain_of(value, {}, scratch));
  count_records(state, value.size());
}
BENCHMARK(chain)->Arg(1)->Arg(10)->Arg(100);

void keep_state(benchmark::State& state) {
  const walked_world walked{1};
  std::size_t bytes = 0;
  for (auto _ : state) bytes = core::encode_snapshot(walked.world()).size();
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(keep_state);

void take_state_back(benchmark::State& state) {
  const walked_world walked{1};
  const std::string bytes = core::encode_snapshot(walked.world());
  for (auto _ : state)
    if (!core::decode_snapshot(bytes)) give_up("the state is not readable");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(take_state_back);

}  // namespace
