// CAF alone: bots that each send a small message to their world, and another one with each answer.
// No rule, no history, no names: the measure of hosted minds.
//
//     caf_ping_pong --bots 1000 --worlds 2 --threads 2 --seconds 5        prints one JSON object
#include <CLI/CLI.hpp>
#include <caf/all.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <thread>
#include <unistd.h>
#include <vector>

struct ping;
struct pong;
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(ping)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(pong)

// As large as what a mind chooses, and what it is told.
struct ping {
  std::uint64_t bot = 0;
  std::uint32_t action = 0;
  double angle = 0;
};
struct pong {
  std::uint64_t seq = 0;
  double x = 0, z = 0;
};

namespace {

using clock_type = std::chrono::steady_clock;

struct settings {
  std::uint32_t bots = 1000;  // in each world
  std::uint32_t worlds = 1;
  std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  double seconds = 5;
};

/// On a cache line of its own.
struct alignas(64) counter {
  std::atomic<std::uint64_t> pings{0};
};

std::atomic<bool> is_over{false};

caf::behavior world(caf::event_based_actor*, counter* count) {
  return {[count, seq = std::uint64_t{0}](const ping& p) mutable {
    count->pings.store(++seq, std::memory_order_relaxed);
    return pong{seq, p.angle, p.angle};
  }};
}

caf::behavior bot(caf::event_based_actor* self, const caf::actor& of, std::uint64_t number) {
  self->send(of, ping{number, 1, 0.5});
  return {[=](const pong& p) {
    if (is_over.load(std::memory_order_relaxed)) self->quit();
    else self->send(of, ping{number, 1, p.x});
  }};
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0, resident = 0;
  file >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::uint64_t total_of(const std::vector<counter>& counters) {
  std::uint64_t total = 0;
  for (const auto& c : counters) total += c.pings.load(std::memory_order_relaxed);
  return total;
}

void measure(const settings& s, caf::actor_system& system) {
  std::vector<counter> counters(s.worlds);
  std::vector<caf::actor> worlds;
  for (auto& count : counters) worlds.push_back(system.spawn(world, &count));
  const double before = resident_bytes();
  for (std::uint64_t i = 0; i < std::uint64_t{s.bots} * s.worlds; ++i)
    system.spawn(bot, worlds[i % s.worlds], i);

  const auto wait = [](double seconds) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  };
  wait(s.seconds / 10);
  const auto first = total_of(counters);
  const auto began = clock_type::now();
  wait(s.seconds);
  const auto count = total_of(counters) - first;
  const double seconds = std::chrono::duration<double>(clock_type::now() - began).count();
  const double bot_bytes = (resident_bytes() - before) / s.bots / s.worlds;
  is_over = true;
  for (const auto& one : worlds) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  std::printf("{\"bench\":\"caf_ping_pong\",\"bots\":%u,\"worlds\":%u,\"threads\":%zu,"
              "\"seconds\":%.3f,\"operations\":%llu,\"per_s\":%.1f,\"bot_bytes\":%.0f}\n",
              s.bots, s.worlds, s.threads, seconds, static_cast<unsigned long long>(count),
              static_cast<double>(count) / seconds, bot_bytes);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Round trips between bots and worlds that do nothing, on CAF");
  settings s;
  app.add_option("--bots", s.bots, "Bots of each world")->check(CLI::Range(1, 10'000'000));
  app.add_option("--worlds", s.worlds, "Worlds")->check(CLI::Range(1, 100'000));
  app.add_option("--threads", s.threads, "Threads of the scheduler")->check(CLI::Range(1, 1024));
  app.add_option("--seconds", s.seconds, "How long to measure")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);

  caf::actor_system_config config;  // as our engine has it
  config.config_file_path = "";
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", s.threads);
  config.set("scheduler.max-throughput", std::size_t{100});
  caf::actor_system system(config);
  measure(s, system);
  std::fflush(stdout);
  // Bots whose world is gone get no answer, and would be waited for: nothing is left to be done.
  std::_Exit(0);
}
