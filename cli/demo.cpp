#include "cli/demo.hpp"

#include "gateway/json_writer.hpp"

#include <algorithm>
#include <cmath>

namespace unscripted::cli {

namespace {

constexpr double square_metres_per_bot = 10;
constexpr double square_metres_per_well = 20;
constexpr std::uint64_t capacity_bots_min = 10;
constexpr std::uint64_t capacity_things_min = 100;
// A tick in lockstep waits this long for a bot: long enough that a busy machine changes no history.
constexpr int deadline_ms = 10'000;

bool has_preset(const demo_options& options) {
  return !options.preset.empty() && options.preset != "default";
}

void write_capacity(gateway::json_writer& json, std::uint64_t bots, std::uint64_t things) {
  json.key("capacity").begin_object();
  json.member("bot", bots).member("thing", things).end_object();
}

void write_pace(gateway::json_writer& json, const std::string& pace) {
  json.member("pace", pace);
  if (pace == "lockstep") json.member("deadline_ms", deadline_ms);
}

void write_short_life(gateway::json_writer& json) {
  json.key("rules").begin_object().member("day", 300).member("lifespan", 3000).end_object();
}

/// With what its preset says, but for the room that the bots need.
void write_preset(gateway::json_writer& json, const demo_options& options) {
  constexpr std::uint64_t furniture = 350;
  json.member("preset", options.preset);
  write_capacity(json, std::max<std::uint64_t>(50, options.bots),
                 std::uint64_t{options.bots} + options.wells + furniture);
}

world_sample create_world(client& server, const demo_options& options) {
  const double side = world_side(options.bots, options.wells);
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("name", options.name()).member("pause_at", 0);
  if (options.seed) json.member("seed", *options.seed);
  if (!options.pace.empty()) write_pace(json, options.pace);
  if (options.die_sooner) write_short_life(json);
  if (has_preset(options)) {
    write_preset(json, options);
    json.end_object();
    return read_world(server.call("world.create", params).root());
  }
  json.key("dims").begin_array().value(side).value(10).value(side).end_array();
  const std::uint64_t things = std::uint64_t{options.bots} + options.wells;
  write_capacity(json, std::max<std::uint64_t>(capacity_bots_min, options.bots),
                 std::max(capacity_things_min, things));
  json.end_object();
  return read_world(server.call("world.create", params).root());
}

/// Changes what the options ask for and the world has otherwise.
void adapt_world(client& server, const demo_options& options, const world_sample& world) {
  if (options.seed && *options.seed != world.seed) {
    throw wrong_usage("--seed: the world " + options.name() + " is there already, with the seed " +
                      std::to_string(world.seed) +
                      "; leave --seed out, or give another name with --world");
  }
  const auto bots = std::max<std::uint64_t>(options.bots, world.population);
  const auto wells = std::max<std::uint64_t>(options.wells, world.wells);
  const auto things = world.things - world.population - world.wells + bots + wells;
  std::string changes;
  gateway::json_writer json(changes);
  json.member("pause_at", 0);
  if (!options.pace.empty() && options.pace != world.pace) write_pace(json, options.pace);
  if (options.die_sooner) write_short_life(json);
  if (bots > world.capacity_bots || things > world.capacity_things) {
    write_capacity(json, std::max(bots, world.capacity_bots),
                   std::max(things, world.capacity_things));
  }
  update_world(server, world.id, changes);
}

void create_well(client& server, const std::string& world) {
  std::string params;
  gateway::json_writer(params)
      .begin_object()
      .member("world", world)
      .member("kind", "well")
      .end_object();
  server.call("thing.create", params);
}

void create_hosted_bot(client& server, const std::string& world) {
  std::string params;
  gateway::json_writer(params)
      .begin_object()
      .member("world", world)
      .member("mind", "random")
      .end_object();
  server.call("bot.create", params);
}

}  // namespace

std::string demo_options::name() const {
  if (!world.empty()) return world;
  return has_preset(*this) ? preset : "eden";
}

double world_side(std::uint32_t bots, std::uint32_t wells) {
  const double area = std::max(square_metres_per_bot * bots, square_metres_per_well * wells);
  return std::max(10.0, std::ceil(std::sqrt(area)));
}

world_sample open_demo_world(client& server, const demo_options& options) {
  auto world = find_world(server, options.name());
  if (world) {
    adapt_world(server, options, *world);
  } else {
    world = create_world(server, options);
  }
  for (auto wells = world->wells; wells < options.wells; ++wells) create_well(server, world->id);
  return sample_world(server, world->id);
}

void fill_demo_world(client& server, const demo_options& options, const world_sample& world,
                     swarm& clients) {
  std::uint32_t living = 0;
  for (const auto& bot : list_bots(server, world.id)) {
    const bool has_mind = !bot.mind.empty() && options.hosted;
    if (!has_mind) clients.attach(bot.id, true);
    ++living;
  }
  for (; living < options.bots; ++living) {
    if (options.hosted) {
      create_hosted_bot(server, world.id);
    } else {
      clients.create();
    }
  }
}

}  // namespace unscripted::cli
