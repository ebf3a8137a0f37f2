#include "cli/bench.hpp"

#include "cli/bench_world.hpp"
#include "cli/client.hpp"
#include "cli/load.hpp"
#include "cli/swarm.hpp"
#include "cli/table.hpp"
#include "cli/world_view.hpp"
#include "core/ids.hpp"
#include "core/random.hpp"
#include "gateway/json_writer.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace unscripted::cli {

namespace {

bench_result result_of(const char* name, client& server, const bench_settings& settings) {
  bench_result result;
  result.name = name;
  result.connections = settings.connections;
  result.inflight = settings.inflight;
  result.durability = text_at(server.call("hello").root(), "durability");
  return result;
}

void run(load& pumps, const request_writer& write, bench_result& result, stop_flag& stop) {
  stop.on_set([&pumps] { pumps.abort(); });
  pumps.run(write, result);
  stop.on_set(nullptr);
}

/// Bots that walk: their requests, all but the number and the angle made beforehand.
class walkers {
public:
  explicit walkers(std::uint64_t seed) {
    core::keyed_random chance(seed, 0);
    // Each angle has its opposite among the others, so that no bot drifts to a wall and stays
    // there.
    for (std::size_t i = 0; i < angles_.size(); i += 2) {
      const double angle = chance.ratio() / 2;
      gateway::json_writer(angles_[i]).value(angle);
      gateway::json_writer(angles_[i + 1]).value(angle + 0.5);
    }
  }

  /// The one of the next connection.
  void add(std::string_view bot) {
    heads_.push_back(R"(,"method":"act","params":{"bot":")" + std::string(bot) +
                     R"(","action":"walk","args":{"angle":)");
  }

  request_writer writer() const {
    return [this](std::string& out, std::uint32_t connection, std::uint64_t number) {
      write(out, connection, number);
    };
  }

private:
  void write(std::string& out, std::uint32_t connection, std::uint64_t number) const {
    out += "{\"id\":";
    std::array<char, 20> digits;
    out.append(digits.data(), std::to_chars(digits.data(), digits.end(), number).ptr);
    out += heads_[connection];
    out += angles_[(number * stride + connection) % angles_.size()];
    out += "}}}\n";
  }

  static constexpr std::uint64_t stride = 31;  // coprime to the number of angles: all are used

  std::array<std::string, 1022> angles_;
  std::vector<std::string> heads_;
};

}  // namespace

bench_result bench_conn(const address& server, const bench_settings& settings, stop_flag& stop) {
  client control(server);
  auto result = result_of("conn", control, settings);
  result.durability.clear();  // nothing is recorded
  load pumps(server, settings);
  run(
      pumps,
      [](std::string& out, std::uint32_t, std::uint64_t number) {
    out += "{\"id\":" + std::to_string(number) + ",\"method\":\"ping\"}\n";
      },
      result, stop);
  return result;
}

bench_result bench_act(const address& server, const bench_settings& settings, stop_flag& stop) {
  client control(server);
  auto result = result_of("act", control, settings);
  bench_world world(control, server,
                    {.bots = settings.connections,
                     .side = std::max(100.0, 10 * std::ceil(std::sqrt(settings.connections))),
                     .ageless = true,
                     .seed = settings.seed});
  {
    load pumps(server, settings);
    walkers bots(world.about().seed);
    const auto create =
        R"({"id":1,"method":"bot.create","params":{"world":")" + world.about().id + "\"}}\n";
    for (std::uint32_t i = 0; i < settings.connections; ++i) {
      bots.add(text_at(document(pumps.call(i, create)).root(), "id"));
    }
    run(pumps, bots.writer(), result, stop);
  }
  result.hash = world.now().hash;
  return result;
}

bench_result bench_echo(const address& server, const bench_settings& settings, stop_flag& stop) {
  bench_result result;
  result.name = "echo";
  result.connections = settings.connections;
  result.inflight = settings.inflight;
  load pumps(server, settings);
  walkers bots(settings.seed.value_or(0));
  for (std::uint32_t i = 0; i < settings.connections; ++i)
    bots.add(core::to_string(core::thing_id{1, i + 1}));
  run(pumps, bots.writer(), result, stop);
  return result;
}

namespace {

/// What the swarm and its world did for so long.
void measure_life(swarm& bots, bench_world& world, double seconds, bench_result& result,
                  const stop_flag& stop) {
  const auto milliseconds = [](double s) {
    return std::chrono::milliseconds(std::llround(s * 1000));
  };
  stop.wait_for(milliseconds(seconds / 10));
  bots.reset_latency();
  const auto first = world.now();
  const auto before = bots.counts();
  const auto began = std::chrono::steady_clock::now();
  stop.wait_for(milliseconds(seconds));
  const auto after = bots.counts();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const auto last = world.now();
  if (after.living == 0) throw failed("no bot is left: " + bots.first_error());
  result.operations = after.acts - before.acts;
  result.refused = after.refused - before.refused;
  result.answer_bytes = after.answer_bytes - before.answer_bytes;
  result.errors = after.errors - before.errors;
  result.first_error = bots.first_error();
  result.world_actions = last.actions - first.actions;
  result.world_ticks = last.tick - first.tick;
}

}  // namespace

bench_result bench_simulate(const address& server, const bench_settings& settings,
                            stop_flag& stop) {
  client control(server);
  auto result = result_of("simulate", control, settings);
  result.inflight = 1;
  const auto count = settings.connections;
  bench_world world(control, server,
                    {.bots = count,
                     .wells = wells_among(count),
                     .side = crowded_side(count),
                     .seed = settings.seed});
  if (settings.keep_world) world.keep();
  swarm bots({.server = server, .world = world.about().id, .seed = world.about().seed});
  for (std::uint32_t i = 0; i < count; ++i) bots.create();

  bots.start();
  measure_life(bots, world, settings.seconds, result, stop);
  bots.stop();
  result.latency = bots.latency();
  world.pause_at(0);  // whatever is still on its way changes nothing
  result.world = world.about().id;
  result.hash = world.now().hash;
  return result;
}

double mean_answer_bytes(const bench_result& r) {
  return static_cast<double>(r.answer_bytes) /
         static_cast<double>(std::max<std::uint64_t>(1, r.operations));
}

void print_bench(const bench_result& r, bool json) {
  const double per_s = r.seconds > 0 ? static_cast<double>(r.operations) / r.seconds : 0;
  const auto us = [&](double ratio) {
    return static_cast<double>(r.latency.quantile_ns(ratio)) / 1000;
  };
  std::string out;
  if (json) {
    gateway::json_writer w(out);
    w.begin_object().member("bench", r.name).member("connections", r.connections);
    w.member("inflight", r.inflight);
    if (r.things > 0) w.member("things", r.things);
    w.key("durability");
    r.durability.empty() ? w.null() : w.value(r.durability);
    w.member("seconds", r.seconds).member("operations", r.operations).member("per_s", per_s);
    w.member("p50_us", us(0.5)).member("p99_us", us(0.99)).member("p999_us", us(0.999));
    w.member("refused", r.refused).member("errors", r.errors).key("answer_bytes");
    r.answer_bytes == 0 ? w.null() : w.value(mean_answer_bytes(r));
    w.key("hash");
    r.hash.empty() ? w.null() : w.value(r.hash);
    w.end_object();
    out += '\n';
  } else {
    const auto or_dash = [](const std::string& text) { return text.empty() ? "-" : text; };
    table row({"bench", "connections", "in flight", "durability", "seconds", "per second", "p50 us",
               "p99 us", "p99.9 us", "refused", "errors", "state hash"});
    row.add({r.name, grouped(std::uint64_t{r.connections}), grouped(std::uint64_t{r.inflight}),
             or_dash(r.durability), grouped(r.seconds), grouped(per_s), grouped(us(0.5)),
             grouped(us(0.99)), grouped(us(0.999)), grouped(r.refused), grouped(r.errors),
             or_dash(r.hash)});
    out = row.text();
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace unscripted::cli
