// Watching bots live: the status line while a run lasts, and its summary.
#pragma once

#include "cli/stop_flag.hpp"
#include "cli/swarm.hpp"
#include "cli/world_view.hpp"

#include <cstdio>
#include <optional>
#include <string>

namespace unscripted::cli {

struct watch_settings {
  world_sample first;              // the world before the run
  std::optional<double> seconds;   // ends after this time
  bool until_paused = false;       // ends when the world stands still
  bool json = false;               // nothing but the summary goes to standard output
  const swarm* clients = nullptr;  // ends when none of them is left; null: all minds are hosted
};

/// What a run came to.
struct run_result {
  world_sample first, last;
  bool is_server_gone = false;
  std::string trouble;  // why the first of the clients ended early; empty: none did

  double seconds() const;
  double ticks_per_s() const;
  double actions_per_s() const;
};

/// Shows how the world goes until the run ends by time, by standing still, by `stop`, or since
/// nobody is left. [blocking]
run_result watch(client& server, const watch_settings& settings, stop_flag& stop);

/// What is shown of a moment: two lines, or one where they are put together.
struct status {
  std::string speed;  // tick, and rates between the two samples
  std::string life;   // since the world began
};
status status_of(const world_sample& before, const world_sample& now);

/// For a person, or with `json` one object in a line.
void print_summary(const run_result& run, bool json);

}  // namespace unscripted::cli
