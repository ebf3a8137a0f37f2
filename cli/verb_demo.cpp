// `demo`: a server, a world, and bots that live in it, watched.

#include "cli/demo.hpp"
#include "cli/signals.hpp"
#include "cli/table.hpp"
#include "cli/verb.hpp"
#include "cli/watch.hpp"

#include <cstdio>
#include <memory>

namespace unscripted::cli {

namespace {

void print_start(const demo_options& options, const address& where, const std::string& page,
                 const world_sample& world) {
  if (options.json) return;
  const auto data = options.durability == "memory" ? "kept nowhere" : "kept in " + options.data;
  std::printf("world %s with seed %llu, pace %s, %s tick %s\n", world.name.c_str(),
              static_cast<unsigned long long>(world.seed), world.pace.c_str(),
              world.tick == 0 ? "from" : "going on at", grouped(world.tick).c_str());
  std::printf("%s bots %s, %s wells\n", grouped(std::uint64_t{options.bots}).c_str(),
              options.hosted ? "with minds in the server" : "on a TCP connection each",
              grouped(world.wells).c_str());
  std::printf("server at %s, every step %s, durability %s\n", to_string(where).c_str(),
              data.c_str(), options.durability.c_str());
  if (!page.empty()) std::puts(page.c_str());
  std::puts("Ctrl-C stops it; the same command goes on from there\n");
  std::fflush(stdout);
}

/// A port that nobody asked for may be another one.
void find_port(const demo_options& options, const std::string& host, std::uint16_t& port) {
  if (port == 0 || !is_taken({host, port})) return;
  if (!options.json) {
    std::printf("port %u is taken by another program; this server takes a free one\n", port);
  }
  port = 0;
}

std::string pause_change(const demo_options& options, const world_sample& world) {
  if (!options.ticks) return "\"pause_at\":null";
  return "\"pause_at\":" + std::to_string(world.tick + *options.ticks);
}

run_result live(client& control, const demo_options& options, const world_sample& world,
                swarm& clients, stop_flag& stop) {
  fill_demo_world(control, options, world, clients);
  const auto first = sample_world(control, world.id);
  update_world(control, world.id, pause_change(options, world));
  clients.start();
  auto run = watch(control,
                   {.first = first,
                    .seconds = options.seconds,
                    .until_paused = options.ticks.has_value(),
                    .json = options.json,
                    .clients = options.hosted ? nullptr : &clients},
                   stop);
  clients.stop();
  if (run.is_server_gone) return run;

  update_world(control, world.id, "\"pause_at\":0");
  const auto end = run.last.at;
  run.last = sample_world(control, world.id);
  if (options.ticks) run.last.at = end;  // the world stood still since then
  return run;
}

int demo(const demo_options& options, CLI::App& verb) {
  const auto used = fill_in(verb, options.config);
  if (options.seconds && options.ticks)
    throw wrong_usage("--seconds and --ticks: give one of them");
  auto server_options = options.to_server_options();
  raise_file_limit();
  if (!is_given(used, "tcp")) find_port(options, server_options.tcp_host, server_options.tcp_port);
  if (auto& http = server_options.http; http && !is_given(used, "http"))
    find_port(options, http->host, http->port);

  stop_flag stop;
  const signal_watch signals([&stop] { stop.set(); });
  const auto server = start_server(server_options);
  const auto where = address_of(*server, server_options);
  client control(where);
  const auto world = open_demo_world(control, options);
  print_start(options, where, page_line(*server, server_options), world);

  swarm clients({.server = where, .world = world.id, .seed = world.seed});
  const auto run = live(control, options, world, clients, stop);
  print_summary(run, options.json);
  return run.trouble.empty() ? exit_ok : exit_refused;
}

void add_options(CLI::App& verb, demo_options& o) {
  verb.add_option("--bots", o.bots, "Bots in the world")->capture_default_str();
  verb.add_option("--wells", o.wells, "Wells in the world")->capture_default_str();
  verb.add_option(
      "--world", o.world,
      "Name of the world (default: eden, or the preset's name); one that is there goes on");
  verb.add_option("--seed", o.seed, "The key of all randomness of a new world (default: any)");
  verb.add_option("--seconds", o.seconds, "Stop after this time (default: never)")
      ->check(CLI::NonNegativeNumber);
  verb.add_option("--ticks", o.ticks, "Stop after exactly so many ticks");
  verb.add_flag("--die-sooner", o.die_sooner, "A day of 300 ticks, a life of 3000");
  verb.add_option("--pace", o.pace,
                  "free: actions happen as they come; lockstep: one action a bot and tick; "
                  "realtime: a tick every 0.576 s")
      ->check(CLI::IsMember({"free", "lockstep", "realtime"}))
      ->type_name("PACE");
  verb.add_flag("--hosted", o.hosted, "Minds in the server instead of TCP clients");
  add_host_options(verb, o);
  add_http_options(verb, o);
  add_config_option(verb, o.config);
  verb.add_flag("--json", o.json, "Print nothing but one JSON object at the end");
}

}  // namespace

void add_demo(CLI::App& app, chosen_verb& chosen) {
  auto* verb = add_verb(app, "demo", "Let bots live in a world, and watch them",
                        "unscripted demo --bots 50 --wells 5 --die-sooner\n\n"
                        "Real time: ticks a second times 0.576 s. Years lived: all actions since "
                        "the world began,\n0.576 s of a bot's life each, added up over all bots; "
                        "an hour: what an hour would add\nat this speed. A year has 365.25 days.\n"
                        "The world stands still after the demo; the next one, `simulate` or "
                        "`world resume`\nlets it go on.");
  auto o = std::make_shared<demo_options>();
  add_options(*verb, *o);
  verb->callback([o, verb, &chosen] { chosen = [o, verb] { return demo(*o, *verb); }; });
}

}  // namespace unscripted::cli
