// One bot on one connection: the client's side of a life. A part of the swarm.
#pragma once

#include "cli/connect.hpp"
#include "cli/failure.hpp"
#include "cli/options_reader.hpp"
#include "cli/swarm.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::cli {

/// What all lives of a swarm share. Used by the swarm's thread, but for the counters and the error,
/// which any thread may read.
struct life_context {
  explicit life_context(swarm_settings s);

  swarm_settings settings;
  core::world_number world = 0;
  boost::asio::io_context io{1};
  simdjson::dom::parser parser;
  options_reader reader;
  latency_histogram latency;
  std::function<void()> ask_retry;  // calls retry() of those that wait, a moment later
  bool is_stopping = false;

  std::atomic<std::uint64_t> acts{0}, refused{0}, errors{0}, living{0}, tick{0};
  std::atomic<std::uint64_t> answer_bytes{0};  // of the acts

  void report(const std::string& error);
  std::string first_error() const;

private:
  mutable std::mutex mutex_;
  std::string first_error_;
};

class life {
public:
  /// Connects. Throws cannot_connect. [blocking]
  explicit life(life_context& shared);

  /// Sends a request whose result is the bot to speak for, and waits for it.
  /// Throws cannot_connect or refused. [blocking]
  void take_bot(std::string_view method, std::string_view params);

  /// Begins to live. From here on only the swarm's thread may call.
  void begin();
  /// Asks again, where it waits.
  void retry();
  void close();

private:
  enum class state { fresh, seeing, acting, waiting, ended };
  using clock = std::chrono::steady_clock;

  void read();
  void take_lines();
  void take_line(const char* line, std::size_t size);
  void take_event(simdjson::dom::element event);
  void take_result(simdjson::dom::element result);
  void take_error(const refusal& why);
  void take_act_result(simdjson::dom::element result);
  void go_on(simdjson::dom::element perception);
  void see();
  void act(const core::option& option, const core::choice& choice);
  void send();
  void follow_death();
  void wait();
  void end(const std::string& error);
  void be(core::thing_id bot);

  life_context& shared_;
  channel socket_;
  state state_ = state::fresh;
  core::thing_id bot_;
  std::string bot_text_;
  std::optional<core::mind> mind_;
  bool died_ = false;
  std::string heir_;  // of the dead; empty where there is none
  unsigned errors_in_row_ = 0;
  std::uint64_t last_id_ = 0;  // of the request in flight
  clock::time_point sent_;
  std::string out_;
  std::string in_;  // always with simdjson's padding behind what was read
  std::size_t in_bytes_ = 0;
  std::size_t answer_bytes_ = 0;  // of the last one
};

}  // namespace unscripted::cli
