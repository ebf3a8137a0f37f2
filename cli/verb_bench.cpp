// `bench conn|act|simulate|pactions|history`.

#include "cli/bench.hpp"
#include "cli/host.hpp"
#include "cli/signals.hpp"
#include "cli/verb.hpp"

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
    if (options.durability_given->count() > 0) {
      throw wrong_usage("--durability: the server that --server names has its own already");
    }
    return bench(checked_address(options.server), options, stop);
  }
  const temporary_folder data;
  host_options host{.data = data.path().string(),
                    .tcp = "127.0.0.1:0",
                    .durability = options.durability,
                    .plugins = {},
                    .threads = options.threads};
  const auto server_options = host.to_server_options();
  const auto server = start_server(server_options);
  return bench(address_of(*server, server_options), options, stop);
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

int run_core(const bench_options& options) {
  stop_flag stop;
  const signal_watch signals([&stop] { stop.set(); });
  print_bench(bench_core(options, stop), options.json);
  return exit_ok;
}

void add_common_options(CLI::App& verb, bench_options& o) {
  verb.add_option("--seconds", o.seconds, "How long to measure")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb.add_option("--seed", o.seed, "The key of the world's randomness");
  add_json_option(verb, o.json);
}

void add_network_bench(CLI::App& group, chosen_verb& chosen, const std::string& name,
                       const std::string& summary, network_bench bench) {
  auto* verb =
      add_verb(group, name, summary, "unscripted bench " + name + " --connections 50 --seconds 10");
  auto o = std::make_shared<bench_options>();
  verb->add_option("--server", o->server, "Server to measure (default: one in this process)")
      ->check(address_check())
      ->type_name("HOST:PORT");
  verb->add_option("--connections", o->connections, "TCP connections")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N")
      ->capture_default_str();
  if (name != "simulate") {
    verb->add_option("--inflight", o->inflight, "Requests under way on each connection")
        ->check(CLI::Range(1, 1024))
        ->type_name("N")
        ->capture_default_str();
  }
  add_durability_option(*verb, o->durability);
  o->durability_given = verb->get_option("--durability");
  verb->add_option("--threads", o->threads, "Threads of our own server; 0: one a core")
      ->capture_default_str();
  add_common_options(*verb, *o);
  verb->callback([o, bench, &chosen] { chosen = [o, bench] { return run_network(*o, bench); }; });
}

struct history_bench_options : history_bench_settings {
  bool json = false;
};

int run_history(const history_bench_options& options) {
  stop_flag stop;
  const signal_watch signals([&stop] { stop.set(); });
  print_bench(options, bench_history(options, stop), options.json);
  return exit_ok;
}

void add_history_bench(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "history", "A long life written down, replayed, verified, sought in",
                        "unscripted bench history --records 2000000 --commit 10");
  auto o = std::make_shared<history_bench_options>();
  const auto add_count = [verb](const char* name, auto& value, auto most, const char* summary) {
    verb->add_option(name, value, summary)
        ->check(CLI::Range(decltype(most){1}, most))
        ->type_name("N")
        ->capture_default_str();
  };
  add_count("--records", o->records, std::uint64_t{1} << 40, "Records to live for");
  add_count("--bots", o->bots, std::uint32_t{1'000'000}, "Bots that live");
  add_count("--commit", o->commit, std::uint32_t{100'000}, "Records made durable together");
  add_count("--seeks", o->seeks, std::uint64_t{1'000'000}, "States to go to, at random");
  verb->add_option("--threads", o->threads, "Threads that verify together; 0: one a core")
      ->check(CLI::Range(0, 1024))
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("--data", o->data, "Folder where the history stays (default: it is removed)")
      ->type_name("DIR");
  verb->add_option("--seed", o->seed, "The key of the world's randomness")->capture_default_str();
  add_json_option(*verb, o->json);
  verb->callback([o, &chosen] { chosen = [o] { return run_history(*o); }; });
}

}  // namespace

void add_bench(CLI::App& app, chosen_verb& chosen) {
  auto* group = add_verb(app, "bench", "Measure a server, the core alone, or histories",
                         "unscripted bench act --connections 50 --inflight 16");
  group->require_subcommand(1);
  add_network_bench(*group, chosen, "conn", "Pings over TCP", bench_conn);
  add_network_bench(*group, chosen, "act", "Walks over TCP, without perception", bench_act);
  add_network_bench(*group, chosen, "simulate",
                    "Bots over TCP, each waiting for its whole perception", bench_simulate);

  auto* core = add_verb(*group, "pactions", "Walks of 10 bots beside 2 wells through core alone",
                        "unscripted bench pactions --seconds 10 --json");
  auto o = std::make_shared<bench_options>();
  add_common_options(*core, *o);
  core->callback([o, &chosen] { chosen = [o] { return run_core(*o); }; });
  add_history_bench(*group, chosen);
}

}  // namespace unscripted::cli
