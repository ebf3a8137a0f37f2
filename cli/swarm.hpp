// Many bots, each on a TCP connection of its own, living by the minds that a server hosts too.
//
// One thread drives all of them. A bot sees, chooses, acts, sees what came of it, chooses again;
// one act is in flight per bot. When a bot dies its client goes on with the heir, and ends where
// there is none. While the world stands still a client waits and asks again.
#pragma once

#include "cli/address.hpp"
#include "cli/latency.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace unscripted::cli {

struct swarm_settings {
  address server;
  std::string world;       // id
  std::uint64_t seed = 0;  // of the world: the key of the minds
  std::string mind = "random";
};

/// What the clients saw themselves. A server knows more: see `world.get`.
struct swarm_counts {
  std::uint64_t acts = 0;          // answered, done or refused
  std::uint64_t refused = 0;       // of these
  std::uint64_t answer_bytes = 0;  // of these, perceptions included
  std::uint64_t errors = 0;  // answered by an error other than death or a world that stands still
  std::uint64_t living = 0;  // clients that still speak for a bot
  std::uint64_t tick = 0;    // the last one heard of
};

/// Add bots, start, stop. Calls come from one thread, not thread-safe; the swarm's own thread is
/// inside.
class swarm {
public:
  explicit swarm(swarm_settings settings);
  ~swarm();  // NOLINT(bugprone-exception-escape): see there

  /// A living bot; with `take` even from who speaks for it. Before start().
  /// Throws cannot_connect or refused. [blocking]
  void attach(std::string_view bot, bool take);
  /// A new bot of the world. Before start(). Throws cannot_connect or refused. [blocking]
  void create();

  void start();
  /// Ends all connections; the bots live on, unspoken for. Nothing to do where it was not started.
  void stop();

  swarm_counts counts() const;
  /// The first error that ended a client, e.g. that the server went away; empty while there is
  /// none.
  std::string first_error() const;
  /// From sending an act to having read its answer, since start() or reset(). After stop().
  const latency_histogram& latency() const;
  /// Forgets the latencies so far: at the end of a warm-up.
  void reset_latency();

private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace unscripted::cli
