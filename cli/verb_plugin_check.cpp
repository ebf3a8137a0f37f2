// `plugin check`: what a server would say to a plugin, without one.

#include "cli/host.hpp"
#include "cli/table.hpp"
#include "cli/verb.hpp"
#include "core/show.hpp"
#include "gateway/json_writer.hpp"
#include "plugins/loader.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace unscripted::cli {

namespace {

namespace fs = std::filesystem;

struct check_options {
  std::string file;
  std::vector<std::string> folders;
  bool json = false;
};

/// What came of it: the plugin, or the line that refuses it.
struct verdict {
  plugins::loaded_ptr plugin;         // null where it is not right in itself
  std::string refusal;                // empty where it is taken
  std::vector<std::string> left_out;  // lines about other plugins that are not taken beside it
};

verdict judge(const check_options& options) {
  auto plugin = plugins::inspect(options.file);
  if (!plugin) return {nullptr, plugin.why().message, {}};
  std::vector<fs::path> folders(options.folders.begin(), options.folders.end());
  std::error_code ignored;
  if (fs::is_directory(shipped_plugins(), ignored)) folders.push_back(shipped_plugins());
  auto others = plugins::load(folders);
  if (!others) throw failed(others.why().message);

  auto all = std::move(others->plugins);
  std::erase_if(all, [&](const auto& p) { return p->identity.id == (*plugin)->identity.id; });
  all.push_back(*plugin);
  const auto together = plugins::assemble(all);
  verdict out{*plugin, {}, std::move(others->refusals)};
  const bool is_taken = std::ranges::find(together.plugins, *plugin) != together.plugins.end();
  const auto ours = (*plugin)->file + ": ";
  for (const auto& line : together.refusals) {
    const bool is_ours = !is_taken && out.refusal.empty() && line.starts_with(ours);
    if (is_ours) out.refusal = line;
    else out.left_out.push_back(line);
  }
  return out;
}

// -- as text --------------------------------------------------------------------------------------

std::string range_of(const core::parameter& p) {
  using core::value_type;
  std::string out = core::to_string(p.type);
  if (p.type == value_type::text) return out + ", up to " + core::show(p.maximum) + " bytes";
  if (p.type == value_type::boolean) return out + (p.fallback.as_boolean() ? ", else true" : "");
  if (p.type == value_type::thing) return out;
  const bool is_number = p.type == value_type::number;
  const auto fallback =
      is_number ? p.fallback.as_number() : static_cast<double>(p.fallback.as_integer());
  out += " in [" + core::show(p.minimum) + ", " + core::show(p.maximum) + "]";
  if (!p.unit.empty()) out += " " + p.unit;
  return out + ", else " + core::show(fallback);
}

std::string text_of(const plugins::loaded& plugin) {
  field_list fields;
  fields.add("plugin", plugin.identity.id + " " + plugin.identity.version);
  fields.add("hash", plugin.identity.hash);
  for (const auto& k : plugin.kinds) {
    std::string what = k.extends ? "more properties" : k.what.solid ? "solid" : "not solid";
    for (const auto& p : k.what.properties)
      what += "; " + p.name + " (" + core::to_string(p.type) + ")";
    fields.add("kind " + k.what.name, what);
  }
  for (const auto& a : plugin.actions) {
    fields.add("action " + a.what.name, "on " + a.target + ": " + a.what.summary);
    for (const auto& p : a.what.parameters) fields.add("  " + p.name, range_of(p));
  }
  for (const auto& r : plugin.rules) fields.add("rule " + r.what.name, r.what.summary);
  return fields.text();
}

// -- as JSON --------------------------------------------------------------------------------------

void write_value(gateway::json_writer& json, const core::value& x) {
  switch (x.type) {
    case core::value_type::number: json.value(x.as_number()); break;
    case core::value_type::integer: json.value(x.as_integer()); break;
    case core::value_type::boolean: json.value(x.as_boolean()); break;
    case core::value_type::text: json.value(x.text); break;
    case core::value_type::thing: json.null(); break;
  }
}

template <class Field>
void write_fields(gateway::json_writer& json, std::string_view name,
                  const std::vector<Field>& fields) {
  json.key(name).begin_array();
  for (const auto& f : fields) {
    json.begin_object().member("name", f.name).member("type", core::to_string(f.type));
    json.member("unit", f.unit).member("minimum", f.minimum).member("maximum", f.maximum);
    json.key("default");
    write_value(json, f.fallback);
    json.end_object();
  }
  json.end_array();
}

void write_plugin(gateway::json_writer& json, const plugins::loaded& plugin) {
  json.member("id", plugin.identity.id).member("version", plugin.identity.version);
  json.member("hash", plugin.identity.hash).key("kinds").begin_array();
  for (const auto& k : plugin.kinds) {
    json.begin_object().member("name", k.what.name).member("extends", k.extends);
    write_fields(json, "properties", k.what.properties);
    json.end_object();
  }
  json.end_array().key("actions").begin_array();
  for (const auto& a : plugin.actions) {
    json.begin_object().member("name", a.what.name).member("target", a.target);
    json.member("summary", a.what.summary).member("reach", core::to_metres(a.what.reach));
    json.member("self_only", a.what.self_only);
    write_fields(json, "parameters", a.what.parameters);
    json.end_object();
  }
  json.end_array().key("rules").begin_array();
  for (const auto& r : plugin.rules) {
    json.begin_object().member("name", r.what.name).member("summary", r.what.summary).end_object();
  }
  json.end_array();
}

std::string json_of(const check_options& options, const verdict& v) {
  std::string out;
  gateway::json_writer json(out);
  json.begin_object().member("ok", v.refusal.empty());
  json.member("file", fs::path(options.file).filename().string());
  if (v.plugin) write_plugin(json, *v.plugin);
  if (!v.refusal.empty()) json.member("refusal", v.refusal);
  json.key("left_out").begin_array();
  for (const auto& line : v.left_out) json.value(line);
  json.end_array().end_object();
  return out;
}

int check(const check_options& options) {
  const auto v = judge(options);
  if (options.json) {
    std::puts(json_of(options, v).c_str());
    return v.refusal.empty() ? exit_ok : exit_refused;
  }
  for (const auto& line : v.left_out) std::fprintf(stderr, "not beside it: %s\n", line.c_str());
  if (!v.refusal.empty()) throw failed(v.refusal);
  std::printf("OK %s\n%s", v.plugin->file.c_str(), text_of(*v.plugin).c_str());
  return exit_ok;
}

}  // namespace

void add_plugin_check(CLI::App& group, chosen_verb& chosen) {
  auto* verb = add_verb(group, "check", "Say what a server would say to a plugin",
                        "unscripted plugin check build/jump.so\n\n"
                        "It is tried together with the plugins that come with the program; one of "
                        "the same id\nmakes room for it. Ends with 1 where it is refused.");
  auto o = std::make_shared<check_options>();
  verb->add_option("file", o->file, "The library")->required()->type_name("FILE");
  verb->add_option("--plugins", o->folders,
                   "Folder of more plugins that it is to live with; may be "
                   "repeated")
      ->type_name("DIR")
      ->allow_extra_args(false);
  add_json_option(*verb, o->json);
  verb->callback([o, &chosen] { chosen = [o] { return check(*o); }; });
}

}  // namespace unscripted::cli
