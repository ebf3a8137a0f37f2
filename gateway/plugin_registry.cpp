#include "gateway/plugin_registry.hpp"

#include "plugins/crash_note.hpp"
#include "plugins/words.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <set>

namespace unscripted::gateway {

namespace {

namespace fs = std::filesystem;
using core::errc;
using core::problem;

// A world that takes longer stands still: in a plugin's call that does not return.
constexpr std::chrono::seconds patience{30};

std::set<std::string> ids_aside(const std::vector<plugins::loaded_ptr>& all,
                                const std::vector<aside_note>& notes) {
  std::set<std::string> ids;
  for (const auto& p : all)
    for (const aside_note& n : notes)
      if (n.holds_for(p->identity.id, p->identity.hash)) ids.insert(p->identity.id);
  return ids;
}

bool has(const plugins::assembly& a, const std::string& id) {
  return std::ranges::any_of(a.plugins, [&](const auto& p) { return p->identity.id == id; });
}

// The line in which assemble() says why, or one of our own.
problem left_out(const plugins::loaded& fresh, const plugins::assembly& tried) {
  const std::string& why = tried.refusals.empty() ? fresh.file : tried.refusals.front();
  return problem{errc::conflict, "plugin refused: " + why, {}}.with("plugin", fresh.identity.id);
}

problem not_one(const std::string& name, bool is_none) {
  const std::string line = plugins::to_line(name, 64);
  return problem{is_none ? errc::not_found : errc::conflict,
                 (is_none ? "no plugin `" : "more than one plugin `") + line +
                     "`; name it by its id (plugin list shows them)",
                 {}}
      .with("plugin", line);
}

problem stuck() {
  return {errc::busy,
          "a world has not answered for 30 s: a plugin's call there does not return (plugin list "
          "names it); the worlds that answered have changed",
          {}};
}

bool is_in(const fs::path& file, const std::vector<fs::path>& folders) {
  return std::ranges::any_of(
      folders, [&](const fs::path& folder) { return folder / file.filename() == file; });
}

// Decides as these do, but nothing of it is held against the plugins that live.
core::catalogue_ptr uncounted(const plugins::assembly& a) {
  std::vector<plugins::loaded_ptr> all;
  for (const auto& p : a.plugins) all.push_back(plugins::with_own_counters(*p));
  return plugins::assemble(std::move(all), {a.set_aside.begin(), a.set_aside.end()}).catalogue;
}

std::string last_part(const std::string& id) { return id.substr(id.rfind('.') + 1); }

/// What the worlds will have answered.
struct waiting {
  std::promise<std::vector<actors::plugin_verdict>> promise;

  static std::pair<std::future<std::vector<actors::plugin_verdict>>,
                   actors::engine::verdicts_handler>
  make() {
    auto shared = std::make_shared<waiting>();
    return {shared->promise.get_future(), [shared](std::vector<actors::plugin_verdict> all) {
              shared->promise.set_value(std::move(all));
            }};
  }
};

}  // namespace

const aside_note* plugin_registry::state::aside_of(const core::plugin& p) const {
  for (const aside_note& n : aside)
    if (n.holds_for(p.id, p.hash)) return &n;
  return nullptr;
}

plugin_registry::plugin_registry(registry_options options)
  : options_(std::move(options)),
    builds_(options_.data.empty() ? fs::path{} : plugin_folder::builds(options_.data)) {}

core::result<std::unique_ptr<plugin_registry>> plugin_registry::open(registry_options options) {
  std::unique_ptr<plugin_registry> made(new plugin_registry(std::move(options)));
  std::vector<fs::path> folders = made->options_.folders;
  state first;
  if (!made->options_.data.empty() && !made->options_.is_archive) {
    auto own = plugin_folder::make(made->options_.data);
    if (!own) return own.why();
    made->own_ = std::move(*own);
    made->own_->clear_incoming();
    folders.insert(folders.begin(), made->own_->path());
    first.aside = made->own_->read_set_aside();
    made->judge_crashes(first.aside);
  }
  auto loaded = plugins::load(folders);
  if (!loaded) return loaded.why();
  first.assembly = std::move(*loaded);
  const auto ids = ids_aside(first.assembly.plugins, first.aside);
  if (!ids.empty()) {
    auto refusals = std::move(first.assembly.refusals);
    first.assembly = plugins::assemble(std::move(first.assembly.plugins), ids);
    first.assembly.refusals.insert(first.assembly.refusals.begin(), refusals.begin(),
                                   refusals.end());
  }
  for (const auto& p : first.assembly.plugins) made->keep_build(p);
  made->present_ = std::make_shared<const state>(std::move(first));
  return made;
}

void plugin_registry::keep_build(const plugins::loaded_ptr& build) {
  if (const auto why = builds_.keep(build, own_.has_value())) options_.warn(why->message);
}

// A build that ended the process so often is not let near a world again, until its owner says so.
void plugin_registry::judge_crashes(std::vector<aside_note>& notes) const {
  std::map<std::pair<std::string, std::string>, std::size_t> crashes;
  for (const plugins::crash& c : plugins::read_crashes(own_->crashes())) ++crashes[{c.id, c.hash}];
  bool is_new = false;
  for (const auto& [build, count] : crashes) {
    const std::string &id = build.first, &hash = build.second;
    if (count < crashes_max) continue;
    const auto holds = [&](const aside_note& n) { return n.holds_for(id, hash); };
    if (std::ranges::any_of(notes, holds)) continue;
    notes.push_back({id, hash, "ended the process " + std::to_string(count) + " times"});
    is_new = true;
    options_.warn("plugin " + id + " is set aside: it ended the process " + std::to_string(count) +
                  " times; load a mended build of it");
  }
  if (!is_new) return;
  if (const auto why = own_->write_set_aside(notes)) options_.warn(why->message);
}

// -- deciding again ------------------------------------------------------------------------------

core::catalogue_ptr plugin_registry::deciders_of(const core::catalogue& past) {
  if (auto those = builds_.assemble(past)) return those;
  auto others = present()->assembly.plugins;
  std::erase_if(others, [&](const plugins::loaded_ptr& p) {
    const auto is_named = [&](const core::plugin& named) { return named.id == p->identity.id; };
    return std::ranges::none_of(past.plugins(), is_named);
  });
  return builds_.assemble(past, others);
}

core::catalogue_ptr plugin_registry::present_instead_of(const core::catalogue& past) {
  auto others = present()->assembly.plugins;
  if (!options_.tried.empty())
    std::erase_if(others, [this](const auto& p) { return !is_in(p->path, options_.tried); });
  return builds_.assemble(past, others);
}

// -- ends ----------------------------------------------------------------------------------------

void plugin_registry::end_service() {
  const std::lock_guard lock{changing_};
  engine_ = nullptr;
}

plugin_registry::state_ptr plugin_registry::present() const {
  const std::lock_guard lock{mutex_};
  return present_;
}

// -- finding -------------------------------------------------------------------------------------

core::result<fs::path> plugin_registry::find(const std::string& name) const {
  std::error_code ignored;
  if (own_ && plugins::is_name(name)) {
    auto staged = own_->incoming() / (name + ".so");
    if (fs::exists(fs::symlink_status(staged, ignored))) return staged;
  }
  std::vector<fs::path> folders = options_.folders;
  folders.insert(folders.end(), options_.libraries.begin(), options_.libraries.end());
  auto found = plugins::find_library(folders, name);
  if (found || !own_) return found;
  const auto known = find_loaded(name);
  if (known && fs::exists(own_->kept((*known)->identity.id), ignored))
    return own_->kept((*known)->identity.id);
  return found;
}

// The plugin of that name, and a copy of what was read of it. What stood in incoming() is gone
// then, whatever came of it.
core::result<plugins::loaded_ptr> plugin_registry::take_in(const std::string& name) {
  const auto file = find(name);
  if (!file) return file.why();
  auto fresh = plugins::inspect(*file);
  std::optional<problem> why;
  if (fresh) why = builds_.keep(*fresh, own_.has_value());
  std::error_code ignored;
  if (own_ && file->parent_path() == own_->incoming()) fs::remove(*file, ignored);
  if (why) return *std::move(why);
  return fresh;
}

core::result<plugins::loaded_ptr> plugin_registry::find_loaded(const std::string& name) const {
  std::vector<plugins::loaded_ptr> found;
  for (const auto& p : present()->assembly.plugins) {
    if (p->identity.id == name) return p;
    if (p->file == name + ".so" || last_part(p->identity.id) == name) found.push_back(p);
  }
  if (found.size() == 1) return found.front();
  return not_one(name, found.empty());
}

// -- changing ------------------------------------------------------------------------------------

// The present plugins with this one among them, in the place of the one with its id.
core::result<plugin_registry::state> plugin_registry::with(const plugins::loaded_ptr& fresh) const {
  const state_ptr now = present();
  const std::string& id = fresh->identity.id;
  state next;
  std::vector<plugins::loaded_ptr> all{fresh};
  for (const auto& p : now->assembly.plugins)
    if (p->identity.id != id) all.push_back(p);
  for (const aside_note& n : now->aside)
    if (n.id != id) next.aside.push_back(n);
  const auto ids = ids_aside(all, next.aside);
  next.assembly = plugins::assemble(std::move(all), ids);
  if (!has(next.assembly, id)) return left_out(*fresh, next.assembly);
  for (const auto& p : now->assembly.plugins)
    if (!has(next.assembly, p->identity.id)) return left_out(*fresh, next.assembly);
  return next;
}

core::result<plugin_change> plugin_registry::load(const std::string& name) {
  const std::lock_guard one_at_a_time{changing_};
  const auto fresh = take_in(name);
  if (!fresh) return fresh.why();
  return replace(*fresh);
}

core::result<plugin_change> plugin_registry::promote() {
  const std::lock_guard one_at_a_time{changing_};
  const auto beside = present()->beside;
  if (!beside)
    return problem{
        errc::not_found, "no plugin is tried beside the others; plugin load --shadow", {}};
  return replace(beside->plugin);
}

// So that it is there after a restart as well. A folder that is loaded at each start has it
// already.
std::optional<problem> plugin_registry::keep(const plugins::loaded& fresh) const {
  const std::string& id = fresh.identity.id;
  if (is_in(fresh.path, options_.folders)) return own_->forget(id);
  return own_->keep(id, builds_.file_of(fresh.identity));
}

core::result<plugin_change> plugin_registry::replace(const plugins::loaded_ptr& fresh) {
  auto next = with(fresh);
  if (!next) return next.why();
  if (auto why = ask_worlds(next->assembly.catalogue)) return *std::move(why);
  if (own_) {
    if (auto why = keep(*fresh)) return *std::move(why);
    if (next->aside.size() != present()->aside.size())
      if (auto why = own_->write_set_aside(next->aside)) return *std::move(why);
    if (const auto why = plugins::forget_crashes(own_->crashes(), fresh->identity.id))
      options_.warn(why->message);
  }
  plugin_change report{fresh, std::nullopt, {}};
  for (const auto& p : present()->assembly.plugins)
    if (p->identity.id == fresh->identity.id) report.replaced = p->identity;
  return change_to(*std::move(next), std::move(report));
}

core::result<plugin_change> plugin_registry::try_beside(const std::string& name,
                                                        std::uint64_t commands) {
  const std::lock_guard one_at_a_time{changing_};
  const auto fresh = take_in(name);
  if (!fresh) return fresh.why();
  auto tried = with(*fresh);
  if (!tried) return tried.why();
  state next = *present();
  next.beside =
      trial{*fresh, std::make_shared<actors::shadow>(uncounted(tried->assembly), commands)};
  plugin_change report{*fresh, std::nullopt, {}};
  for (const auto& p : next.assembly.plugins)
    if (p->identity.id == (*fresh)->identity.id) report.replaced = p->identity;
  return change_to(std::move(next), std::move(report));
}

core::result<plugin_change> plugin_registry::set_aside(const std::string& name,
                                                       const std::string& why, bool build_only) {
  const std::lock_guard one_at_a_time{changing_};
  const auto plugin = find_loaded(name);
  if (!plugin) return plugin.why();
  const core::plugin& identity = (*plugin)->identity;
  state next = *present();
  std::erase_if(next.aside, [&](const aside_note& n) { return n.id == identity.id; });
  next.aside.push_back({identity.id, build_only ? identity.hash : "*", why});
  next.beside.reset();
  const auto ids = ids_aside(next.assembly.plugins, next.aside);
  auto refusals = std::move(next.assembly.refusals);
  next.assembly = plugins::assemble(std::move(next.assembly.plugins), ids);
  next.assembly.refusals = std::move(refusals);
  if (own_)
    if (auto trouble = own_->write_set_aside(next.aside)) return *std::move(trouble);
  return change_to(std::move(next), {*plugin, std::nullopt, {}});
}

// -- the worlds ----------------------------------------------------------------------------------

std::optional<problem> plugin_registry::ask_worlds(const core::catalogue_ptr& next) {
  if (!engine_) return problem{errc::conflict, "no world lives here: only histories are shown", {}};
  auto [answers, handler] = waiting::make();
  engine_->ask_worlds(next, std::move(handler));
  if (answers.wait_for(patience) != std::future_status::ready) return stuck();
  const auto all = answers.get();
  const auto refusing = std::ranges::find_if(all, [](const auto& v) { return !v.trouble.empty(); });
  if (refusing == all.end()) return std::nullopt;
  return problem{errc::conflict,
                 "nothing was changed: world " +
                     core::to_string(core::thing_id{refusing->world, core::world_serial}) +
                     " refuses: " + refusing->trouble,
                 {}};
}

core::result<std::vector<actors::plugin_verdict>>
plugin_registry::tell_worlds(const actors::deciders& next) {
  if (!engine_) return problem{errc::conflict, "no world lives here: only histories are shown", {}};
  auto [answers, handler] = waiting::make();
  engine_->change_plugins(next, std::move(handler));
  if (answers.wait_for(patience) != std::future_status::ready) return stuck();
  return answers.get();
}

// Readers have the new state before any world does: who asks what an action means that a world
// showed is answered.
core::result<plugin_change> plugin_registry::change_to(state next, plugin_change report) {
  const actors::deciders with{next.assembly.catalogue, next.beside ? next.beside->shadow : nullptr};
  {
    const std::lock_guard lock{mutex_};
    present_ = std::make_shared<const state>(std::move(next));
  }
  auto verdicts = tell_worlds(with);
  if (!verdicts) return verdicts.why();
  report.worlds = *std::move(verdicts);
  return report;
}

}  // namespace unscripted::gateway
