// `bench life|hosted|history`: measures of lives, and of what is left of them.

#include "cli/bench.hpp"
#include "cli/bench_life.hpp"
#include "cli/bench_verbs.hpp"
#include "cli/host.hpp"
#include "cli/signals.hpp"

#include <memory>

namespace unscripted::cli {

namespace {

struct life_bench_options : life_bench_settings {
  bool json = false;
};

int run_life(const life_bench_options& options) {
  raise_file_limit();
  stop_flag stop;
  const signal_watch signals([&stop] { stop.set(); });
  print_bench(options, bench_life(options, stop), options.json);
  return exit_ok;
}

struct hosted_bench_options : hosted_bench_settings {
  bool json = false;
};

int run_hosted(const hosted_bench_options& options) {
  stop_flag stop;
  const signal_watch signals([&stop] { stop.set(); });
  print_bench(options, bench_hosted(options, stop), options.json);
  return exit_ok;
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

void add_seed_option(CLI::App& verb, std::uint64_t& seed) {
  verb.add_option("--seed", seed, "The key of the world's randomness")->capture_default_str();
}

}  // namespace

void add_life_bench(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "life", "How many years of life an hour of this machine gives",
                        "unscripted bench life --bots 10 1000 --seconds 10\n\n"
                        "One action is one tick of a bot's life, 0.576 s. Bots live at random: "
                        "remote ones over TCP,\neach with its whole perception before each choice, "
                        "hosted ones in the server. Every step is in\na write-ahead log, and the "
                        "history is checked afterwards.");
  auto o = std::make_shared<life_bench_options>();
  verb->add_option("--bots", o->bots, "Bots in a world; several worlds are measured in turn")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("--seconds", o->seconds, "How long to measure each kind of life")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_threads_option(*verb, o->threads, "Threads of the server; 0: one a core");
  add_seed_option(*verb, o->seed);
  add_json_option(*verb, o->json);
  verb->callback([o, &chosen] { chosen = [o] { return run_life(*o); }; });
}

void add_hosted_bench(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "hosted", "Bots with random minds in the server",
                        "unscripted bench hosted --bots 1000 --worlds 2 --pace lockstep --ticks 500"
                        "\n\nIn lockstep the same seed, bots, worlds and ticks give the same state "
                        "hash on any number\nof threads.");
  auto o = std::make_shared<hosted_bench_options>();
  add_count_option(*verb, "--bots", o->bots, 10'000'000, "Bots in each world");
  add_count_option(*verb, "--worlds", o->worlds, 10'000, "Worlds");
  add_threads_option(*verb, o->threads, "Threads for worlds and bots; 0: one a core");
  verb->add_option("--pace", o->pace,
                   "free: actions happen as they come; lockstep: one action a bot and tick")
      ->check(CLI::IsMember({"free", "lockstep"}))
      ->type_name("PACE")
      ->capture_default_str();
  verb->add_option("--sight", o->sight,
                   "How far bots see, m (default: 50, where a large world shows them hundreds of "
                   "things; 5.5 shows a dozen, as in the ten-bot world)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("METRES");
  add_durability_option(*verb, o->durability);
  auto* seconds = add_seconds_option(*verb, o->seconds);
  verb->add_option("--ticks", o->ticks, "Live exactly so many ticks, however long it takes")
      ->check(positive())
      ->type_name("N")
      ->excludes(seconds);
  verb->add_flag("--disk", o->disk, "Tell how many bytes a record takes on disk, compacted");
  add_seed_option(*verb, o->seed);
  add_json_option(*verb, o->json);
  verb->callback([o, &chosen] { chosen = [o] { return run_hosted(*o); }; });
}

void add_history_bench(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "history", "A long life written down, replayed, verified, sought in",
                        "unscripted bench history --records 2000000 --commit 10");
  auto o = std::make_shared<history_bench_options>();
  add_count_option(*verb, "--records", o->records, std::uint64_t{1} << 40, "Records to live for");
  add_count_option(*verb, "--bots", o->bots, 1'000'000, "Bots that live");
  add_count_option(*verb, "--commit", o->commit, 100'000, "Records made durable together");
  add_count_option(*verb, "--seeks", o->seeks, 1'000'000, "States to go to, at random");
  add_threads_option(*verb, o->threads, "Threads that verify together; 0: one a core");
  verb->add_option("--data", o->data, "Folder where the history stays (default: it is removed)")
      ->type_name("DIR");
  add_seed_option(*verb, o->seed);
  add_json_option(*verb, o->json);
  verb->callback([o, &chosen] { chosen = [o] { return run_history(*o); }; });
}

}  // namespace unscripted::cli
