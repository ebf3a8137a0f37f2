// The demo: a server with one world, and bots that live in it.
#pragma once

#include "cli/host.hpp"
#include "cli/sources.hpp"
#include "cli/swarm.hpp"
#include "cli/world_view.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace unscripted::cli {

struct demo_options : host_options {
  std::uint32_t bots = 10;
  std::uint32_t wells = 2;
  std::string world = {};  // empty: see name()
  std::optional<std::uint64_t> seed;
  std::optional<double> seconds;
  std::optional<std::uint64_t> ticks;
  bool die_sooner = false;
  std::string pace;  // empty: free in a new world, in an old one as it is
  bool hosted = false;
  bool json = false;
  std::string config;

  /// Of the world: the one given, else `eden`, or the preset's name.
  std::string name() const;
};

/// The side of a square world in whole metres, at least 10, with room for them: 10 m² a bot.
double world_side(std::uint32_t bots, std::uint32_t wells);

/// Creates the world of that name, or opens the one that is there: standing still, with room for
/// the bots and wells asked for, and with the wells.
/// Throws refused, or wrong_usage where the world there has another seed. [blocking]
world_sample open_demo_world(client& server, const demo_options& options);

/// The bots that are there, and those missing. The clients speak for all but those with a hosted
/// mind where `hosted`. [blocking]
void fill_demo_world(client& server, const demo_options& options, const world_sample& world,
                     swarm& clients);

}  // namespace unscripted::cli
