// `world fork` and `world update`: a world that begins elsewhere, or goes on otherwise; and how
// worlds keep time.

#include "cli/history_verbs.hpp"
#include "cli/key_values.hpp"
#include "cli/world_verbs.hpp"

#include <charconv>
#include <memory>

namespace unscripted::cli {

namespace {

struct fork_options : client_options {
  std::string world, at, name, pause_at;
  std::optional<std::uint64_t> seed;
};

struct update_options : client_options {
  std::string world, name;
  pace_options pace;
  std::vector<std::string> rules, capacity;
};

void write_pause(gateway::json_writer& json, const std::string& text) {
  if (text.empty()) return;
  json.key("pause_at");
  if (text == "never") {
    json.null();
    return;
  }
  std::uint64_t tick = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, tick);
  if (error != std::errc{} || stop != end) {
    throw wrong_usage("--pause-at: \"" + text + "\" is neither a tick nor never");
  }
  json.value(tick);
}

int fork_world(const fork_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", options.world);
  write_moment(json, "at", options.at);
  if (!options.name.empty()) json.member("name", options.name);
  if (options.seed) json.member("seed", *options.seed);
  write_pause(json, options.pause_at);
  json.end_object();
  auto server = options.connect();
  return show(options, server.call("world.fork", params), fields_of);
}

std::string update_params(const update_options& options) {
  std::string changes;
  gateway::json_writer json(changes);
  json.begin_object().member("world", options.world);
  const auto unchanged = changes.size();
  if (!options.name.empty()) json.member("name", options.name);
  write_pace(json, options.pace);
  if (!options.rules.empty()) write_key_values(json.key("rules"), options.rules);
  if (!options.capacity.empty()) write_key_values(json.key("capacity"), options.capacity);
  if (changes.size() == unchanged) {
    throw wrong_usage("nothing to change: give --rule, --capacity, --name, --pause-at or --pace");
  }
  json.end_object();
  return changes;
}

int update(const update_options& options) {
  const auto params = update_params(options);
  auto server = options.connect();
  return show(options, server.call("world.update", params), fields_of);
}

}  // namespace

void add_pace_options(CLI::App& verb, pace_options& options) {
  verb.add_option("--pace", options.pace, "When actions happen (a new world: free)")
      ->type_name("free|lockstep|realtime");
  verb.add_option("--speed", options.speed, "Of realtime: so many times life (a new world: 1)")
      ->type_name("X");
  verb.add_option("--deadline-ms", options.deadline_ms,
                  "Of lockstep: how long the slowest bot is waited for (a new world: 1000)")
      ->type_name("MS");
  verb.add_option("--pause-at", options.pause_at, "The tick from which it stands still, or never")
      ->type_name("TICK|never");
}

void write_pace(gateway::json_writer& json, const pace_options& options) {
  if (!options.pace.empty()) json.member("pace", options.pace);
  if (options.speed) json.member("speed", *options.speed);
  if (options.deadline_ms) json.member("deadline_ms", *options.deadline_ms);
  write_pause(json, options.pause_at);
}

void add_world_fork(CLI::App& group, chosen_verb& chosen) {
  auto* verb =
      add_verb(group, "fork", "Begin a world where another one was at any moment",
               "unscripted world fork eden --at tick:9000 --name eden-dry --pause-at 9000\n\n"
               "It lives at once unless --pause-at holds it still, with the settings that the "
               "other one had then. Without "
               "--seed it\nalso has the same luck: what differs then is what is changed.");
  auto o = std::make_shared<fork_options>();
  add_world_option(*verb, o->world);
  add_moment_option(*verb, "--at", o->at, "When (default: at the end)");
  verb->add_option("--name", o->name, "Its name (default: that of the other and a number)");
  verb->add_option("--seed", o->seed, "The key of its randomness (default: as the other's)")
      ->type_name("N");
  verb->add_option("--pause-at", o->pause_at,
                   "The tick from which it stands still, or never (default: as the other did)")
      ->type_name("TICK|never");
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return fork_world(*o); }; });
}

void add_world_update(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "update", "Change the rules and settings of a world",
                        "unscripted world update eden --rule day=150 --capacity bot=200");
  auto o = std::make_shared<update_options>();
  add_world_option(*verb, o->world);
  verb->add_option("--rule", o->rules, "A rule, KEY=VALUE; may be repeated")
      ->allow_extra_args(false);
  verb->add_option("--capacity", o->capacity, "The most of a kind, KIND=COUNT; may be repeated")
      ->allow_extra_args(false);
  verb->add_option("--name", o->name, "Another name");
  add_pace_options(*verb, o->pace);
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return update(*o); }; });
}

}  // namespace unscripted::cli
