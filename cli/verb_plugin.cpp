// `plugin list`: which plugins a server has loaded, and how they behave.

#include "cli/table.hpp"
#include "cli/verb.hpp"

#include <memory>

namespace unscripted::cli {

namespace {

/// The names in an array of objects, or of strings.
std::string names_at(simdjson::dom::element object, std::string_view member) {
  simdjson::dom::array items;
  if (object[member].get(items) != simdjson::SUCCESS) return "-";
  std::string names;
  for (const auto item : items) {
    if (!names.empty()) names += ", ";
    const auto name = text_at(item, "name");
    names += name.empty() ? plain(item) : std::string(name);
  }
  return names.empty() ? "-" : names;
}

std::string plugin_table(simdjson::dom::element result) {
  simdjson::dom::array items;
  if (result.get(items) != simdjson::SUCCESS && result["items"].get(items) != simdjson::SUCCESS) {
    return fields_of(result);
  }
  table rows({"plugin", "version", "kinds", "actions", "rules", "calls", "faults"});
  for (const auto p : items) {
    const auto id = text_at(p, "id").empty() ? text_at(p, "name") : text_at(p, "id");
    rows.add({std::string(id), plain_at(p, "version"), names_at(p, "kinds"), names_at(p, "actions"),
              names_at(p, "rules"), plain_at(p, "calls"), plain_at(p, "faults")});
  }
  return rows.empty() ? "no plugins\n" : rows.text();
}

int list_plugins(const client_options& options) {
  auto server = options.connect();
  return show(options, server.call("plugin.list"), plugin_table);
}

}  // namespace

void add_plugin_verbs(CLI::App& app, chosen_verb& chosen) {
  auto* group = add_verb(app, "plugin", "Plugins of a server", "unscripted plugin list");
  group->require_subcommand(1);

  auto* list = add_verb(*group, "list", "List the loaded plugins", "unscripted plugin list --json");
  auto options = std::make_shared<client_options>();
  add_client_options(*list, *options);
  list->callback([options, &chosen] { chosen = [options] { return list_plugins(*options); }; });
}

}  // namespace unscripted::cli
