#include "cli/bench.hpp"

#include "cli/client.hpp"
#include "cli/load.hpp"
#include "cli/swarm.hpp"
#include "cli/table.hpp"
#include "cli/world_view.hpp"
#include "core/random.hpp"
#include "gateway/json_writer.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <unistd.h>

namespace unscripted::cli {

namespace {

/// A world of its own for one measure, deleted at the end.
class bench_world {
public:
  bench_world(client& server, const bench_settings& settings, double side, unsigned wells)
    : server_(server) {
    std::string params;
    gateway::json_writer json(params);
    json.begin_object().member("name", "bench-" + std::to_string(getpid()));
    if (settings.seed) json.member("seed", *settings.seed);
    json.key("dims").begin_array().value(side).value(10).value(side).end_array();
    json.key("capacity").begin_object();
    json.member("bot", settings.connections).member("thing", settings.connections + wells);
    json.end_object().end_object();
    world_ = read_world(server.call("world.create", params).root());
    for (unsigned i = 0; i < wells; ++i) create_well();
  }
  ~bench_world() {
    try {
      server_.ask("world.delete", named("world"));
    } catch (const std::exception&) {
      // The server is gone, and the world is not ours to delete any more.
    }
  }
  bench_world(const bench_world&) = delete;
  bench_world& operator=(const bench_world&) = delete;

  const world_sample& about() const { return world_; }
  std::string hash() { return sample_world(server_, world_.id).hash; }

private:
  std::string named(std::string_view key) const {
    std::string params;
    gateway::json_writer(params).begin_object().member(key, world_.id).end_object();
    return params;
  }

  void create_well() {
    std::string params;
    gateway::json_writer(params)
        .begin_object()
        .member("world", world_.id)
        .member("kind", "well")
        .end_object();
    server_.call("thing.create", params);
  }

  client& server_;
  world_sample world_;
};

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
  walkers(load& pumps, const world_sample& world, std::uint32_t count) {
    core::keyed_random chance(world.seed, 0);
    // Each angle has its opposite among the others, so that no bot drifts to a wall and stays
    // there.
    for (std::size_t i = 0; i < angles_.size(); i += 2) {
      const double angle = chance.ratio() / 2;
      gateway::json_writer(angles_[i]).value(angle);
      gateway::json_writer(angles_[i + 1]).value(angle + 0.5);
    }
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto created = document(pumps.call(
          i, R"({"id":1,"method":"bot.create","params":{"world":")" + world.id + "\"}}\n"));
      heads_.push_back(R"(,"method":"act","params":{"bot":")" +
                       std::string(text_at(created.root(), "id")) +
                       R"(","action":"walk","args":{"angle":)");
    }
  }

  void write(std::string& out, std::uint32_t connection, std::uint64_t number) const {
    out += "{\"id\":";
    std::array<char, 20> digits;
    out.append(digits.data(), std::to_chars(digits.data(), digits.end(), number).ptr);
    out += heads_[connection];
    out += angles_[(number * stride + connection) % angles_.size()];
    out += "}}}\n";
  }

private:
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
  const double side = std::max(100.0, 10 * std::ceil(std::sqrt(settings.connections)));
  bench_world world(control, settings, side, 0);
  {
    load pumps(server, settings);
    const walkers bots(pumps, world.about(), settings.connections);
    run(
        pumps,
        [&bots](std::string& out, std::uint32_t connection, std::uint64_t number) {
      bots.write(out, connection, number);
        },
        result, stop);
  }
  result.hash = world.hash();
  return result;
}

bench_result bench_simulate(const address& server, const bench_settings& settings,
                            stop_flag& stop) {
  constexpr unsigned wells = 2;
  client control(server);
  auto result = result_of("simulate", control, settings);
  result.inflight = 1;
  const double side = std::max(10.0, std::ceil(std::sqrt(10.0 * settings.connections)));
  bench_world world(control, settings, side, wells);
  swarm bots({.server = server, .world = world.about().id, .seed = world.about().seed});
  for (std::uint32_t i = 0; i < settings.connections; ++i) bots.create();

  const auto milliseconds = [](double seconds) {
    return std::chrono::milliseconds(std::llround(seconds * 1000));
  };
  bots.start();
  stop.wait_for(milliseconds(settings.seconds / 10));
  bots.reset_latency();
  const auto before = bots.counts();
  const auto began = std::chrono::steady_clock::now();
  stop.wait_for(milliseconds(settings.seconds));
  const auto after = bots.counts();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  bots.stop();

  if (after.living == 0) throw failed("no bot is left: " + bots.first_error());
  result.operations = after.acts - before.acts;
  result.refused = after.refused - before.refused;
  result.errors = after.errors - before.errors;
  result.latency = bots.latency();
  result.hash = world.hash();
  return result;
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
    w.member("inflight", r.inflight).key("durability");
    r.durability.empty() ? w.null() : w.value(r.durability);
    w.member("seconds", r.seconds).member("operations", r.operations).member("per_s", per_s);
    w.member("p50_us", us(0.5)).member("p99_us", us(0.99)).member("p999_us", us(0.999));
    w.member("refused", r.refused).member("errors", r.errors).key("hash");
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
