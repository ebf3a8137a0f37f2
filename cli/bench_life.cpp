// The measure `life`: how many years of it an hour of this machine gives.

#include "cli/bench_life.hpp"

#include "cli/bench.hpp"
#include "cli/bench_world.hpp"
#include "cli/progress_bar.hpp"
#include "cli/table.hpp"
#include "core/settings.hpp"
#include "gateway/json_writer.hpp"

#include <cstdio>

namespace unscripted::cli {

namespace {

life_bench_row remote_life(const life_bench_settings& settings, std::uint32_t bots,
                           stop_flag& stop) {
  bench_server server("wal", settings.threads);
  const auto r = bench_simulate(
      server.where(),
      {.connections = bots, .seconds = settings.seconds, .seed = settings.seed, .keep_world = true},
      stop);
  if (r.errors > 0) {
    throw failed(std::to_string(r.errors) + " answers were errors: " + r.first_error);
  }
  server.stop();
  const auto kept = check_histories(server.data(), {{r.world, r.hash}}, false);
  return {.bots = bots,
          .is_hosted = false,
          .actions_per_s = static_cast<double>(r.world_actions) / r.seconds,
          .ticks_per_s = static_cast<double>(r.world_ticks) / r.seconds,
          .records = kept.records,
          .hash = r.hash};
}

life_bench_row hosted_life(const life_bench_settings& settings, std::uint32_t bots,
                           const stop_flag& stop) {
  const auto r = bench_hosted({.bots = bots,
                               .threads = settings.threads,
                               .seconds = settings.seconds,
                               .ticks = {},
                               .seed = settings.seed},
                              stop);
  return {.bots = bots,
          .is_hosted = true,
          .actions_per_s = r.actions_per_s,
          .ticks_per_s = r.ticks_per_s,
          .records = r.records,
          .hash = r.hash};
}

const char* minds_of(const life_bench_row& row) { return row.is_hosted ? "hosted" : "remote"; }

std::string json_of(const life_bench_settings& settings, const std::vector<life_bench_row>& rows) {
  std::string out;
  gateway::json_writer w(out);
  w.begin_object().member("bench", "life").member("seconds", settings.seconds);
  w.key("worlds").begin_array();
  for (const auto& row : rows) {
    w.begin_object().member("bots", row.bots).member("minds", minds_of(row));
    w.member("years_per_hour", row.years_per_hour()).member("times_life", row.times_life());
    w.member("actions_per_s", row.actions_per_s).member("ticks_per_s", row.ticks_per_s);
    w.member("records", row.records).member("hash", row.hash).end_object();
  }
  w.end_array().end_object();
  out += '\n';
  return out;
}

std::string text_of(const std::vector<life_bench_row>& rows) {
  table all({"world", "minds", "years of life an hour", "times faster than life", "actions/s",
             "ticks/s", "records checked", "state hash"});
  for (const auto& row : rows) {
    all.add({grouped(std::uint64_t{row.bots}) + " bots", minds_of(row),
             grouped(row.years_per_hour()), grouped(row.times_life()), grouped(row.actions_per_s),
             grouped(row.ticks_per_s), grouped(row.records), row.hash});
  }
  return all.text() +
         "\nYears of life: of all bots together, 0.576 s each action. Every step is in a history,\n"
         "which was gone through again and led to the same state.\n";
}

}  // namespace

double life_bench_row::years_per_hour() const { return years_an_hour(actions_per_s); }
double life_bench_row::times_life() const { return ticks_per_s * core::tick_seconds; }

std::vector<life_bench_row> bench_life(const life_bench_settings& settings, stop_flag& stop) {
  std::vector<life_bench_row> rows;
  progress_bar progress("measures");
  const auto total = 2 * settings.bots.size();
  for (const auto bots : settings.bots) {
    progress.update(rows.size(), total);
    rows.push_back(remote_life(settings, bots, stop));
    if (stop.is_set()) break;
    progress.update(rows.size(), total);
    rows.push_back(hosted_life(settings, bots, stop));
    if (stop.is_set()) break;
  }
  return rows;
}

void print_bench(const life_bench_settings& settings, const std::vector<life_bench_row>& rows,
                 bool json) {
  const auto out = json ? json_of(settings, rows) : text_of(rows);
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace unscripted::cli
