#include "cli/options_reader.hpp"

#include "cli/document.hpp"
#include "gateway/json_writer.hpp"

#include <optional>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

std::optional<core::value_type> type_of(std::string_view name) {
  if (name == "number") return core::value_type::number;
  if (name == "integer") return core::value_type::integer;
  if (name == "boolean") return core::value_type::boolean;
  if (name == "text" || name == "string") return core::value_type::text;
  if (name == "thing") return core::value_type::thing;
  return std::nullopt;
}

core::value fallback_of(dom::element p, core::value_type type) {
  switch (type) {
    case core::value_type::number: return core::value::number(number_at(p, "default"));
    case core::value_type::integer:
      return core::value::integer(static_cast<std::int64_t>(number_at(p, "default")));
    case core::value_type::boolean: return core::value::boolean(flag_at(p, "default"));
    case core::value_type::text: return core::value::of_text(std::string(text_at(p, "default")));
    case core::value_type::thing: break;
  }
  const auto id = core::parse_id(text_at(p, "default"));
  return core::value::thing(id ? id->thing : core::no_thing);
}

core::parameter read_parameter(std::string_view name, dom::element p) {
  core::parameter found;
  found.name = name;
  found.unit = text_at(p, "unit");
  const bool is_thing = text_at(p, "format") == "thing";
  found.type = is_thing ? core::value_type::thing
                        : type_of(text_at(p, "type")).value_or(core::value_type::number);
  found.minimum = number_at(p, "minimum");
  found.maximum = number_at(p, found.type == core::value_type::text ? "maxLength" : "maximum");
  found.fallback = fallback_of(p, found.type);
  return found;
}

}  // namespace

std::vector<core::parameter> read_parameters(dom::element action) {
  std::vector<core::parameter> found;
  dom::element params;
  if (action["params"].get(params) != simdjson::SUCCESS) return found;

  dom::object members;
  if (params["properties"].get(members) == simdjson::SUCCESS ||
      params.get(members) == simdjson::SUCCESS) {
    for (const auto [name, p] : members) {
      if (p.is_object()) found.push_back(read_parameter(name, p));
    }
  }
  dom::array items;
  if (params.get(items) == simdjson::SUCCESS) {
    for (const auto p : items) found.push_back(read_parameter(text_at(p, "name"), p));
  }
  return found;
}

const options_reader::known_action&
options_reader::know(std::string_view kind, std::string_view name, dom::element action) {
  key_.assign(kind);
  key_.push_back('/');
  key_.append(name);
  const auto found = known_.find(key_);
  if (found != known_.end()) return found->second;
  return known_.emplace(key_, known_action{std::string(name), read_parameters(action)})
      .first->second;
}

void options_reader::add_actions(dom::element thing, std::string_view kind) {
  dom::array actions;
  if (thing["actions"].get(actions) != simdjson::SUCCESS) return;
  if (actions.begin() == actions.end()) return;
  const auto id = core::parse_id(text_at(thing, "id"));
  if (!id) return;

  for (const auto action : actions) {
    const auto& known = know(kind, text_at(action, "action"), action);
    situation_.options.push_back({id->thing, &known.name, &known.parameters});
  }
}

const situation& options_reader::read(dom::element perception) {
  situation_.options.clear();
  situation_.age = 0;
  dom::element self, world;
  if (perception["self"].get(self) != simdjson::SUCCESS) return situation_;
  if (perception["world"].get(world) != simdjson::SUCCESS) return situation_;
  dom::element props;
  if (self["props"].get(props) == simdjson::SUCCESS) situation_.age = count_at(props, "age");

  add_actions(self, "bot");
  add_actions(world, "world");
  dom::array things;
  if (perception["things"].get(things) != simdjson::SUCCESS) return situation_;
  for (const auto thing : things) add_actions(thing, text_at(thing, "kind"));
  return situation_;
}

void append_value(std::string& out, const core::value& x, core::world_number world) {
  gateway::json_writer json(out);
  switch (x.type) {
    case core::value_type::number: json.value(x.as_number()); return;
    case core::value_type::integer: json.value(x.as_integer()); return;
    case core::value_type::boolean: json.value(x.as_boolean()); return;
    case core::value_type::text: json.value(x.text); return;
    case core::value_type::thing: break;
  }
  if (x.bits == core::no_thing) {
    json.null();
  } else {
    json.value(core::to_string({world, x.bits}));
  }
}

}  // namespace unscripted::cli
