// Measures of a whole server over real TCP, of `core` alone, and of histories; for those of hosted
// minds and of life itself see bench_life.hpp.
//
// Everything runs on one machine, the load included: rates are those of both together.
#pragma once

#include "cli/address.hpp"
#include "cli/latency.hpp"
#include "cli/stop_flag.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace unscripted::cli {

struct bench_settings {
  std::uint32_t connections = 10;
  std::uint32_t inflight = 1;  // requests under way on each connection
  double seconds = 5;          // of measuring, after a tenth of it to warm up
  std::optional<std::uint64_t> seed;
  bool keep_world = false;  // standing still, of the measures that have one
};

struct bench_result {
  std::string name;
  std::string durability;                                   // empty where nothing is recorded
  std::uint32_t connections = 0, inflight = 0, things = 0;  // 0: none, or not said
  double seconds = 0;
  std::uint64_t operations = 0;    // answered, whatever the answer
  std::uint64_t refused = 0;       // of these: the world's rules said no
  std::uint64_t errors = 0;        // of these: answered by an error
  std::string first_error;         // its message
  std::uint64_t answer_bytes = 0;  // of all that are counted; 0 where that was not looked at
  latency_histogram latency;
  std::string world;  // its id; empty where there is none
  std::string hash;   // of the world at the end; empty where there is none
  // What a world that bots live in came to meanwhile, by its own count:
  std::uint64_t world_actions = 0, world_ticks = 0;
};

// Each throws cannot_connect or refused where the server does not play along. [blocking]

/// Pings: what the door alone costs.
bench_result bench_conn(const address& server, const bench_settings& settings, stop_flag& stop);
/// Walks in a wide world, one bot a connection, answers without perception.
bench_result bench_act(const address& server, const bench_settings& settings, stop_flag& stop);
/// Bots that live at random, each waiting for its whole perception after each action; one well for
/// five bots, at least 2.
bench_result bench_simulate(const address& server, const bench_settings& settings, stop_flag& stop);
/// The lines of bench_act(), to a server that answers anything: what the client and the system
/// cost. Asks for no world.
bench_result bench_echo(const address& server, const bench_settings& settings, stop_flag& stop);

struct core_bench_settings {
  std::uint32_t things = 12;             // five bots to a well, twelve things on 100 m²
  double seconds = 5;                    // of measuring, after a tenth of it to warm up
  std::optional<std::uint64_t> actions;  // exactly so many instead, after a tenth of them
  std::uint64_t seed = 1;
};

/// Walks of all bots in turn through `core` alone: decided and applied on this thread, nothing sent
/// or kept. One latency in 64 is taken. With the same seed, things and actions the state at the end
/// is the same everywhere. Throws failed without the shipped plugins. [blocking]
bench_result bench_core(const core_bench_settings& settings, const stop_flag& stop);

/// A table of one row, or an object in one line.
void print_bench(const bench_result& result, bool json);

struct history_bench_settings {
  std::uint64_t records = 2'000'000;
  std::uint32_t bots = 10;
  std::uint32_t commit = 10;  // records in each
  std::uint64_t seeks = 1000;
  std::uint32_t threads = 0;  // of the second verification; 0: one a core
  std::uint64_t seed = 1;
  std::string data;  // where the history is left; empty: in a folder that is removed at the end
};

struct history_bench_result {
  double live_per_s = 0;    // records decided, applied and appended
  double append_per_s = 0;  // records, the time of encoding, writing and snapshots alone
  double commits_per_s = 0;
  double raw_bytes = 0;   // a record, with its share of the commit's head
  double disk_bytes = 0;  // a record, after compaction
  double disk_bytes_with_snapshots = 0;
  std::uint64_t snapshots = 0;
  double replay_per_s = 0, verify_per_s = 0, verify_threads_per_s = 0;
  std::uint32_t threads = 0;
  latency_histogram seek;
  std::string hash;
};

/// Walks and drinks of bots beside 2 wells, written down commit by commit, compacted, replayed,
/// verified and sought in. Throws failed, also where the history does not lead to the same state.
/// [blocking]
history_bench_result bench_history(const history_bench_settings& settings, const stop_flag& stop);

/// A table, or an object in one line.
void print_bench(const history_bench_settings& settings, const history_bench_result& result,
                 bool json);

}  // namespace unscripted::cli
