// `history …`: what all its verbs share, and `history stats`.

#include "cli/history_verbs.hpp"
#include "cli/table.hpp"

#include <memory>

namespace unscripted::cli {

void add_world_option(CLI::App& verb, std::string& world) {
  verb.add_option("world", world, "Name or id of the world")->required();
}

CLI::Option* add_moment_option(CLI::App& verb, const char* name, std::string& text,
                               const char* summary) {
  return verb.add_option(name, text, summary)->check(moment_check())->type_name("seq:N|tick:N");
}

void add_range_options(CLI::App& verb, range_options& options) {
  add_world_option(verb, options.world);
  add_moment_option(verb, "--from", options.from, "Where to begin (default: the first there is)");
  add_moment_option(verb, "--to", options.to, "Where to end (default: the last there is)");
  add_source_options(verb, options);
}

void write_range(gateway::json_writer& json, const range_options& options) {
  write_moment(json, "from", options.from);
  write_moment(json, "to", options.to);
}

namespace {

std::string stats_text(simdjson::dom::element stats) {
  field_list fields;
  simdjson::dom::object members;
  if (stats.get(members) != simdjson::SUCCESS) return {};
  for (const auto [key, value] : members) {
    const std::string name(key);
    if (value.is_object()) fields.add_all(value, name + '.');
    else if (!value.is_array()) fields.add(name, plain(value));
  }
  simdjson::dom::array plugins;
  if (stats["plugins"].get(plugins) == simdjson::SUCCESS)
    for (const auto p : plugins)
      fields.add("plugin",
                 plain_at(p, "id") + ' ' + plain_at(p, "version") + ' ' + plain_at(p, "hash"));
  return fields.text();
}

int print_stats(const world_source_options& options) {
  std::string params;
  gateway::json_writer(params).begin_object().member("world", options.world).end_object();
  auto source = options.open();
  return show(options, source.call("history.stats", params), stats_text);
}

}  // namespace

void add_history_stats(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "stats", "Count the records and bytes of a world's history",
                        "unscripted history stats eden --json");
  auto o = std::make_shared<world_source_options>();
  add_world_option(*verb, o->world);
  add_source_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return print_stats(*o); }; });
}

void add_history_verbs(CLI::App& app, chosen_verb& chosen) {
  auto* group = add_verb(app, "history", "Histories of worlds", "unscripted history stats eden");
  group->require_subcommand(1);
  add_history_stats(*group, chosen);
  add_history_read(*group, chosen);
  add_history_state(*group, chosen);
  add_history_replay(*group, chosen);
  add_history_verify(*group, chosen);
  add_history_diff(*group, chosen);
  add_history_explain(*group, chosen);
  add_history_bisect(*group, chosen);
  add_history_export(*group, chosen);
  add_history_import(*group, chosen);
  add_history_keeping(*group, chosen);
}

}  // namespace unscripted::cli
