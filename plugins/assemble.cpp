// Fits plugins together: tries all, leaves out the first that does not fit, and tries again with
// the rest, until all fit. So what needs a plugin that was left out is left out too.
#include "plugins/library.hpp"
#include "plugins/loader.hpp"
#include "plugins/words.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace unscripted::plugins {

namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw refusal{where + ": " + why};
}

/// One try: a catalogue in the making. Each step throws a refusal of plugins[at()].
class draft {
public:
  draft(const std::vector<loaded_ptr>& plugins, const std::vector<loaded_ptr>& left_out,
        const std::set<std::string>& set_aside)
    : plugins_(plugins), left_out_(left_out), set_aside_(set_aside) {}

  /// The plugin that is being fitted in.
  std::size_t at() const { return at_; }

  core::catalogue_ptr build() {
    each([this](const loaded& p) { add_identity(p); });
    parts_.kinds = core::engine_kinds();
    engine_kind_count_ = parts_.kinds.size();
    each([this](const loaded& p) { add_kinds(p); });
    sort_kinds();
    each([this](const loaded& p) { extend_kinds(p); });
    each([this](const loaded& p) { check_bot(p); });
    each([this](const loaded& p) { add_behaviours(p); });
    return std::make_shared<const core::catalogue>(std::move(parts_));
  }

private:
  template <class Step>
  void each(Step&& step) {
    for (at_ = 0; at_ < plugins_.size(); ++at_) step(*plugins_[at_]);
  }

  void add_identity(const loaded& p);
  void add_kinds(const loaded& p);
  void sort_kinds();
  void extend_kinds(const loaded& p);
  void check_bot(const loaded& p) const;
  void add_behaviours(const loaded& p);
  bindings bind(const loaded& p) const;
  void add_action(const loaded& p, const loaded::action& a,
                  const std::shared_ptr<const bindings>& uses);
  void add_rule(const loaded& p, const loaded::rule& r,
                const std::shared_ptr<const bindings>& uses);

  std::optional<core::kind_index> find(const std::string& kind) const;
  [[noreturn]] void refuse_unknown_kind(const std::string& where, const std::string& kind) const;
  std::string brought_by(const std::string& kind, const std::string& property) const;

  const std::vector<loaded_ptr>& plugins_;   // sorted by id
  const std::vector<loaded_ptr>& left_out_;  // in earlier tries
  const std::set<std::string>& set_aside_;   // ids of plugins that bring kinds only
  core::catalogue_parts parts_;
  std::size_t at_ = 0;
  std::size_t engine_kind_count_ = 0;
  std::map<std::string, std::string> kind_owners_, rule_owners_;              // name -> file
  std::map<std::pair<std::string, std::string>, std::string> action_owners_;  // (target, name)
};

void draft::add_identity(const loaded& p) {
  if (at_ > 0 && plugins_[at_ - 1]->identity.id == p.identity.id)
    refuse("id " + quote(p.identity.id),
           plugins_[at_ - 1]->file + " has the same id; remove one of them");
  parts_.plugins.push_back(p.identity);
}

// -- kinds ----------------------------------------------------------------------------------------

void draft::add_kinds(const loaded& p) {
  for (const loaded::kind& k : p.kinds) {
    if (k.extends) continue;
    const std::string where = "kind " + quote(k.what.name);
    if (find(k.what.name) && !kind_owners_.contains(k.what.name))
      refuse(where, "the engine has it already; extend it (UNS_KIND_EXTENDS)");
    const auto [owner, is_new] = kind_owners_.emplace(k.what.name, p.file);
    if (!is_new) refuse(where, owner->second + " brings it already; rename it, or extend it");
    parts_.kinds.push_back(k.what);
  }
}

void draft::sort_kinds() {
  const auto others = parts_.kinds.begin() + static_cast<std::ptrdiff_t>(engine_kind_count_);
  std::sort(others, parts_.kinds.end(),
            [](const core::kind& a, const core::kind& b) { return a.name < b.name; });
}

void draft::extend_kinds(const loaded& p) {
  for (const loaded::kind& k : p.kinds) {
    if (!k.extends) continue;
    const std::string where = "kind " + quote(k.what.name);
    const auto index = find(k.what.name);
    if (!index) refuse_unknown_kind(where, k.what.name);
    core::kind& extended = parts_.kinds[*index];
    for (const core::property& property : k.what.properties) {
      if (extended.slot_of(property.name))
        refuse(where + ": property " + quote(property.name), "the kind has it already; rename it");
      extended.properties.push_back(property);
    }
  }
}

// The engine itself writes these two when a bot is born.
void draft::check_bot(const loaded& p) const {
  for (const loaded::kind& k : p.kinds) {
    if (k.what.name != "bot") continue;
    for (const core::property& property : k.what.properties) {
      const bool is_wrong =
          (property.name == "generation" && property.type != core::value_type::integer) ||
          (property.name == "female" && property.type != core::value_type::boolean);
      if (is_wrong)
        refuse("kind `bot`: property " + quote(property.name),
               std::string("it is a ") + core::to_string(property.type) +
                   "; the engine needs an integer `generation` and a boolean `female`");
    }
  }
}

std::optional<core::kind_index> draft::find(const std::string& kind) const {
  for (std::size_t i = 0; i < parts_.kinds.size(); ++i)
    if (parts_.kinds[i].name == kind) return static_cast<core::kind_index>(i);
  return std::nullopt;
}

void draft::refuse_unknown_kind(const std::string& where, const std::string& kind) const {
  refuse(where, "no plugin here brings the kind " + quote(kind) + brought_by(kind, {}));
}

// What to do about something unknown: a plugin that was left out may bring it.
std::string draft::brought_by(const std::string& kind, const std::string& property) const {
  for (const loaded_ptr& p : left_out_)
    for (const loaded::kind& k : p->kinds) {
      if (k.what.name != kind) continue;
      if (property.empty() ? !k.extends : k.what.slot_of(property).has_value())
        return " but " + p->file + ", which is refused; mend that first";
    }
  return "; add the plugin that does, or check the name";
}

// -- actions and rules ----------------------------------------------------------------------------

bindings draft::bind(const loaded& p) const {
  bindings out;
  for (const loaded::use& u : p.uses) {
    const std::string where = "use of " + quote(u.kind + "." + u.name);
    const auto kind = find(u.kind);
    if (!kind) refuse_unknown_kind(where, u.kind);
    const auto slot = parts_.kinds[*kind].slot_of(u.name);
    if (!slot) refuse(where, "no plugin here brings this property" + brought_by(u.kind, u.name));
    const core::property& property = parts_.kinds[*kind].properties[*slot];
    if (property.type != u.type)
      refuse(where, std::string("the property is a ") + core::to_string(property.type) +
                        ", the plugin takes it for a " + core::to_string(u.type) +
                        "; use the property's type");
    out.push_back(
        {{*kind, *slot},
         u.type,
         static_cast<std::uint32_t>(u.type == core::value_type::text ? property.maximum : 0)});
  }
  return out;
}

void draft::add_behaviours(const loaded& p) {
  if (set_aside_.contains(p.identity.id)) return;
  const auto uses = std::make_shared<const bindings>(bind(p));
  for (const loaded::action& a : p.actions) add_action(p, a, uses);
  for (const loaded::rule& r : p.rules) add_rule(p, r, uses);
}

const function_name* name_of(const loaded& p, const std::string& function) {
  return keep_for_ever({p.identity.id, p.identity.version, p.identity.hash, function});
}

void draft::add_action(const loaded& p, const loaded::action& a,
                       const std::shared_ptr<const bindings>& uses) {
  const std::string where = "action " + quote(a.what.name);
  const auto target = find(a.target);
  if (!target) refuse_unknown_kind(where, a.target);
  const auto [owner, is_new] = action_owners_.emplace(std::pair{a.target, a.what.name}, p.file);
  if (!is_new)
    refuse(where, owner->second + " has the same action on " + quote(a.target) +
                      "; remove one of them, or rename one action");
  core::action out = a.what;
  out.target = *target;
  out.plugin = static_cast<std::uint16_t>(at_);
  out.code = bridge_action({a.apply, name_of(p, out.name), uses, a.count}, out);
  parts_.actions.push_back(std::move(out));
}

void draft::add_rule(const loaded& p, const loaded::rule& r,
                     const std::shared_ptr<const bindings>& uses) {
  const auto [owner, is_new] = rule_owners_.emplace(r.what.name, p.file);
  if (!is_new)
    refuse("rule " + quote(r.what.name),
           owner->second + " has the same rule; remove one of them, or rename one rule");
  core::rule out = r.what;
  out.plugin = static_cast<std::uint16_t>(at_);
  const function_name* const name = name_of(p, out.name);
  out.after_action = bridge_rule({r.after_action, name, uses, r.count});
  out.at_tick = bridge_rule({r.at_tick, name, uses, r.count});
  parts_.rules.push_back(std::move(out));
}

}  // namespace

assembly assemble(std::vector<loaded_ptr> plugins, const std::set<std::string>& set_aside) {
  std::stable_sort(plugins.begin(), plugins.end(), [](const loaded_ptr& a, const loaded_ptr& b) {
    return a->identity.id < b->identity.id;
  });
  assembly out;
  std::vector<loaded_ptr> left_out;
  while (!out.catalogue) {
    draft trying{plugins, left_out, set_aside};
    try {
      out.catalogue = trying.build();
    } catch (const refusal& r) {
      const auto offender = plugins.begin() + static_cast<std::ptrdiff_t>(trying.at());
      out.refusals.push_back((*offender)->file + ": " + r.why);
      left_out.push_back(*offender);
      plugins.erase(offender);
    }
  }
  for (const loaded_ptr& p : plugins)
    if (set_aside.contains(p->identity.id)) out.set_aside.push_back(p->identity.id);
  out.plugins = std::move(plugins);
  return out;
}

}  // namespace unscripted::plugins
