// A world as a run watches it: through world.get and thing.list.
#pragma once

#include "cli/client.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace unscripted::cli {

/// One moment of a world. Counts are since the world began.
struct world_sample {
  std::string id, name, pace;
  std::uint64_t seed = 0;
  std::uint64_t tick = 0, seq = 0;
  std::uint64_t actions = 0;
  std::uint64_t population = 0;  // living bots
  std::uint64_t wells = 0;
  std::uint64_t capacity_bots = 0, capacity_things = 0, things = 0;
  bool is_paused = false;
  std::vector<std::pair<std::string, std::uint64_t>> deaths;  // by cause
  std::string hash;
  std::chrono::steady_clock::time_point at;  // when it was asked
};

/// `object` must be a world of the protocol.
world_sample read_world(simdjson::dom::element object);

/// Throws refused, or cannot_connect. [blocking]
world_sample sample_world(client& server, const std::string& world);

/// Nothing where there is no such world. Throws refused for anything else. [blocking]
std::optional<world_sample> find_world(client& server, const std::string& world);

/// Changes a world; `changes` are members for world.update, as `"pause_at":null`. [blocking]
void update_world(client& server, const std::string& world, const std::string& changes);

struct living_bot {
  std::string id;
  std::string mind;  // hosted; empty where a client or nobody speaks for it
};

/// All living bots, in order of their ids. [blocking]
std::vector<living_bot> list_bots(client& server, const std::string& world);

/// "3 of thirst, 1 of age", or "none".
std::string deaths_text(const std::vector<std::pair<std::string, std::uint64_t>>& deaths);

inline constexpr double year_seconds = 365.25 * 24 * 3600;

/// Years of life in that many actions, which take one tick (0.576 s) of a bot's life each: the sum
/// over all bots.
double years_of(std::uint64_t actions);
/// The same of an hour at that speed.
double years_an_hour(double actions_per_s);

}  // namespace unscripted::cli
