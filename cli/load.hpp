// A load on a server: connections that keep a fixed number of requests under way each.
#pragma once

#include "cli/bench.hpp"
#include "cli/connect.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace unscripted::cli {

/// Appends a request and its line feed. `connection` counts from 0, `number` from 1 on each.
using request_writer =
    std::function<void(std::string& out, std::uint32_t connection, std::uint64_t number)>;

/// Connects, prepares, then runs on the calling thread. Answers must come in the order of requests,
/// which the protocol promises for one world. Not thread-safe, but for abort().
class load {
public:
  /// Throws cannot_connect. [blocking]
  load(const address& server, const bench_settings& settings);
  ~load();

  /// One request and its result on a connection, before run(). Throws refused. [blocking]
  std::string call(std::uint32_t connection, std::string_view request_line);

  /// Warms up, then measures. Throws cannot_connect where a connection is lost. [blocking]
  void run(const request_writer& write, bench_result& result);

  /// Ends run() early. [any thread]
  void abort();

private:
  class line_pump;

  void start_measuring(bench_result& result);

  bench_settings settings_;
  boost::asio::io_context io_{1};
  std::deque<line_pump> pumps_;
  std::atomic<bool> aborted_{false};
  std::string lost_;  // why a connection broke
};

}  // namespace unscripted::cli
