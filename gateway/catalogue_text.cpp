#include "gateway/catalogue_text.hpp"

#include "core/ids.hpp"
#include "gateway/json_writer.hpp"

#include <atomic>

namespace unscripted::gateway {

namespace {

using core::value_type;

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

const char* schema_type(value_type type) {
  switch (type) {
    case value_type::number: return "number";
    case value_type::integer: return "integer";
    case value_type::boolean: return "boolean";
    case value_type::text:
    case value_type::thing: break;
  }
  return "string";
}

void write_default(json_writer& json, const core::value& v) {
  switch (v.type) {
    case value_type::number: json.member("default", v.as_number()); return;
    case value_type::integer: json.member("default", v.as_integer()); return;
    case value_type::boolean: json.member("default", v.as_boolean()); return;
    case value_type::text: json.member("default", v.text); return;
    case value_type::thing: return;  // has no meaning outside its world
  }
}

// The limit of integers and lengths. In a history made elsewhere it may be beyond them.
void write_limit(json_writer& json, std::string_view name, double x) {
  // cppcheck-suppress incorrectLogicOperator; it cannot read 0x1p63
  if (x >= -0x1p63 && x < 0x1p63) json.member(name, static_cast<std::int64_t>(x));
  else json.member(name, x);
}

// A property or a parameter as JSON Schema, with its unit.
template <class Slot>
void write_schema(json_writer& json, const Slot& p) {
  json.begin_object().member("type", schema_type(p.type));
  if (p.type == value_type::thing) json.member("format", "thing");
  if (!p.unit.empty()) json.member("unit", p.unit);
  if (p.type == value_type::number) json.member("minimum", p.minimum).member("maximum", p.maximum);
  if (p.type == value_type::integer) {
    write_limit(json, "minimum", p.minimum);
    write_limit(json, "maximum", p.maximum);
  }
  if (p.type == value_type::text) write_limit(json, "maxLength", p.maximum);
  write_default(json, p.fallback);
  json.end_object();
}

void write_params(json_writer& json, const core::action& a) {
  json.begin_object();
  for (const core::parameter& p : a.parameters) write_schema(json.key(p.name), p);
  json.end_object();
}

}  // namespace

catalogue_text::catalogue_text(core::catalogue_ptr catalogue)
  : catalogue_(std::move(catalogue)), number_(next_number()) {
  const auto& kinds = catalogue_->kinds();
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const auto index = static_cast<core::kind_index>(i);
    own_.push_back(list_actions(index, true));
    offered_.push_back(list_actions(index, false));
    append_json_text(names_.emplace_back(), kinds[i].name);
    auto& keys = keys_.emplace_back();
    for (const core::property& p : kinds[i].properties) {
      append_json_text(keys.emplace_back(), p.name);
      keys.back().push_back(':');
    }
  }
}

std::string catalogue_text::list_actions(core::kind_index kind, bool self) const {
  std::string text;
  json_writer json{text};
  json.begin_array();
  for (const core::action_index i : catalogue_->kinds()[kind].actions) {
    const core::action& a = catalogue_->actions()[i];
    if (a.self_only && !self) continue;
    json.begin_object().member("action", a.name).key("params");
    write_params(json, a);
    json.end_object();
  }
  json.end_array();
  return text;
}

std::string catalogue_text::describe_kinds() const {
  std::string text;
  json_writer json{text};
  json.begin_array();
  for (const core::kind& k : catalogue_->kinds()) {
    json.begin_object().member("kind", k.name).member("solid", k.solid).key("dims").begin_array();
    for (const core::micrometres size : {k.dims.x, k.dims.y, k.dims.z})
      json.value(core::to_metres(size));
    json.end_array().key("props").begin_object();
    for (const core::property& p : k.properties) write_schema(json.key(p.name), p);
    json.end_object().end_object();
  }
  json.end_array();
  return text;
}

std::string catalogue_text::describe_actions() const {
  std::string text;
  json_writer json{text};
  json.begin_array();
  for (const core::action& a : catalogue_->actions()) {
    const core::plugin& from = catalogue_->plugins()[a.plugin];
    json.begin_object().member("action", a.name);
    json.member("target", catalogue_->kinds()[a.target].name).member("summary", a.summary);
    json.member("self_only", a.self_only);
    if (a.target != core::world_kind) json.member("reach", core::to_metres(a.reach));
    json.key("params").begin_object().member("type", "object").key("properties");
    write_params(json, a);
    json.member("additionalProperties", false).end_object();
    json.member("plugin", from.id).member("version", from.version).end_object();
  }
  json.end_array();
  return text;
}

}  // namespace unscripted::gateway
