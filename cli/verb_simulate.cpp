// `simulate`: the clients of the demo alone, against a server that runs somewhere.

#include "cli/host.hpp"
#include "cli/signals.hpp"
#include "cli/verb.hpp"
#include "cli/watch.hpp"
#include "gateway/json_writer.hpp"

#include <cstdio>
#include <memory>

namespace unscripted::cli {

namespace {

struct simulate_options : client_options {
  std::string world = "eden";
  std::uint32_t bots = 10;
  std::optional<std::uint64_t> seed;
  std::optional<double> seconds;
};

/// Whether nobody else spoke for it.
bool attach_free_bot(swarm& clients, const std::string& bot) {
  try {
    clients.attach(bot, false);
    return true;
  } catch (const refused& error) {
    // Spoken for, or dead since it was listed.
    if (error.why().code == 409) return false;
    throw;
  }
}

void fill(client& control, const simulate_options& options, const world_sample& world,
          swarm& clients) {
  std::uint32_t ours = 0;
  for (const auto& bot : list_bots(control, world.id)) {
    if (ours == options.bots) return;
    if (bot.mind.empty() && attach_free_bot(clients, bot.id)) ++ours;
  }
  for (; ours < options.bots; ++ours) clients.create();
}

int simulate(const simulate_options& options) {
  raise_file_limit();
  stop_flag stop;
  const signal_watch signals([&stop] { stop.set(); });
  auto control = options.connect();
  const auto world = sample_world(control, options.world);

  swarm clients(
      {.server = options.where(), .world = world.id, .seed = options.seed.value_or(world.seed)});
  fill(control, options, world, clients);
  const auto first = sample_world(control, world.id);
  if (first.is_paused) {
    update_world(control, world.id, "\"pause_at\":null");
    std::fprintf(stderr, "unscripted: the world stood still; it goes on\n");
  }
  clients.start();
  auto run =
      watch(control,
            {.first = first, .seconds = options.seconds, .json = options.json, .clients = &clients},
            stop);
  clients.stop();
  if (!run.is_server_gone) run.last = sample_world(control, world.id);
  print_summary(run, options.json);
  return run.trouble.empty() ? exit_ok : exit_refused;
}

}  // namespace

void add_simulate(CLI::App& app, chosen_verb& chosen) {
  auto* verb = add_verb(app, "simulate", "Let bots live in a world of a running server",
                        "unscripted simulate --server 192.0.2.7:4000 --world eden --bots 100\n\n"
                        "Speaks for bots of the world that nobody speaks for, and creates those "
                        "missing.");
  auto o = std::make_shared<simulate_options>();
  verb->add_option("--world", o->world, "Name or id of the world")->capture_default_str();
  verb->add_option("--bots", o->bots, "Bots to speak for")->capture_default_str();
  verb->add_option("--seed", o->seed, "The key of the minds (default: the world's own)");
  verb->add_option("--seconds", o->seconds, "Stop after this time (default: never)")
      ->check(CLI::NonNegativeNumber);
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return simulate(*o); }; });
}

}  // namespace unscripted::cli
