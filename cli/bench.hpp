// Measures of a whole server over real TCP, and of `core` alone.
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
};

struct bench_result {
  std::string name;
  std::string durability;  // empty where nothing is recorded
  std::uint32_t connections = 0, inflight = 0;
  double seconds = 0;
  std::uint64_t operations = 0;  // answered, whatever the answer
  std::uint64_t refused = 0;     // of these: the world's rules said no
  std::uint64_t errors = 0;      // of these: answered by an error
  std::string first_error;       // its message
  latency_histogram latency;
  std::string hash;  // of the world at the end; empty where there is none
};

// Each throws cannot_connect or refused where the server does not play along. [blocking]

/// Pings: what the door alone costs.
bench_result bench_conn(const address& server, const bench_settings& settings, stop_flag& stop);
/// Walks in a wide world, one bot a connection, answers without perception.
bench_result bench_act(const address& server, const bench_settings& settings, stop_flag& stop);
/// Bots that live at random, each waiting for its whole perception after each action; 2 wells.
bench_result bench_simulate(const address& server, const bench_settings& settings, stop_flag& stop);
/// Walks of 10 bots beside 2 wells through `core` alone: decided and applied on this thread,
/// nothing sent or kept. One latency in 64 is taken. Throws failed without the shipped plugins.
bench_result bench_core(const bench_settings& settings, stop_flag& stop);

/// A table of one row, or an object in one line.
void print_bench(const bench_result& result, bool json);

}  // namespace unscripted::cli
