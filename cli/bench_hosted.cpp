// The measure `hosted`: bots whose minds are in the server.

#include "cli/bench_life.hpp"
#include "cli/bench_world.hpp"
#include "cli/progress_bar.hpp"
#include "cli/table.hpp"
#include "core/mix.hpp"
#include "gateway/json_writer.hpp"
#include "storage/commit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <unistd.h>

namespace unscripted::cli {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds looked_every{5};  // whether the worlds stand still
constexpr std::uint64_t bots_to_weigh_min = 1000;

/// Of this process, in memory.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0, resident = 0;
  file >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double seconds_since(clock::time_point began) {
  return std::chrono::duration<double>(clock::now() - began).count();
}

/// Worlds full of bots, standing still until they are let go.
class hosted_worlds {
public:
  hosted_worlds(client& control, const address& where, const hosted_bench_settings& settings,
                const stop_flag& stop)
    : settings_(settings) {
    for (std::uint32_t i = 0; i < settings.worlds; ++i) {
      worlds_.emplace_back(control, where,
                           bench_wish{.name = "bench-" + std::to_string(i),
                                      .bots = settings.bots,
                                      .wells = wells_among(settings.bots),
                                      .side = crowded_side(settings.bots),
                                      .pace = settings.pace,
                                      .stands_still = true,
                                      .sight = settings.sight,
                                      .seed = settings.seed + i});
      worlds_.back().keep();
    }
    empty_bytes_ = resident_bytes();
    fill(where, stop);
    bot_bytes_ = bytes_a_bot();
  }

  void pause_at(std::optional<std::uint64_t> tick) {
    for (auto& world : worlds_) world.pause_at(tick);
  }

  /// False where it was asked to stop before.
  bool wait_until_still(const stop_flag& stop) {
    for (auto& world : worlds_)
      while (!world.now().is_paused)
        if (stop.wait_for(looked_every)) return false;
    return true;
  }

  std::vector<world_sample> sample() {
    std::vector<world_sample> all;
    for (auto& world : worlds_) all.push_back(world.now());
    return all;
  }

  double bot_bytes() const { return bot_bytes_; }
  double bytes_a_bot() const {
    const auto count = std::uint64_t{settings_.bots} * settings_.worlds;
    if (count < bots_to_weigh_min) return 0;
    return (resident_bytes() - empty_bytes_) / static_cast<double>(count);
  }

private:
  void fill(const address& where, const stop_flag& stop) {
    progress_bar progress("bots born");
    std::uint64_t before = 0;
    for (const auto& world : worlds_) {
      create_hosted_bots(where, world.about().id, settings_.bots, [&](std::uint32_t made) {
        if (stop.is_set()) throw failed("stopped before its end");
        progress.update(before + made, std::uint64_t{settings_.bots} * settings_.worlds);
      });
      before += settings_.bots;
    }
  }

  const hosted_bench_settings& settings_;
  std::vector<bench_world> worlds_;
  double empty_bytes_ = 0, bot_bytes_ = 0;
};

/// What happened between two samples of each world, each in its own time.
void add_up(const std::vector<world_sample>& first, const std::vector<world_sample>& last,
            hosted_bench_result& r) {
  for (std::size_t i = 0; i < first.size(); ++i) {
    const double seconds = std::chrono::duration<double>(last[i].at - first[i].at).count();
    const auto actions = last[i].actions - first[i].actions;
    r.seconds = std::max(r.seconds, seconds);
    r.actions += actions;
    r.actions_per_s += static_cast<double>(actions) / seconds;
    r.ticks_per_s += static_cast<double>(last[i].tick - first[i].tick) / seconds;
  }
  r.ticks_per_s /= static_cast<double>(first.size());
}

void live_for(double seconds, hosted_worlds& worlds, const stop_flag& stop,
              hosted_bench_result& r) {
  const auto milliseconds = [](double s) {
    return std::chrono::milliseconds(std::llround(s * 1000));
  };
  worlds.pause_at(std::nullopt);
  stop.wait_for(milliseconds(seconds / 10));
  const auto first = worlds.sample();
  stop.wait_for(milliseconds(seconds));
  const auto last = worlds.sample();
  r.busy_bot_bytes = worlds.bytes_a_bot();
  worlds.pause_at(0);
  add_up(first, last, r);
}

void live_to(std::uint64_t tick, hosted_worlds& worlds, const stop_flag& stop,
             hosted_bench_result& r) {
  auto first = worlds.sample();
  const auto began = clock::now();
  worlds.pause_at(tick);
  if (!worlds.wait_until_still(stop)) throw failed("stopped before its end");
  const double seconds = seconds_since(began);
  r.busy_bot_bytes = worlds.bytes_a_bot();
  auto last = worlds.sample();
  for (auto& world : first) world.at = began;
  for (auto& world : last)
    world.at =
        began + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
  add_up(first, last, r);
}

/// One of one world is its own.
std::string hash_of(const std::vector<lived_world>& worlds) {
  if (worlds.size() == 1) return worlds.front().hash;
  std::uint64_t all = 0;
  for (const auto& world : worlds) all = core::mix(all ^ core::mix_text(world.hash));
  return storage::to_hex(all);
}

}  // namespace

hosted_bench_result bench_hosted(const hosted_bench_settings& settings, const stop_flag& stop) {
  bench_server server(settings.durability, settings.threads);
  hosted_bench_result r;
  std::vector<lived_world> lived;
  {
    client control(server.where());
    hosted_worlds worlds(control, server.where(), settings, stop);
    r.bot_bytes = worlds.bot_bytes();
    if (settings.ticks) live_to(*settings.ticks, worlds, stop, r);
    else live_for(settings.seconds, worlds, stop, r);
    for (const auto& world : worlds.sample()) lived.push_back({world.id, world.hash});
  }
  r.hash = hash_of(lived);
  server.stop();
  if (settings.durability == "memory") return r;
  const auto kept = check_histories(server.data(), lived, settings.disk);
  r.records = kept.records;
  r.disk_bytes = kept.disk_bytes;
  return r;
}

void print_bench(const hosted_bench_settings& settings, const hosted_bench_result& r, bool json) {
  std::string out;
  if (json) {
    gateway::json_writer w(out);
    const auto or_null = [&w](const char* name, double value) {
      w.key(name);
      value > 0 ? w.value(value) : w.null();
    };
    w.begin_object().member("bench", "hosted").member("bots", settings.bots);
    w.member("worlds", settings.worlds).member("threads", settings.threads);
    w.key("sight");
    settings.sight ? w.value(*settings.sight) : w.null();
    w.member("pace", settings.pace).member("durability", settings.durability);
    w.member("seconds", r.seconds).member("operations", r.actions);
    w.member("per_s", r.actions_per_s).member("ticks_per_s", r.ticks_per_s);
    w.member("records", r.records);
    or_null("disk_bytes", r.disk_bytes);
    or_null("bot_bytes", r.bot_bytes);
    or_null("busy_bot_bytes", r.busy_bot_bytes);
    w.member("hash", r.hash).end_object();
    out += '\n';
  } else {
    const auto or_dash = [](double value) { return value > 0 ? grouped(value) : "-"; };
    table row({"worlds", "bots in each", "pace", "durability", "seconds", "actions/s", "ticks/s",
               "bytes a bot", "bytes a record", "records checked", "state hash"});
    row.add({grouped(std::uint64_t{settings.worlds}), grouped(std::uint64_t{settings.bots}),
             settings.pace, settings.durability, grouped(r.seconds), grouped(r.actions_per_s),
             grouped(r.ticks_per_s), or_dash(r.bot_bytes), or_dash(r.disk_bytes),
             r.records > 0 ? grouped(r.records) : "-", r.hash});
    out = row.text();
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace unscripted::cli
