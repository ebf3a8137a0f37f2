#include "cli/description.hpp"

#include "cli/document.hpp"
#include "cli/table.hpp"
#include "cli/verb.hpp"
#include "gateway/json_writer.hpp"

#include <algorithm>
#include <cmath>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

// -- parameters and properties -------------------------------------------------------------------

std::string type_of(dom::element schema) {
  if (text_at(schema, "format") == "thing") return "thing";
  if (text_at(schema, "pattern") == "^[0-9a-f]{24}$") return "thing";
  if (schema["enum"].error() == simdjson::SUCCESS) return "word";
  const auto type = plain_at(schema, "type");
  return type == "string" ? "text" : type;
}

std::string range_of(dom::element schema) {
  if (schema["enum"].error() == simdjson::SUCCESS) return plain_at(schema, "enum");
  const auto least = plain_at(schema, "minimum"), most = plain_at(schema, "maximum");
  if (least != "-" && most != "-") return least + " to " + most;
  if (least != "-") return "from " + least;
  if (most != "-") return "to " + most;
  const auto length = plain_at(schema, "maxLength");
  if (length != "-") return "up to " + length + " bytes";
  return type_of(schema) == "thing" ? "24 hex digits" : "-";
}

/// A value that would do.
std::string example_of(dom::element schema) {
  const auto type = type_of(schema);
  if (type == "thing") return "ID";
  if (type == "boolean") return "true";
  if (type == "text") return "hello";
  dom::array words;
  if (schema["enum"].get(words) == simdjson::SUCCESS && words.size() > 0) return plain(words.at(0));
  if (type == "array") return "[1,0,1]";
  if (type == "object") return "'{\"seq\":1}'";
  const double least = number_at(schema, "minimum"), most = number_at(schema, "maximum", 1e300);
  const double fallback = number_at(schema, "default", least);
  const bool is_bounded = most - least < 1e6;
  double x = fallback > least || !is_bounded ? fallback : least + (most - least) / 4;
  if (type == "integer") x = std::clamp(std::ceil(x), least, most);
  std::string text;
  gateway::json_writer(text).value(x);
  return text;
}

/// `required` may be empty: then none is.
table slots_table(dom::element slots, const std::vector<std::string>& required, bool has_required) {
  std::vector<std::string> heading{"name", "type", "range", "unit", "default"};
  if (has_required) heading.emplace_back("required");
  table rows(std::move(heading));
  dom::object members;
  if (slots.get(members) != simdjson::SUCCESS) return rows;
  for (const auto [name, schema] : members) {
    std::vector<std::string> cells{printable(name), type_of(schema), range_of(schema),
                                   plain_at(schema, "unit"), plain_at(schema, "default")};
    if (has_required) cells.emplace_back(std::ranges::count(required, name) > 0 ? "yes" : "no");
    rows.add(std::move(cells));
  }
  return rows;
}

std::string titled(const char* title, const table& rows) {
  return rows.empty() ? std::string() : '\n' + std::string(title) + '\n' + rows.text();
}

// -- actions, kinds, methods ---------------------------------------------------------------------

std::string act_line(dom::element action) {
  std::string line = "unscripted act BOT " + plain_at(action, "action");
  dom::object slots;
  if (action["params"]["properties"].get(slots) == simdjson::SUCCESS) {
    for (const auto [name, schema] : slots)
      line += ' ' + printable(name) + '=' + example_of(schema);
  }
  const auto target = text_at(action, "target");
  const bool needs_target = target != "world" && !flag_at(action, "self_only");
  return needs_target ? line + " --target ID" : line;
}

std::string aim_of(dom::element action) {
  const auto target = plain_at(action, "target");
  if (flag_at(action, "self_only")) return "the bot itself";
  return target == "world" ? "the world" : "a " + target;
}

std::string action_text(dom::element action) {
  field_list fields;
  fields.add("target", aim_of(action));
  const auto reach = plain_at(action, "reach");
  if (reach != "-") fields.add("reach", reach + " m");
  fields.add("plugin", plain_at(action, "plugin") + ' ' + plain_at(action, "version"));
  std::string text = plain_at(action, "action") + ", an action: " + plain_at(action, "summary");
  text += "\n\n" + fields.text();
  dom::element slots;
  if (action["params"]["properties"].get(slots) == simdjson::SUCCESS) {
    text += titled("arguments", slots_table(slots, {}, false));
  }
  return text + "\nExample:\n  " + act_line(action) + '\n';
}

std::string kind_text(dom::element all, dom::element kind) {
  field_list fields;
  fields.add("size", plain_at(kind, "dims") + " m");
  fields.add("solid", flag_at(kind, "solid") ? "yes: nothing else stands where it does" : "no");
  const auto name = plain_at(kind, "kind");
  std::string actions;
  for (const auto a : items_at(all, "actions")) {
    if (plain_at(a, "target") != name) continue;
    actions += (actions.empty() ? "" : ", ") + plain_at(a, "action");
  }
  if (!actions.empty()) fields.add("actions", actions);
  std::string text = name + ", a kind of thing\n\n" + fields.text();
  dom::element slots;
  if (kind["props"].get(slots) == simdjson::SUCCESS) {
    text += titled(name == "world" ? "rules" : "properties", slots_table(slots, {}, false));
  }
  const bool is_world = name == "world", is_bot = name == "bot";
  text += "\nExample:\n  unscripted ";
  if (is_world || is_bot) return text + name + " create " + (is_bot ? "--world eden\n" : "eden\n");
  return text + "thing create " + name + " --world eden\n";
}

std::string method_text(std::string_view name, dom::element method) {
  std::vector<std::string> required;
  dom::array names;
  if (method["params"]["required"].get(names) == simdjson::SUCCESS) {
    for (const auto n : names) required.push_back(plain(n));
  }
  std::string text = printable(name) + ", a method: " + plain_at(method, "summary") + '\n';
  const auto all_verbs = method_verbs();
  const auto verb = std::ranges::find(all_verbs, name, &method_verb::method);
  std::string line = "unscripted call " + printable(name);
  dom::element slots;
  if (method["params"]["properties"].get(slots) == simdjson::SUCCESS) {
    text += titled("parameters", slots_table(slots, required, true));
    for (const auto& one : required) line += ' ' + one + '=' + example_of(slots[one]);
  }
  if (verb != all_verbs.end()) text += "\nVerb: unscripted " + std::string(verb->verb) + '\n';
  text += "Role of the token, where one is required: " + plain_at(method, "role") + '\n';
  return text + "\nExample:\n  " + line + '\n';
}

}  // namespace

std::string overview_of(dom::element all) {
  table actions({"action", "target", "what it does"});
  for (const auto a : items_at(all, "actions")) {
    actions.add({plain_at(a, "action"), aim_of(a), plain_at(a, "summary")});
  }
  table kinds({"kind", "size (m)", "properties"});
  for (const auto k : items_at(all, "kinds")) {
    std::string names;
    dom::object props;
    if (k["props"].get(props) == simdjson::SUCCESS) {
      for (const auto [name, schema] : props)
        names += (names.empty() ? "" : ", ") + printable(name);
    }
    kinds.add({plain_at(k, "kind"), plain_at(k, "dims"), names.empty() ? "-" : names});
  }
  table methods({"method", "what it does"});
  dom::object members;
  if (all["methods"].get(members) == simdjson::SUCCESS) {
    for (const auto [name, m] : members) methods.add({printable(name), plain_at(m, "summary")});
  }
  return actions.text() + '\n' + kinds.text() + '\n' + methods.text() +
         "\nMore about one: unscripted describe NAME\n";
}

std::string description_of(dom::element all, std::string_view name) {
  std::string text;
  const auto add = [&](const std::string& one) { text += (text.empty() ? "" : "\n") + one; };
  for (const auto a : items_at(all, "actions"))
    if (text_at(a, "action") == name) add(action_text(a));
  for (const auto k : items_at(all, "kinds"))
    if (text_at(k, "kind") == name) add(kind_text(all, k));
  dom::object methods;
  if (all["methods"].get(methods) == simdjson::SUCCESS) {
    for (const auto [key, m] : methods)
      if (key == name) add(method_text(name, m));
  }
  return text;
}

std::string description_json(dom::element all, std::string_view name) {
  std::string out;
  gateway::json_writer json(out);
  json.begin_object().key("methods").begin_object();
  dom::object methods;
  if (all["methods"].get(methods) == simdjson::SUCCESS) {
    for (const auto [key, m] : methods)
      if (key == name) json.raw_member(key, simdjson::minify(m));
  }
  json.end_object();
  for (const auto& [list, member] : {std::pair{"kinds", "kind"}, {"actions", "action"}}) {
    json.key(list).begin_array();
    for (const auto one : items_at(all, list))
      if (text_at(one, member) == name) json.raw(simdjson::minify(one));
    json.end_array();
  }
  json.end_object();
  return out;
}

}  // namespace unscripted::cli
