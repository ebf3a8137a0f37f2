#include "gateway/plugin_json.hpp"

#include "core/show.hpp"
#include "gateway/json_writer.hpp"
#include "plugins/crash_note.hpp"

#include <algorithm>

namespace unscripted::gateway {

namespace {

void write_identity(json_writer& json, const core::plugin& p) {
  json.member("id", p.id).member("version", p.version).member("hash", p.hash);
}

void write_parts(json_writer& json, const plugins::loaded& p) {
  json.key("kinds").begin_array();
  for (const auto& k : p.kinds)
    if (!k.extends) json.value(k.what.name);
  json.end_array().key("actions").begin_array();
  for (const auto& a : p.actions) json.value(a.target + "." + a.what.name);
  json.end_array().key("rules").begin_array();
  for (const auto& r : p.rules) json.value(r.what.name);
  json.end_array();
}

void write_counts(json_writer& json, const plugins::counts& c) {
  json.member("calls", c.calls).member("refusals", c.refusals).member("faults", c.faults);
  json.member("mean_ns", c.mean_ns).member("p99_ns", c.p99_ns);
}

// The mean of all, and the worst of the p99: that of the function to look at.
void write_counts(json_writer& json, const plugins::loaded& p) {
  const auto all = plugins::count(p);
  plugins::counts sum;
  std::uint64_t time_ns = 0;
  for (const auto& f : all) {
    sum.calls += f.so_far.calls;
    sum.refusals += f.so_far.refusals;
    sum.faults += f.so_far.faults;
    sum.p99_ns = std::max(sum.p99_ns, f.so_far.p99_ns);
    time_ns += f.so_far.calls * f.so_far.mean_ns;
  }
  sum.mean_ns = sum.calls ? time_ns / sum.calls : 0;
  write_counts(json, sum);
  json.key("functions").begin_array();
  for (const auto& f : all) {
    json.begin_object().member("name", f.name).member("rule", f.is_rule);
    write_counts(json, f.so_far);
    json.end_object();
  }
  json.end_array();
}

void write_plugin(json_writer& json, const plugins::loaded& p,
                  const plugin_registry::state& present) {
  json.begin_object();
  write_identity(json, p.identity);
  json.member("file", p.file);
  const aside_note* aside = present.aside_of(p.identity);
  json.member("set_aside", aside != nullptr);
  if (aside) json.member("why", aside->why);
  write_parts(json, p);
  write_counts(json, p);
}

void write_thing(json_writer& json, std::string_view key, core::world_number world,
                 core::serial thing) {
  json.member(key, core::to_string(core::thing_id{world, thing}));
}

void write_trial(json_writer& json, const plugin_registry::trial& t) {
  const auto report = t.shadow->so_far();
  json.begin_object();
  write_identity(json, t.plugin->identity);
  json.member("commands", report.wanted).member("decided", report.decided);
  json.member("different", report.different);
  if (report.first) {
    const auto& first = *report.first;
    json.key("first").begin_object();
    write_thing(json, "world", first.world, core::world_serial);
    json.member("seq", first.seq).member("tick", first.tick).member("action", first.deed);
    if (first.what.thing != core::no_thing)
      write_thing(json, "thing", first.world, first.what.thing);
    json.member("property", first.what.what).member("present", first.what.expected);
    json.member("tried", first.what.found).end_object();
  }
  json.end_object();
}

}  // namespace

std::string plugins_json(const plugin_registry& registry, const plugin_watch& watch) {
  const auto present = registry.present();
  const plugin_folder* own = registry.own();
  const auto crashes = own ? plugins::read_crashes(own->crashes()) : std::vector<plugins::crash>{};
  const auto running = watch.long_calls();
  std::string result;
  json_writer json{result};
  json.begin_object().key("items").begin_array();
  for (const auto& p : present->assembly.plugins) {
    write_plugin(json, *p, *present);
    const auto is_its = [&](const auto& c) { return c.hash == p->identity.hash; };
    json.member("crashes", std::ranges::count_if(crashes, is_its));
    const auto stuck = std::ranges::find_if(running, is_its);
    if (stuck != running.end()) {
      json.key("running").begin_object().member("function", stuck->function);
      json.member("ms", stuck->time.count()).end_object();
    }
    json.end_object();
  }
  json.end_array().key("refused").begin_array();
  for (const std::string& line : present->assembly.refusals) json.value(line);
  json.end_array();
  if (own) json.member("incoming", std::filesystem::absolute(own->incoming()).string());
  if (present->beside) write_trial(json.key("beside"), *present->beside);
  json.end_object();
  return result;
}

std::string change_json(const plugin_registry& registry, const plugin_change& change) {
  const auto present = registry.present();
  std::string result;
  json_writer json{result};
  json.begin_object();
  write_plugin(json.key("plugin"), *change.plugin, *present);
  json.end_object();
  if (change.replaced) {
    json.key("replaced").begin_object();
    write_identity(json, *change.replaced);
    json.end_object();
  }
  json.key("worlds").begin_array();
  for (const auto& v : change.worlds) {
    json.begin_object();
    write_thing(json, "world", v.world, core::world_serial);
    if (v.seq) json.member("seq", v.seq);
    if (!v.trouble.empty()) json.member("error", v.trouble);
    json.end_object();
  }
  json.end_array().end_object();
  return result;
}

}  // namespace unscripted::gateway
