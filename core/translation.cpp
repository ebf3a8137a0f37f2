#include "core/translation.hpp"

#include "core/resolve.hpp"

#include <algorithm>
#include <variant>

namespace unscripted::core {

namespace {

// What a property and a parameter have in common.
template <class Slot>
bool same_name_and_type(const Slot& a, const Slot& b) {
  return a.name == b.name && a.type == b.type;
}

template <class Slot>
bool same_range(const Slot& a, const Slot& b) {
  return a.type == b.type && a.minimum == b.minimum && a.maximum == b.maximum;
}

bool same_property(const property& a, const property& b) {
  return same_name_and_type(a, b) && a.fallback == b.fallback && same_range(a, b);
}

bool same_parameter(const parameter& a, const parameter& b) {
  return same_name_and_type(a, b) && same_range(a, b);
}

bool same_kind(const kind& a, const kind& b) {
  return a.name == b.name && std::equal(a.properties.begin(), a.properties.end(),
                                        b.properties.begin(), b.properties.end(), same_property);
}

bool same_action(const action& a, const action& b) {
  return a.name == b.name && a.target == b.target &&
         std::equal(a.parameters.begin(), a.parameters.end(), b.parameters.begin(),
                    b.parameters.end(), same_parameter);
}

bool same_shape(const catalogue& a, const catalogue& b) {
  return std::equal(a.kinds().begin(), a.kinds().end(), b.kinds().begin(), b.kinds().end(),
                    same_kind) &&
         std::equal(a.actions().begin(), a.actions().end(), b.actions().begin(), b.actions().end(),
                    same_action);
}

problem missing(const std::string& what, const std::string& name, const std::string& kind) {
  problem p{errc::not_found,
            "the other catalogue has no " + what + " `" + name + "`" +
                (kind.empty() ? "" : " of kind `" + kind + "`") + ": load a plugin that brings it",
            {}};
  p = std::move(p).with(what, name);
  return kind.empty() || what == "kind" ? p : std::move(p).with("kind", kind);
}

problem unknown(const std::string& what, std::uint64_t index) {
  return problem{errc::not_found,
                 "there is no " + what + " " + std::to_string(index) +
                     " in the catalogue under which this was decided",
                 {}};
}

loose_value loosened(const value& v) {
  switch (v.type) {
    case value_type::number: return v.as_number();
    case value_type::integer: return v.as_integer();
    case value_type::boolean: return v.as_boolean();
    case value_type::text: return v.text;
    case value_type::thing: return to_string(thing_id{0, v.bits});
  }
  return {};
}

// As if it were said anew, unless nothing about the slot has changed.
template <class Slot>
result<value> taken_over(const value& v, const Slot& from, const Slot& to) {
  if (same_range(from, to)) return v;
  return to_value(loosened(v), to.type, to.minimum, to.maximum, to.unit, to.name);
}

std::optional<value> argument(const act_command& c, const action& a, std::size_t i) {
  const value_type type = a.parameters[i].type;
  if (i >= c.args.count || i >= c.args.bits.size()) return std::nullopt;
  if (type != value_type::text) return value{type, c.args.bits[i], {}};
  if (c.args.bits[i] >= c.args.texts.size()) return std::nullopt;
  return value::of_text(c.args.texts[c.args.bits[i]]);
}

result<arguments> translate_arguments(const act_command& c, const action& from, const action& to) {
  arguments args;
  for (const parameter& p : to.parameters) {
    value v = p.fallback;
    const auto old = std::find_if(from.parameters.begin(), from.parameters.end(),
                                  [&](const parameter& q) { return q.name == p.name; });
    if (old != from.parameters.end()) {
      const auto i = static_cast<std::size_t>(old - from.parameters.begin());
      if (const auto given = argument(c, from, i)) {
        auto anew = taken_over(*given, *old, p);
        if (!anew) return anew.why();
        v = std::move(*anew);
      }
    }
    if (p.type == value_type::text) {
      v.bits = args.texts.size();
      args.texts.push_back(std::move(v.text));
    }
    args.bits[args.count++] = v.bits;
  }
  return args;
}

}  // namespace

translation::translation(catalogue_ptr from, catalogue_ptr to)
  : from_(std::move(from)), to_(std::move(to)), identity_(same_shape(*from_, *to_)) {
  for (const kind& k : from_->kinds()) {
    kind_match match{to_->find_kind(k.name), {}};
    for (const property& p : k.properties) {
      auto slot = match.kind ? to_->kinds()[*match.kind].slot_of(p.name) : std::nullopt;
      if (slot && to_->kinds()[*match.kind].properties[*slot].type != p.type) slot.reset();
      match.slots.push_back(slot);
    }
    kinds_.push_back(std::move(match));
  }
  for (const action& a : from_->actions()) {
    const auto target = kinds_[a.target].kind;
    actions_.push_back(target ? to_->find_action(*target, a.name) : std::nullopt);
  }
}

// -- commands ------------------------------------------------------------------------------------

result<kind_index> translation::kind_of(kind_index in_from) const {
  if (in_from >= kinds_.size()) return unknown("kind", in_from);
  const auto match = kinds_[in_from].kind;
  if (!match) return missing("kind", from_->kinds()[in_from].name, {});
  return *match;
}

result<translation::slot_values> translation::values_of(kind_index kind_in_from,
                                                        const slot_values& values) const {
  const auto kind = kind_of(kind_in_from);
  if (!kind) return kind.why();
  const core::kind& old = from_->kinds()[kind_in_from];
  const core::kind& now = to_->kinds()[*kind];
  slot_values translated;
  for (const auto& [slot, v] : values) {
    if (slot >= old.properties.size()) return unknown("property in slot", slot);
    const property& p = old.properties[slot];
    const auto there = now.slot_of(p.name);
    if (!there) return missing("property", p.name, now.name);
    auto anew = taken_over(v, p, now.properties[*there]);
    if (!anew) return anew.why();
    translated.emplace_back(*there, std::move(*anew));
  }
  return translated;
}

result<command> translation::translate(const act_command& c) const {
  if (c.action >= actions_.size()) return unknown("action", c.action);
  const action& old = from_->actions()[c.action];
  const auto now = actions_[c.action];
  if (!now) return missing("action", old.name, from_->kinds()[old.target].name);
  auto args = translate_arguments(c, old, to_->actions()[*now]);
  if (!args) return args.why();
  return command{act_command{c.agent, *now, c.target, std::move(*args), c.absent}};
}

result<command> translation::translate(create_command c) const {
  const auto kind = kind_of(c.kind);
  if (!kind) return kind.why();
  auto props = values_of(c.kind, c.props);
  if (!props) return props.why();
  c.kind = *kind;
  c.props = std::move(*props);
  return command{std::move(c)};
}

result<command> translation::translate(update_command c, const world& in_from) const {
  const thing* t = in_from.find(c.thing);
  if (!t) return unknown("thing", c.thing);
  auto props = values_of(t->kind, c.props);
  if (!props) return props.why();
  c.props = std::move(*props);
  return command{std::move(c)};
}

result<command> translation::translate(const command& c, const world& in_from) const {
  if (identity_) return c;
  if (const auto* act = std::get_if<act_command>(&c)) return translate(*act);
  if (const auto* create = std::get_if<create_command>(&c)) return translate(*create);
  if (const auto* update = std::get_if<update_command>(&c)) return translate(*update, in_from);
  if (const auto* configure = std::get_if<configure_command>(&c)) {
    auto rules = values_of(world_kind, configure->rules);
    if (!rules) return rules.why();
    return command{configure_command{configure->settings, std::move(*rules)}};
  }
  return c;
}

// -- a world -------------------------------------------------------------------------------------

bool recast(world& w, const catalogue_ptr& to) {
  if (!w.find(world_serial) || to->find_kind("world") != world_kind) return false;
  const auto& kinds = w.catalogue().kinds();
  for (std::size_t k = 0; k < kinds.size(); ++k)
    if (w.count(static_cast<kind_index>(k)) > 0 && !to->find_kind(kinds[k].name)) return false;
  effect e;
  e.type = effect_type::catalogued;
  e.more = details(to);
  w.apply(e);
  return true;
}

}  // namespace unscripted::core
