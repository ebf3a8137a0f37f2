// Reads a plugin's tables: copies every text, checks every field. Nothing of it is trusted, but
// that pointers and counts that are not refused here are what abi.h says they are.
#include "core/show.hpp"
#include "core/thing.hpp"
#include "plugins/library.hpp"
#include "plugins/loader.hpp"
#include "plugins/words.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace unscripted::plugins {

namespace {

using core::value_type;

constexpr std::uint32_t entries_max = 256;  // of each table
constexpr std::size_t summary_bytes_max = 200;

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw refusal{where.empty() ? why : where + ": " + why};
}

std::string number_of(const char* what, std::uint32_t index) {
  return std::string(what) + " " + std::to_string(index + 1);
}

// -- tables ---------------------------------------------------------------------------------------

void check_table(const void* table, std::uint32_t count, const std::string& where) {
  if (count > entries_max)
    refuse(where, std::to_string(count) + " entries; at most " + std::to_string(entries_max) +
                      " are taken, so the count is probably wrong");
  if (count > 0 && !table)
    refuse(where, "the table is null, its count is " + std::to_string(count) + "; give both");
}

// Entries may be longer than the engine knows: they follow each other at their own size.
template <class Entry>
std::vector<Entry> copy_table(const Entry* table, std::uint32_t count, const std::string& where) {
  check_table(table, count, where);
  std::vector<Entry> out(count);
  const auto* bytes = reinterpret_cast<const unsigned char*>(table);
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t size = 0;
    std::memcpy(&size, bytes, sizeof size);
    if (size < sizeof(Entry) || size > 4096)
      refuse(where, "struct_size of entry " + std::to_string(i + 1) + " is " +
                        std::to_string(size) + ", at least " + std::to_string(sizeof(Entry)) +
                        " is needed; set it to sizeof");
    std::memcpy(&out[i], bytes, sizeof(Entry));
    bytes += size;
  }
  return out;
}

// -- texts ----------------------------------------------------------------------------------------

std::string name_in(const char* text, const std::string& where) {
  if (!text) refuse(where, "its name is null; give it one");
  if (!is_name(text))
    refuse(where, "its name " + quote(text) +
                      " is not one; use a-z, 0-9 and _, beginning with a letter, at most 32");
  return text;
}

std::string summary_in(const char* text, const std::string& where) {
  if (!text || !*text) refuse(where, "it has no summary; say in one sentence what it does");
  const std::string_view line = text;
  if (line.size() > summary_bytes_max || !is_line(line))
    refuse(where, "its summary must be one line of UTF-8 of at most " +
                      std::to_string(summary_bytes_max) + " bytes");
  return text;
}

// -- parameters and properties --------------------------------------------------------------------

void check_range(const uns_param& p, const std::string& where) {
  for (const auto& [what, x] : {std::pair{"minimum", p.minimum}, std::pair{"maximum", p.maximum},
                                std::pair{"fallback", p.fallback}})
    if (!std::isfinite(x)) refuse(where, std::string(what) + " is not finite; give a number");
  if (p.minimum > p.maximum)
    refuse(where, "minimum " + core::show(p.minimum) + " is above maximum " +
                      core::show(p.maximum) + "; swap them");
  if (p.fallback < p.minimum || p.fallback > p.maximum)
    refuse(where, "fallback " + core::show(p.fallback) + " is outside " + core::show(p.minimum) +
                      " to " + core::show(p.maximum) + "; choose one inside");
}

void check_whole(const uns_param& p, const std::string& where) {
  constexpr double whole_max = 9007199254740992;
  for (const double x : {p.minimum, p.maximum, p.fallback})
    if (x != std::trunc(x) || std::abs(x) > whole_max)
      refuse(where, core::show(x) + " is not whole or beyond 2^53; it is an integer");
}

core::value text_fallback(const uns_param& p, const std::string& where) {
  const std::string text = p.text ? p.text : "";
  if (p.maximum != std::trunc(p.maximum) || !(p.maximum >= 0 && p.maximum <= core::text_bytes_max))
    refuse(where, "maximum " + core::show(p.maximum) + " is not a length in bytes; 0 to " +
                      std::to_string(core::text_bytes_max) + " are allowed");
  if (static_cast<double>(text.size()) > p.maximum || !is_line(text))
    refuse(where, "the fallback must be one line of UTF-8, no longer than maximum");
  return core::value::of_text(text);
}

core::value fallback_of(const uns_param& p, const std::string& where) {
  switch (static_cast<value_type>(p.type)) {
    case value_type::number: return check_range(p, where), core::value::number(p.fallback);
    case value_type::integer:
      check_range(p, where);
      check_whole(p, where);
      return core::value::integer(static_cast<std::int64_t>(p.fallback));
    case value_type::boolean:
      if (p.fallback != 0 && p.fallback != 1)
        refuse(where, "fallback " + core::show(p.fallback) + " is no boolean; choose 0 or 1");
      return core::value::boolean(p.fallback != 0);
    case value_type::text: return text_fallback(p, where);
    case value_type::thing: return core::value::thing(core::no_thing);
  }
  refuse(where,
         "type " + std::to_string(p.type) + " is none; choose UNS_NUMBER (1) to UNS_THING (5)");
}

// What parameters and properties have in common, into either of the two.
template <class Field>
Field read_field(const uns_param& p, const std::string& name, const std::string& where) {
  if (p.flags != 0) refuse(where, "flags are reserved; set them to 0");
  if (!p.unit || !is_unit(p.unit))
    refuse(where, "its unit must be at most 16 visible characters, \"\" for none");
  Field out;
  out.name = name;
  out.unit = p.unit;
  out.fallback = fallback_of(p, where);
  out.type = out.fallback.type;
  const bool ranged = out.type == value_type::number || out.type == value_type::integer;
  out.minimum = ranged ? p.minimum : 0;
  out.maximum = ranged || out.type == value_type::text ? p.maximum
                                                       : (out.type == value_type::boolean ? 1 : 0);
  return out;
}

template <class Field>
void add_field(std::vector<Field>& fields, Field field, const std::string& where) {
  for (const Field& other : fields)
    if (other.name == field.name) refuse(where, "it is there twice; rename one");
  fields.push_back(std::move(field));
}

std::vector<core::parameter> read_parameters(const uns_action& a, const std::string& where) {
  if (a.param_count > core::parameters_max)
    refuse(where, std::to_string(a.param_count) + " parameters; at most " +
                      std::to_string(core::parameters_max) + " are possible");
  check_table(a.params, a.param_count, where + ": parameters");
  std::vector<core::parameter> out;
  for (std::uint32_t i = 0; i < a.param_count; ++i) {
    const uns_param& p = a.params[i];
    const std::string name = name_in(p.name, where + ": " + number_of("parameter", i));
    const std::string here = where + ": parameter " + quote(name);
    add_field(out, read_field<core::parameter>(p, name, here), here);
  }
  return out;
}

std::vector<core::property> read_properties(const uns_kind& k, const std::string& where) {
  check_table(k.properties, k.property_count, where + ": properties");
  std::vector<core::property> out;
  for (std::uint32_t i = 0; i < k.property_count; ++i) {
    const uns_property& p = k.properties[i];
    const bool is_private = p.name && is_property_name(p.name) && p.name[0] == '_';
    const std::string name =
        is_private ? std::string(p.name) : name_in(p.name, where + ": " + number_of("property", i));
    const std::string here = where + ": property " + quote(name);
    add_field(out, read_field<core::property>(p, name, here), here);
  }
  return out;
}

// -- kinds, actions, rules, uses ------------------------------------------------------------------

core::micrometres length(double metres, const char* what, const std::string& where) {
  if (!(metres > 0 && metres <= core::metres_max))
    refuse(where, std::string(what) + " " + core::show(metres) + " m is none; above 0, at most " +
                      core::show(core::metres_max));
  return core::from_metres(metres);
}

loaded::kind read_kind(const uns_kind& k, std::uint32_t index) {
  loaded::kind out;
  out.what.name = name_in(k.name, number_of("kind", index));
  const std::string where = "kind " + quote(out.what.name);
  if (k.flags > (UNS_KIND_EXTENDS | UNS_KIND_SOLID))
    refuse(where, "flags " + std::to_string(k.flags) + " are unknown; use UNS_KIND_... only");
  out.extends = (k.flags & UNS_KIND_EXTENDS) != 0;
  out.what.solid = (k.flags & UNS_KIND_SOLID) != 0;
  if (!out.extends)
    out.what.dims = {length(k.width, "width", where), length(k.height, "height", where),
                     length(k.depth, "depth", where)};
  out.what.properties = read_properties(k, where);
  return out;
}

loaded::action read_action(const uns_action& a, std::uint32_t index) {
  loaded::action out;
  out.what.name = name_in(a.name, number_of("action", index));
  const std::string where = "action " + quote(out.what.name);
  out.target = name_in(a.target_kind, where + ": target kind");
  if (a.flags > UNS_ACTION_SELF)
    refuse(where, "flags " + std::to_string(a.flags) + " are unknown; use UNS_ACTION_SELF or 0");
  out.what.self_only = (a.flags & UNS_ACTION_SELF) != 0;
  if (out.what.self_only && out.target != "bot")
    refuse(where, "aimed at the agent itself, but its target kind is " + quote(out.target) +
                      "; only a `bot` acts");
  out.what.summary = summary_in(a.summary, where);
  if (a.reach != 0) out.what.reach = length(a.reach, "reach", where);
  if (!a.apply) refuse(where, "apply is null; give the function that does it");
  out.apply = a.apply;
  out.what.parameters = read_parameters(a, where);
  return out;
}

loaded::rule read_rule(const uns_rule& r, std::uint32_t index) {
  loaded::rule out;
  out.what.name = name_in(r.name, number_of("rule", index));
  const std::string where = "rule " + quote(out.what.name);
  if (r.flags != 0) refuse(where, "flags are reserved; set them to 0");
  out.what.summary = summary_in(r.summary, where);
  if (!r.after_action && !r.at_tick) refuse(where, "it has no hooks; set after_action or at_tick");
  out.after_action = r.after_action;
  out.at_tick = r.at_tick;
  return out;
}

loaded::use read_use(const uns_property_ref& u, std::uint32_t index) {
  const std::string where = number_of("use", index);
  loaded::use out;
  out.kind = name_in(u.kind, where + ": kind");
  if (!u.name || !is_property_name(u.name)) refuse(where + ": property", "it has no valid name");
  out.name = u.name;
  if (u.type < UNS_NUMBER || u.type > UNS_THING)
    refuse(where,
           "type " + std::to_string(u.type) + " is none; choose UNS_NUMBER (1) to UNS_THING (5)");
  out.type = static_cast<value_type>(u.type);
  return out;
}

// -- the plugin -----------------------------------------------------------------------------------

std::string abi(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

void check_version(const uns_plugin& p) {
  const std::string both = "made for ABI " + abi(p.abi_major, p.abi_minor) + ", this engine has " +
                           abi(UNS_ABI_MAJOR, UNS_ABI_MINOR);
  if (p.abi_major != UNS_ABI_MAJOR) refuse("", both + "; build it anew with this engine's abi.h");
  if (p.abi_minor > UNS_ABI_MINOR)
    refuse("", both + "; take a newer engine, or build it anew with this one's abi.h");
  if (p.struct_size < sizeof(uns_plugin))
    refuse("", "struct_size is " + std::to_string(p.struct_size) + ", at least " +
                   std::to_string(sizeof(uns_plugin)) + " is needed; set it to sizeof(uns_plugin)");
}

core::plugin read_identity(const uns_plugin& p, std::string hash) {
  if (!p.id || !is_plugin_id(p.id))
    refuse("id " + quote(p.id ? p.id : ""), "not a dotted name; write one like `org.example.fly`");
  if (!p.version || !is_version(p.version))
    refuse("version " + quote(p.version ? p.version : ""), "not a version; write one like `1.0.0`");
  return {p.id, p.version, std::move(hash)};
}

// Within one plugin; what two plugins bring alike is found when they are fitted together.
template <class Part, class Key>
void check_once(const std::vector<Part>& parts, const char* what, Key key_of) {
  for (auto part = parts.begin(); part != parts.end(); ++part)
    for (auto other = parts.begin(); other != part; ++other)
      if (key_of(*part) == key_of(*other))
        refuse(what + (" " + quote(part->what.name)), "it is there twice; rename one");
}

void read_tables(const uns_plugin& p, loaded& out) {
  std::uint32_t i = 0;
  for (const uns_kind& k : copy_table(p.kinds, p.kind_count, "kinds"))
    out.kinds.push_back(read_kind(k, i++));
  i = 0;
  for (const uns_action& a : copy_table(p.actions, p.action_count, "actions"))
    out.actions.push_back(read_action(a, i++));
  i = 0;
  for (const uns_rule& r : copy_table(p.rules, p.rule_count, "rules"))
    out.rules.push_back(read_rule(r, i++));
  check_table(p.uses, p.use_count, "uses");
  for (i = 0; i < p.use_count; ++i) out.uses.push_back(read_use(p.uses[i], i));
}

loaded_ptr read_plugin(const library& lib, const std::filesystem::path& file) {
  check_version(*lib.exported);
  auto out = std::make_shared<loaded>();
  out->file = file.filename().string();
  out->path = file;
  out->identity = read_identity(*lib.exported, lib.hash);
  read_tables(*lib.exported, *out);
  check_once(out->actions, "action", [](const loaded::action& a) {
    return std::pair{a.target, a.what.name};
  });
  check_once(out->rules, "rule", [](const loaded::rule& r) { return r.what.name; });
  return out;
}

// `read` gives the plugin, or throws why it is refused.
template <class Read>
core::result<loaded_ptr> inspected(const std::filesystem::path& file, Read read) {
  const std::string name = to_line(file.filename().string(), 64);
  try {
    return read();
  } catch (const refusal& r) {
    return core::problem{core::errc::invalid_params, name + ": " + r.why, {}}.with("file", name);
  }
}

}  // namespace

core::result<loaded_ptr> inspect(const std::filesystem::path& file) {
  return inspected(file, [&] { return read_plugin(open_library(file), file); });
}

core::result<loaded_ptr> inspect(const library& mapped, const std::filesystem::path& file) {
  return inspected(file, [&] { return read_plugin(mapped, file); });
}

loaded_ptr with_own_counters(const loaded& plugin) {
  auto out = std::make_shared<loaded>(plugin);
  for (loaded::action& a : out->actions) a.count = std::make_shared<counters>();
  for (loaded::rule& r : out->rules) r.count = std::make_shared<counters>();
  return out;
}

std::vector<plugin_counters> count(const loaded& plugin) {
  std::vector<plugin_counters> out;
  for (const loaded::action& a : plugin.actions)
    out.push_back({a.what.name, false, a.count->sum()});
  for (const loaded::rule& r : plugin.rules) out.push_back({r.what.name, true, r.count->sum()});
  return out;
}

}  // namespace unscripted::plugins
