// What JSON costs: a perception as an answer carries it, and the mapping of a request.
#include "core/decide.hpp"
#include "gateway/encoder.hpp"
#include "gateway/params.hpp"
#include "plugins/loader.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>

namespace {

using namespace unscripted;

core::world living_world(const core::catalogue_ptr& catalogue) {
  core::world w;
  core::record r;
  const auto carry_out = [&](const core::result<core::command>& c) {
    if (!c || core::decide(w, *c, r)) std::exit(1);
    w.apply(r);
  };
  core::world_wish wish;
  wish.name = "bench";
  wish.seed = 1;
  carry_out(core::resolve_found(catalogue, wish, 0));
  for (int i = 0; i < 12; ++i) {
    core::thing_wish thing;
    thing.kind = i < 10 ? "bot" : "well";
    carry_out(core::resolve_create(w, thing));
  }
  return w;
}

void encode_perception(benchmark::State& state) {
  const auto plugins = plugins::load({UNSCRIPTED_PLUGINS_DIR});
  if (!plugins) std::exit(1);
  const core::world w = living_world(plugins->catalogue);
  const gateway::encoder encode{plugins->catalogue};
  const actors::view seen{w, 1, storage::durability::wal, true};
  actors::ticket ticket;
  ticket.id = "1";
  const actors::answer answer = actors::perceived{w.bots().front(), core::sight_of(w), false};
  std::string out;
  for (auto _ : state) {
    out.clear();
    encode.answer(out, ticket, answer, &seen);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(encode_perception);

void parse_act(benchmark::State& state) {
  simdjson::dom::parser parser;
  const simdjson::padded_string line{std::string{
      R"({"id":7,"method":"act","params":{"bot":"000000010000000000000002","action":"walk",)"
      R"("args":{"angle":0.123456789}}})"}};
  for (auto _ : state) {
    const simdjson::dom::object request = parser.parse(line);
    gateway::params_reader p{request["params"].get_object().value_unsafe()};
    benchmark::DoNotOptimize(p.id("bot"));
    benchmark::DoNotOptimize(p.text("action"));
    benchmark::DoNotOptimize(p.values("args"));
    benchmark::DoNotOptimize(p.finish());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(parse_act);

}  // namespace
