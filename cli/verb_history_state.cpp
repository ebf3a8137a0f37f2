// `history state` and `history explain`: a world, or one of its things, as it was at any moment.

#include "cli/history_verbs.hpp"
#include "cli/table.hpp"

#include <memory>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

struct state_options : world_source_options {
  std::string at, kind, after;
  std::uint32_t limit = 1000;
};

struct explain_options : world_source_options {
  std::string thing, at;
};

std::string state_table(dom::element state) {
  auto text = plain_at(state["world"], "name") + " at seq " + plain_at(state, "seq") + ", tick " +
              plain_at(state, "tick") + ", hash " + plain_at(state, "hash") + "\n";
  table rows({"id", "kind", "name", "pos (m)", "props"});
  dom::array items;
  if (state["items"].get(items) != simdjson::SUCCESS) return text;
  for (const auto t : items) {
    rows.add({plain_at(t, "id"), plain_at(t, "kind"), plain_at(t, "name"), plain_at(t, "pos"),
              props_of(t)});
  }
  text += rows.empty() ? "no things\n" : rows.text();
  const auto next = text_at(state, "next");
  if (!next.empty()) text += "more: --after " + std::string(next) + '\n';
  return text;
}

int print_state(const state_options& options) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", options.world).member("limit", options.limit);
  write_moment(json, "at", options.at);
  if (!options.kind.empty()) json.member("kind", options.kind);
  if (!options.after.empty()) json.member("after", options.after);
  json.end_object();
  auto source = options.open();
  return show(options, source.call("history.state", params), state_table);
}

std::string story_text(dom::element story) {
  std::string text;
  dom::array lines;
  if (story["lines"].get(lines) != simdjson::SUCCESS) return text;
  for (const auto line : lines) text += plain(line) + '\n';
  return text;
}

int explain(const explain_options& options) {
  auto source = options.open();
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("id", find_thing(source, options.world, options.thing, options.at));
  write_moment(json, "at", options.at);
  json.member("progress", true).end_object();
  return show(options, source.call_long("history.explain", params, "records"), story_text);
}

}  // namespace

void add_history_state(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "state", "Show the things of a world at any moment",
                        "unscripted history state eden --at tick:9000 --kind bot");
  auto o = std::make_shared<state_options>();
  add_world_option(*verb, o->world);
  add_moment_option(*verb, "--at", o->at, "When (default: at the end)");
  verb->add_option("--kind", o->kind, "Only things of this kind");
  verb->add_option("--limit", o->limit, "The most to show")
      ->check(CLI::Range(1, 100'000))
      ->type_name("N")
      ->capture_default_str();
  verb->add_option("--after", o->after, "Go on behind this id");
  add_source_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return print_state(*o); }; });
}

void add_history_explain(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "explain", "Tell why a thing is as it is, or how it ended",
                        "unscripted history explain eden ada --at tick:9000");
  auto o = std::make_shared<explain_options>();
  add_world_option(*verb, o->world);
  verb->add_option("thing", o->thing, "Its id, its serial in this world, or its name")->required();
  add_moment_option(*verb, "--at", o->at, "When (default: at the end)");
  add_source_options(*verb, *o);
  verb->callback([o, &chosen] { chosen = [o] { return explain(*o); }; });
}

}  // namespace unscripted::cli
