// `watch` and `follow`: a world as it goes on, as a picture and as events.

#include "cli/history_verbs.hpp"
#include "cli/map_watch.hpp"
#include "cli/table.hpp"

#include <cstdio>
#include <memory>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

struct follow_options : client_options {
  std::string world, bot, at, to;
  std::optional<double> range, max_hz, speed;
  std::optional<std::uint64_t> since;
};

int watch_map(const watch_options& options) {
  map_watch(options).run();
  return exit_ok;
}

// -- follow --------------------------------------------------------------------------------------

std::string params_of(const follow_options& options) {
  if (options.world.empty() == options.bot.empty()) {
    throw wrong_usage("give a world, or --bot ID to see with its eyes");
  }
  std::string params;
  gateway::json_writer json(params);
  json.begin_object();
  if (!options.world.empty()) json.member("world", options.world);
  if (!options.bot.empty()) json.member("bot", options.bot);
  if (options.range) json.member("range", *options.range);
  if (options.max_hz) json.member("max_hz", *options.max_hz);
  if (options.since) json.member("since", *options.since);
  write_moment(json, "at", options.at);
  write_moment(json, "to", options.to);
  if (options.speed) json.member("speed", *options.speed);
  json.end_object();
  return params;
}

std::string event_line(dom::element event) {
  dom::element params;
  auto line = plain_at(event, "method");
  if (event["params"].get(params) != simdjson::SUCCESS) return line;
  if (const auto tick = plain_at(params, "tick"); tick != "-") line += " tick " + tick;
  if (const auto seq = plain_at(params, "seq"); seq != "-") line += " seq " + seq;
  for (const auto& [list, word] :
       {std::pair{"things", "things"}, {"add", "came"}, {"upd", "changed"}, {"del", "went"}}) {
    const auto count = items_at(params, list).size();
    if (count > 0) line += ", " + grouped(std::uint64_t{count}) + ' ' + word;
  }
  for (const auto death : items_at(params, "died")) {
    line += ", " + plain_at(death, "id") + " died of " + plain_at(death, "cause");
  }
  return line;
}

int follow(const follow_options& options) {
  const auto params = params_of(options);
  auto server = options.connect();
  server.call("subscribe", params);
  for (;;) {
    const auto event = server.next_event();
    std::puts((options.json ? event.text() : event_line(event.root())).c_str());
    if (std::fflush(stdout) != 0) return exit_ok;  // nobody reads it any more
    if (text_at(event.root(), "method") == "ended") return exit_ok;
  }
}

CLI::Validator above_zero() { return CLI::Range(0.001, 1'000'000.0).description(""); }

}  // namespace

void add_watch(CLI::App& app, chosen_verb& chosen) {
  auto* verb = add_verb(
      app, "watch", "Show a living map of a world",
      "unscripted watch eden\n\n"
      "Keys: q quits, space lets the view stand still, + and - zoom, arrows move, f follows the "
      "next\nbot, 0 shows the whole world. A bot is the first letter of its name or @, several "
      "in one place\nare their number; green has drunk, yellow is thirsty, red is about to die of "
      "it. Without a\nterminal it prints a line a second.");
  auto o = std::make_shared<watch_options>();
  add_world_option(*verb, o->world);
  add_moment_option(*verb, "--at", o->at, "Watch its history from then on (default: now)");
  verb->add_option("--speed", o->speed, "Of the history: so many times life")
      ->check(above_zero())
      ->needs("--at")
      ->type_name("X")
      ->capture_default_str();
  verb->add_option("--max-hz", o->max_hz, "The most pictures a second")
      ->check(CLI::Range(0.001, 1000.0).description(""))
      ->type_name("X")
      ->capture_default_str();
  verb->add_flag("--once", o->is_once, "One picture, and the end");
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return watch_map(*o); }; });
}

void add_follow(CLI::App& app, chosen_verb& chosen) {
  auto* verb = add_verb(app, "follow", "Print the events of a world, or of what a bot sees",
                        "unscripted follow eden --json | jq -c .params.died\n\n"
                        "A line each: first a snapshot, then what changed. It ends with Ctrl-C, "
                        "with the server, or\nwith the history.");
  auto o = std::make_shared<follow_options>();
  verb->add_option("world", o->world, "Name or id of the world");
  verb->add_option("--bot", o->bot, "Only what this bot sees")->type_name("ID");
  verb->add_option("--range", o->range, "How far the bot looks (m)")->type_name("M");
  verb->add_option("--max-hz", o->max_hz, "The most events a second (default: 30)")->type_name("X");
  verb->add_option("--since", o->since, "Without a gap from behind this sequence")
      ->type_name("SEQ");
  add_moment_option(*verb, "--at", o->at, "Its history from then on (default: now)");
  add_moment_option(*verb, "--to", o->to, "Of the history: until then");
  verb->add_option("--speed", o->speed, "Of the history: so many times life (default: 1)")
      ->type_name("X");
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return follow(*o); }; });
}

}  // namespace unscripted::cli
