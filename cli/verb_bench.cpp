// `bench conn|act|simulate|echo|pactions`; the others are in verb_bench_lives.cpp.

#include "cli/bench.hpp"
#include "cli/bench_verbs.hpp"
#include "cli/bench_world.hpp"
#include "cli/signals.hpp"

#include <memory>

namespace unscripted::cli {

namespace {

struct bench_options : bench_settings {
  std::string server;
  std::string durability = "wal";
  unsigned threads = 0;
  bool json = false;
  CLI::Option* durability_given = nullptr;
};

using network_bench = bench_result (*)(const address&, const bench_settings&, stop_flag&);

/// Against the server that was named, or one of our own in this process, which ends with it.
bench_result run_with_server(const bench_options& options, network_bench bench, stop_flag& stop) {
  if (!options.server.empty()) {
    if (options.durability_given != nullptr && options.durability_given->count() > 0) {
      throw wrong_usage("--durability: the server that --server names has its own already");
    }
    return bench(checked_address(options.server), options, stop);
  }
  const bench_server server(options.durability, options.threads);
  return bench(server.where(), options, stop);
}

int run_network(const bench_options& options, network_bench bench) {
  raise_file_limit();
  stop_flag stop;
  const signal_watch signals([&stop] { stop.set(); });
  const auto result = run_with_server(options, bench, stop);
  print_bench(result, options.json);
  if (result.errors == 0) return exit_ok;
  throw failed(std::to_string(result.errors) + " answers were errors: " + result.first_error);
}

void add_load_options(CLI::App& verb, bench_options& o) {
  add_count_option(verb, "--connections", o.connections, 1'000'000, "TCP connections");
  add_seconds_option(verb, o.seconds);
  verb.add_option("--seed", o.seed, "The key of the world's randomness");
  add_json_option(verb, o.json);
}

void add_inflight_option(CLI::App& verb, bench_options& o) {
  add_count_option(verb, "--inflight", o.inflight, 1024, "Requests under way on each connection");
}

void add_network_bench(CLI::App& group, chosen_verb& chosen, const std::string& name,
                       const std::string& summary, network_bench bench) {
  auto* verb =
      add_verb(group, name, summary, "unscripted bench " + name + " --connections 50 --seconds 10");
  auto o = std::make_shared<bench_options>();
  verb->add_option("--server", o->server, "Server to measure (default: one in this process)")
      ->check(address_check())
      ->type_name("HOST:PORT");
  if (name != "simulate") add_inflight_option(*verb, *o);
  add_durability_option(*verb, o->durability);
  o->durability_given = verb->get_option("--durability");
  add_threads_option(*verb, o->threads, "Threads of our own server; 0: one a core");
  add_load_options(*verb, *o);
  verb->callback([o, bench, &chosen] { chosen = [o, bench] { return run_network(*o, bench); }; });
}

void add_echo_bench(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "echo", "The lines of act, to a server that answers anything",
                        "unscripted bench echo --server 127.0.0.1:4001 --connections 50\n\n"
                        "What the client and the system cost, without a world: beside it stands "
                        "what act costs.\nbench/peers/echo_server.cpp is such a server.");
  auto o = std::make_shared<bench_options>();
  verb->add_option("--server", o->server, "The server that answers")
      ->required()
      ->check(address_check())
      ->type_name("HOST:PORT");
  add_inflight_option(*verb, *o);
  add_load_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return run_network(*o, bench_echo); }; });
}

struct core_bench_options : core_bench_settings {
  bool json = false;
};

int run_core(const core_bench_options& options) {
  stop_flag stop;
  const signal_watch signals([&stop] { stop.set(); });
  print_bench(bench_core(options, stop), options.json);
  return exit_ok;
}

void add_core_bench(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "pactions", "Walks among bots and wells, through core alone",
                        "unscripted bench pactions --things 1000000 --actions 3000000\n\n"
                        "Five bots to a well and twelve things on 100 m², whatever the size of the "
                        "world.\nThe same seed, things and actions give the same state hash "
                        "everywhere.");
  auto o = std::make_shared<core_bench_options>();
  add_count_option(*verb, "--things", o->things, 10'000'000, "Things in the world");
  auto* seconds = add_seconds_option(*verb, o->seconds);
  verb->add_option("--actions", o->actions, "Measure exactly so many, however long it takes")
      ->check(positive())
      ->type_name("N")
      ->excludes(seconds);
  verb->add_option("--seed", o->seed, "The key of the world's randomness")->capture_default_str();
  add_json_option(*verb, o->json);
  verb->callback([o, &chosen] { chosen = [o] { return run_core(*o); }; });
}

}  // namespace

void add_threads_option(CLI::App& verb, unsigned& threads, const std::string& summary) {
  verb.add_option("--threads", threads, summary)
      ->check(CLI::Range(0, 1024))
      ->type_name("N")
      ->capture_default_str();
}

CLI::Option* add_seconds_option(CLI::App& verb, double& seconds) {
  return verb.add_option("--seconds", seconds, "How long to measure")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

void add_bench(CLI::App& app, chosen_verb& chosen) {
  auto* group = add_verb(app, "bench", "Measure a server, the core alone, histories, life itself",
                         "unscripted bench life");
  group->require_subcommand(1);
  add_life_bench(*group, chosen);
  add_network_bench(*group, chosen, "conn", "Pings over TCP", bench_conn);
  add_network_bench(*group, chosen, "act", "Walks over TCP, without perception", bench_act);
  add_network_bench(*group, chosen, "simulate",
                    "Bots over TCP, each waiting for its whole perception", bench_simulate);
  add_echo_bench(*group, chosen);
  add_hosted_bench(*group, chosen);
  add_core_bench(*group, chosen);
  add_history_bench(*group, chosen);
}

}  // namespace unscripted::cli
