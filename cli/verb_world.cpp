// `world list|show|create|pause|resume|delete`; the rest is in verb_world_change.cpp.

#include "cli/key_values.hpp"
#include "cli/place.hpp"
#include "cli/table.hpp"
#include "cli/world_verbs.hpp"

#include <memory>

namespace unscripted::cli {

namespace {

struct world_options : client_options {
  std::string world;
};

struct create_options : client_options {
  std::string name, dims, preset;
  std::optional<std::uint64_t> seed;
  pace_options pace;
  std::vector<std::string> rules, capacity;
};

std::string named(const std::string& world) {
  std::string params;
  gateway::json_writer(params).begin_object().member("world", world).end_object();
  return params;
}

std::string counts_of(simdjson::dom::element world) {
  simdjson::dom::object counts;
  std::string text;
  if (world["counts"].get(counts) != simdjson::SUCCESS) return "-";
  for (const auto [kind, count] : counts) {
    if (!text.empty()) text += ", ";
    text += plain(count) + ' ' + std::string(kind);
  }
  return text.empty() ? "-" : text;
}

std::string world_table(simdjson::dom::element result) {
  table rows({"name", "id", "pace", "tick", "seq", "things", "seed"});
  simdjson::dom::array items;
  if (result["items"].get(items) != simdjson::SUCCESS) return fields_of(result);
  for (const auto w : items) {
    rows.add({plain_at(w, "name"), plain_at(w, "id"), plain_at(w, "pace"), plain_at(w, "tick"),
              plain_at(w, "seq"), counts_of(w), plain_at(w, "seed")});
  }
  return rows.empty() ? "no worlds\n" : rows.text();
}

int list_worlds(const client_options& options) {
  auto server = options.connect();
  return show(options, server.call("world.list"), world_table);
}

int show_world(const world_options& options) {
  auto server = options.connect();
  return show(options, server.call("world.get", named(options.world)), fields_of);
}

int delete_world(const world_options& options) {
  auto server = options.connect();
  return show(options, server.call("world.delete", named(options.world)),
              [&](auto) { return "deleted " + options.world + "\n"; });
}

/// From this tick on the world stands still; null lets it go on.
int stand_still(const world_options& options, const char* from_tick, const char* said) {
  std::string params;
  gateway::json_writer(params)
      .begin_object()
      .member("world", options.world)
      .raw_member("pause_at", from_tick)
      .end_object();
  auto server = options.connect();
  return show(options, server.call("world.update", params),
              [&](auto) { return options.world + said; });
}

int pause_world(const world_options& options) {
  return stand_still(options, "0", " stands still\n");
}

int resume_world(const world_options& options) {
  return stand_still(options, "null", " goes on\n");
}

std::string create_params(const create_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object();
  if (!options.name.empty()) json.member("name", options.name);
  if (!options.dims.empty()) write_place(json.key("dims"), parse_dims("--dims", options.dims));
  if (options.seed) json.member("seed", *options.seed);
  write_pace(json, options.pace);
  if (!options.preset.empty()) json.member("preset", options.preset);
  if (!options.rules.empty()) write_key_values(json.key("rules"), options.rules);
  if (!options.capacity.empty()) write_key_values(json.key("capacity"), options.capacity);
  json.end_object();
  return params;
}

int create_world(const create_options& options) {
  const auto params = create_params(options);
  auto server = options.connect();
  return show(options, server.call("world.create", params), fields_of);
}

void add_create(CLI::App& group, chosen_verb& chosen) {
  auto* create = add_verb(group, "create", "Create a world",
                          "unscripted world create eden --dims 20,20 --rule day=300 "
                          "--capacity bot=50");
  auto o = std::make_shared<create_options>();
  create->add_option("name", o->name, "Its name");
  create->add_option("--dims", o->dims, "Its size in metres, X,Y,Z or X,Z (default 10,10,10)");
  create->add_option("--seed", o->seed, "The key of all its randomness")->type_name("N");
  add_pace_options(*create, o->pace);
  create->add_option("--preset", o->preset, "default, or village, if the server has its plugins");
  create->add_option("--rule", o->rules, "A rule, KEY=VALUE; may be repeated")
      ->allow_extra_args(false);
  create->add_option("--capacity", o->capacity, "The most of a kind, KIND=COUNT; may be repeated")
      ->allow_extra_args(false);
  add_client_options(*create, *o);
  create->callback([o, &chosen] { chosen = [o] { return create_world(*o); }; });
}

}  // namespace

void add_world_verbs(CLI::App& app, chosen_verb& chosen) {
  auto* group = add_verb(app, "world", "Worlds of a server", "unscripted world list");
  group->require_subcommand(1);

  auto* list = add_verb(*group, "list", "List the worlds", "unscripted world list --json");
  auto list_options = std::make_shared<client_options>();
  add_client_options(*list, *list_options);
  list->callback(
      [list_options, &chosen] { chosen = [list_options] { return list_worlds(*list_options); }; });

  const auto add_named = [&](const char* name, const char* summary, const char* example,
                             int (*act)(const world_options&)) {
    auto* verb = add_verb(*group, name, summary, example);
    auto o = std::make_shared<world_options>();
    verb->add_option("world", o->world, "Name or id of the world")->required();
    add_client_options(*verb, *o);
    verb->callback([o, act, &chosen] { chosen = [o, act] { return act(*o); }; });
  };
  add_named("show", "Show one world", "unscripted world show eden", show_world);
  add_create(*group, chosen);
  add_world_fork(*group, chosen);
  add_world_update(*group, chosen);
  add_named("pause", "Let a world stand still", "unscripted world pause eden", pause_world);
  add_named("resume", "Let a world go on", "unscripted world resume eden", resume_world);
  add_named("delete", "Delete a world and its history, for good", "unscripted world delete eden",
            delete_world);
}

}  // namespace unscripted::cli
