// `thing list|show`.

#include "cli/place.hpp"
#include "cli/table.hpp"
#include "cli/verb.hpp"

#include <memory>

namespace unscripted::cli {

namespace {

struct list_options : client_options {
  std::string world = "eden";
  std::string kind, near;
  double range = 50;
  std::uint32_t limit = 1000;
  std::string after;
};

struct show_options : client_options {
  std::string id;
};

std::string thing_table(simdjson::dom::element result) {
  simdjson::dom::array items;
  if (result["items"].get(items) != simdjson::SUCCESS) return fields_of(result);
  table rows({"id", "kind", "name", "pos (m)", "props"});
  for (const auto t : items) {
    std::string props;
    simdjson::dom::object members;
    if (t["props"].get(members) == simdjson::SUCCESS) {
      for (const auto [key, value] : members) {
        props += (props.empty() ? "" : ", ") + std::string(key) + ' ' + plain(value);
      }
    }
    rows.add(
        {plain_at(t, "id"), plain_at(t, "kind"), plain_at(t, "name"), plain_at(t, "pos"), props});
  }
  if (rows.empty()) return "no things\n";
  const auto next = text_at(result, "next");
  return next.empty() ? rows.text() : rows.text() + "more: --after " + std::string(next) + '\n';
}

int list_things(const list_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", options.world).member("limit", options.limit);
  if (!options.kind.empty()) json.member("kind", options.kind);
  if (!options.after.empty()) json.member("after", options.after);
  if (!options.near.empty()) {
    json.key("near").begin_object();
    write_place(json.key("pos"), parse_place("--near", options.near));
    json.member("range", options.range).end_object();
  }
  json.end_object();
  auto server = options.connect();
  return show(options, server.call("thing.list", params), thing_table);
}

int show_thing(const show_options& options) {
  std::string params;
  gateway::json_writer(params).begin_object().member("id", options.id).end_object();
  auto server = options.connect();
  return show(options, server.call("thing.get", params), fields_of);
}

}  // namespace

void add_thing_verbs(CLI::App& app, chosen_verb& chosen) {
  auto* group = add_verb(app, "thing", "Things in worlds", "unscripted thing list eden");
  group->require_subcommand(1);

  auto* list = add_verb(*group, "list", "List the things of a world",
                        "unscripted thing list eden --kind bot --near 5,5 --range 2");
  auto l = std::make_shared<list_options>();
  list->add_option("world,--world", l->world, "Name or id of the world")->capture_default_str();
  list->add_option("--kind", l->kind, "Only things of this kind");
  auto* near = list->add_option("--near", l->near, "Only things near X,Y,Z or X,Z (m)");
  list->add_option("--range", l->range, "How near (m)")->capture_default_str()->needs(near);
  list->add_option("--limit", l->limit, "The most to list")->capture_default_str();
  list->add_option("--after", l->after, "Go on behind this id");
  add_client_options(*list, *l);
  list->callback([l, &chosen] { chosen = [l] { return list_things(*l); }; });

  auto* one =
      add_verb(*group, "show", "Show one thing", "unscripted thing show 000000010000000000000001");
  auto s = std::make_shared<show_options>();
  one->add_option("id", s->id, "Its id, 24 hex digits")->required();
  add_client_options(*one, *s);
  one->callback([s, &chosen] { chosen = [s] { return show_thing(*s); }; });
}

}  // namespace unscripted::cli
