// `bot`, `act` and `see`: one bot, by hand.

#include "cli/key_values.hpp"
#include "cli/place.hpp"
#include "cli/table.hpp"
#include "cli/verb.hpp"

#include <memory>
#include <optional>

namespace unscripted::cli {

namespace {

struct create_options : client_options {
  std::string world = "eden";
  std::string name, pos, mind;
  bool female = false, male = false;
};

struct act_options : client_options {
  std::string bot, action, target;
  std::vector<std::string> args;
  bool see = false;
  std::string key;
};

int create_bot(const create_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", options.world);
  if (!options.name.empty()) json.member("name", options.name);
  if (options.female || options.male) json.member("female", options.female);
  if (!options.pos.empty()) write_place(json.key("pos"), parse_place("--pos", options.pos));
  if (!options.mind.empty()) json.member("mind", options.mind);
  json.end_object();
  auto server = options.connect();
  return show(options, server.call("bot.create", params), fields_of);
}

struct see_options : client_options {
  std::string bot;
  std::optional<double> range;
  bool ego = false;
};

std::string seen_text(simdjson::dom::element seen) {
  table rows({"id", "kind", "name", "where", "props", "actions"});
  simdjson::dom::array things;
  if (seen["things"].get(things) != simdjson::SUCCESS) return fields_of(seen);
  for (const auto t : things) {
    const bool is_ego = t["bearing"].error() == simdjson::SUCCESS;
    const auto where = is_ego
                           ? plain_at(t, "distance") + " m at " + plain_at(t, "bearing") + " turns"
                           : plain_at(t, "pos");
    rows.add({plain_at(t, "id"), plain_at(t, "kind"), plain_at(t, "name"), where, props_of(t),
              plain_at(t, "actions")});
  }
  simdjson::dom::element self;
  auto text = "tick  " + plain_at(seen, "tick") + '\n';
  if (seen["self"].get(self) == simdjson::SUCCESS) text += fields_of(self);
  return text + '\n' + (rows.empty() ? "nothing in sight\n" : rows.text());
}

std::string act_text(simdjson::dom::element result) {
  simdjson::dom::object members;
  if (result.get(members) != simdjson::SUCCESS) return {};
  field_list fields;
  std::string seen;
  for (const auto [name, value] : members) {
    if (name == "see" && value.is_object()) seen = '\n' + seen_text(value);
    else fields.add(printable(name), plain(value));
  }
  return fields.text() + seen;
}

int act(const act_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("bot", options.bot).member("action", options.action);
  if (!options.target.empty()) json.member("target", options.target);
  if (!options.args.empty()) write_key_values(json.key("args"), options.args);
  if (options.see) json.member("see", true);
  if (!options.key.empty()) json.member("key", options.key);
  json.end_object();
  auto server = options.connect();
  return show(options, server.call("act", params), act_text);
}

int see(const see_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("bot", options.bot);
  if (options.range) json.member("range", *options.range);
  if (options.ego) json.member("frame", "ego");
  json.end_object();
  auto server = options.connect();
  return show(options, server.call("see", params), seen_text);
}

void add_see(CLI::App& app, chosen_verb& chosen) {
  auto* verb = add_verb(app, "see", "Show what a bot sees now, the nearest first",
                        "unscripted see 000000010000000000000001 --range 5");
  auto o = std::make_shared<see_options>();
  verb->add_option("bot", o->bot, "Id of the bot")->required();
  verb->add_option("--range", o->range, "How far (m; default: as far as bots see)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("M");
  verb->add_flag("--ego", o->ego, "Distances and bearings, as the bot has them, instead of places");
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return see(*o); }; });
}

void add_act(CLI::App& app, chosen_verb& chosen) {
  auto* verb =
      add_verb(app, "act", "Let a bot act once",
               "unscripted act 000000010000000000000001 walk angle=0.25\n\n"
               "A value is a number, true, false or a text; \"12\" in quotes is a text.\n"
               "`unscripted describe walk` shows an action: its target, reach and arguments.");
  auto o = std::make_shared<act_options>();
  verb->add_option("bot", o->bot, "Id of the bot")->required();
  verb->add_option("action", o->action, "What it does, as walk or drink")->required();
  verb->add_option("args", o->args, "Arguments, key=value");
  verb->add_option("--target", o->target, "Id of the thing it is aimed at");
  verb->add_flag("--see", o->see, "Show what the bot sees afterwards");
  verb->add_option("--key", o->key,
                   "Decide it once under this name, however often it is asked for");
  add_client_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return act(*o); }; });
}

void add_create(CLI::App& group, chosen_verb& chosen) {
  auto* create = add_verb(group, "create", "Create a bot; it waits for who speaks for it",
                          "unscripted bot create --world eden --name ada --female");
  auto o = std::make_shared<create_options>();
  create->add_option("--world", o->world, "Name or id of the world")->capture_default_str();
  create->add_option("--name", o->name, "Its name");
  create->add_option("--pos", o->pos, "Where, X,Y,Z or X,Z in metres (default: anywhere free)");
  create->add_option("--mind", o->mind, "Mind hosted in the server, as random (default: none)");
  auto* female = create->add_flag("--female", o->female, "It is female");
  create->add_flag("--male", o->male, "It is male")->excludes(female);
  add_client_options(*create, *o);
  create->callback([o, &chosen] { chosen = [o] { return create_bot(*o); }; });
}

}  // namespace

void add_bot_verbs(CLI::App& app, chosen_verb& chosen) {
  auto* group = add_verb(app, "bot", "Bots", "unscripted bot create --world eden");
  group->require_subcommand(1);

  add_create(*group, chosen);
  add_bot_reading(*group, chosen);
  add_thing_delete(*group, chosen, "Take a bot out of its world, heirless");
  add_act(app, chosen);
  add_see(app, chosen);
}

}  // namespace unscripted::cli
