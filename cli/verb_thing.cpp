// `thing list|show`, and the same of bots.

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
    rows.add({plain_at(t, "id"), plain_at(t, "kind"), plain_at(t, "name"), plain_at(t, "pos"),
              props_of(t)});
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

/// `list` and `show`; of one kind only, or of all where it is empty.
void add_reading(CLI::App& group, chosen_verb& chosen, const std::string& kind) {
  const auto noun = kind.empty() ? std::string("thing") : kind;
  const auto verb = "unscripted " + noun;
  auto* list = add_verb(group, "list", "List the " + noun + "s of a world",
                        verb + " list eden" + (kind.empty() ? " --kind well" : "") +
                            " --near 5,5 --range 2");
  auto l = std::make_shared<list_options>();
  l->kind = kind;
  list->add_option("world,--world", l->world, "Name or id of the world")->capture_default_str();
  if (kind.empty()) list->add_option("--kind", l->kind, "Only things of this kind");
  auto* near = list->add_option("--near", l->near, "Only those near X,Y,Z or X,Z (m)");
  list->add_option("--range", l->range, "How near (m)")->capture_default_str()->needs(near);
  list->add_option("--limit", l->limit, "The most to list")->capture_default_str();
  list->add_option("--after", l->after, "Go on behind this id");
  add_client_options(*list, *l);
  list->callback([l, &chosen] { chosen = [l] { return list_things(*l); }; });

  auto* one = add_verb(group, "show", "Show one " + noun, verb + " show 000000010000000000000001");
  auto s = std::make_shared<show_options>();
  one->add_option("id", s->id, "Its id, 24 hex digits")->required();
  add_client_options(*one, *s);
  one->callback([s, &chosen] { chosen = [s] { return show_thing(*s); }; });
}

}  // namespace

void add_thing_verbs(CLI::App& app, chosen_verb& chosen) {
  auto* group = add_verb(app, "thing", "Things in worlds", "unscripted thing list eden");
  group->require_subcommand(1);
  add_reading(*group, chosen, "");
  add_thing_changes(*group, chosen);
}

void add_bot_reading(CLI::App& group, chosen_verb& chosen) { add_reading(group, chosen, "bot"); }

}  // namespace unscripted::cli
