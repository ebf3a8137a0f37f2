#include "storage/explain_story.hpp"

#include "core/cells.hpp"
#include "core/diff.hpp"
#include "core/show.hpp"

#include <algorithm>
#include <iterator>

namespace unscripted::storage {

namespace {

using core::effect_type;

constexpr std::size_t settings_shown_max = 16;

/// A new thing, as a world makes it.
core::thing made_by(const core::effect& birth, const core::catalogue& known) {
  const core::creation& how = birth.created();
  core::thing t;
  t.id = birth.thing;
  t.kind = how.kind;
  t.pos = birth.pos;
  t.dims = how.dims;
  for (const core::property& p : known.kinds()[how.kind].properties) {
    const bool is_text = p.type == core::value_type::text;
    t.cells.push_back(is_text ? t.texts.size() : p.fallback.bits);
    if (is_text) t.texts.push_back(p.fallback.text);
  }
  return t;
}

/// What a world would do to the thing. Hostile effects are applied by worlds later, and refused.
void apply(const core::effect& e, const core::kind& k, core::thing& t) {
  if (e.type == effect_type::moved) t.pos = e.pos;
  if (e.type == effect_type::carried) t.parent = e.bits;
  if ((e.type != effect_type::set && e.type != effect_type::added) || e.slot >= t.cells.size())
    return;
  const core::property& p = k.properties[e.slot];
  if (p.type == core::value_type::text) {
    if (e.more && std::holds_alternative<std::string>(*e.more)) t.texts[t.cells[e.slot]] = e.text();
  } else {
    t.cells[e.slot] =
        e.type == effect_type::set ? e.bits : core::sum_of(p, t.cells[e.slot], e.bits);
  }
}

std::string changes(const core::settings& from, const core::settings& to) {
  std::string text;
  for (const core::difference& d : core::diff(from, to, settings_shown_max).items)
    text += (text.empty() ? "" : ", ") + d.what + " from " + d.a + " to " + d.b;
  return text;
}

std::string plugins_of(const core::catalogue& known) {
  std::string text;
  for (const core::plugin& p : known.plugins())
    text += (text.empty() ? "" : ", ") + p.id + " " + p.version;
  return text.empty() ? "none" : text;
}

template <class Map>
std::vector<typename Map::mapped_type> values_of(Map& all) {
  std::vector<typename Map::mapped_type> values;
  values.reserve(all.size());
  for (auto& one : all) values.push_back(std::move(one.second));
  return values;
}

}  // namespace

occasion occasion_of(const core::record& r, const core::catalogue& known) {
  const auto* act = std::get_if<core::act_command>(&r.command);
  return {r.seq, r.tick, core::show_deed(r.command, known), act ? act->agent : core::no_thing};
}

// -- one record ----------------------------------------------------------------------------------

void story::begin_with(const core::world& w) {
  const core::thing* t = w.find(thing_);
  is_born_ = true;
  told_.from_seq = w.seq();
  told_.birth.how = origin::way::before_the_history;
  told_.kind = w.catalogue().kinds()[t->kind].name;
  told_.name = thing_ == core::world_serial ? w.settings().name : t->name;
  reach_.after(w);
}

/// Whether the effect is about the thing, rather than about time.
bool story::is_subject(const core::effect& e) const {
  if (core::is_of_thing(e.type)) return e.thing == thing_;
  if (e.type == effect_type::configured || e.type == effect_type::catalogued)
    return thing_ == core::world_serial;
  return false;
}

void story::before(const core::world& w, const core::record& r, const core::catalogue_ptr& known) {
  const auto* act = std::get_if<core::act_command>(&r.command);
  const bool is_agent = act && act->agent == thing_;
  const bool is_target = act && act->target == thing_;
  const bool has_effect = std::any_of(r.effects.begin(), r.effects.end(),
                                      [&](const core::effect& e) { return is_subject(e); });
  if (is_born_) reach_.before(w, r);
  if (!is_agent && !is_target && !has_effect) return;
  known_ = known;
  now_ = occasion_of(r, *known);
  if (has_effect) take_effects(w, r);
  if (!is_born_) return;  // an action on what is not there: no world takes it
  if (is_agent || is_target) take_action(r, *act);
  if (is_agent || has_effect || thing_ != core::world_serial) keep(r);
  const bool dies = std::any_of(r.effects.begin(), r.effects.end(), [&](const core::effect& e) {
    return e.type == effect_type::removed && e.thing == thing_;
  });
  if (dies) die(w, r);
}

void story::after(const core::world& w) {
  if (is_born_ && !is_over()) reach_.after(w);
}

void story::be_born(const core::record& r, const core::effect& birth) {
  using enum origin::way;
  is_born_ = true;
  told_.from_seq = r.seq - 1;
  const core::creation& how = birth.created();
  if (how.kind < known_->kinds().size()) told_.kind = known_->kinds()[how.kind].name;
  told_.name = how.name;
  told_.birth = {made, now_, core::no_thing};
  if (std::holds_alternative<core::found_command>(r.command)) told_.birth.how = founded;
  if (std::holds_alternative<core::create_command>(r.command)) told_.birth.how = created;
  for (const core::effect& e : r.effects) {
    if (e.type != effect_type::removed || e.bits != thing_) continue;
    told_.birth.how = heir;
    told_.birth.replaces = e.thing;
  }
}

/// A record that writes the same twice counts once.
void story::write(value_story& of) {
  if (of.last.seq != now_.seq) ++of.writes;
  of.last = now_;
}

void story::take_effects(const core::world& w, const core::record& r) {
  for (const core::effect& e : r.effects) {
    if (!is_subject(e)) continue;
    if (e.type == effect_type::created) be_born(r, e);
    if (e.type == effect_type::moved || e.type == effect_type::carried) write(place_);
    if (e.type == effect_type::configured) configure(w, e);
    if (e.type == effect_type::catalogued) write(plugins_);
    if (e.type != effect_type::set && e.type != effect_type::added) continue;
    const auto kind = known_->find_kind(told_.kind);
    if (!kind || e.slot >= known_->kinds()[*kind].properties.size()) continue;
    write(properties_[known_->kinds()[*kind].properties[e.slot].name]);
  }
}

/// A change of rules carries all settings again: what is the same is no change.
void story::configure(const core::world& w, const core::effect& e) {
  std::string text = now_.seq == 1 ? "as founded" : changes(w.settings(), e.configured());
  if (text.empty()) return;
  write(world_settings_);
  world_settings_.value = std::move(text);
}

void story::take_action(const core::record& r, const core::act_command& c) {
  if (c.action >= known_->actions().size()) return;
  const core::action& a = known_->actions()[c.action];
  const std::string& kind = known_->kinds()[a.target].name;
  action_story& s = (c.agent == thing_ ? did_ : done_to_it_)[{kind, a.name}];
  s.action = a.name;
  s.target_kind = kind;
  s.absent += c.absent ? 1 : 0;
  if (r.outcome == core::outcome::done) {
    ++s.done;
    s.in_vain = 0;
    s.last_done = now_;
    return;
  }
  ++(r.outcome == core::outcome::refused ? s.refused : s.fault);
  ++s.in_vain;
  s.last_in_vain = now_;
  s.last_reason = r.reason;
}

void story::keep(const core::record& r) {
  if (few_ == 0) return;
  if (last_.size() == few_) last_.pop_front();
  last_.push_back({r, known_});
}

/// The record may change the thing before it ends it.
void story::die(const core::world& w, const core::record& r) {
  reach_.close(w);
  core::thing last;
  if (const core::thing* t = w.find(thing_)) last = *t;
  for (const core::effect& e : r.effects) {
    if (e.thing != thing_ || !is_subject(e)) continue;
    if (e.type == effect_type::created && e.created().kind < known_->kinds().size())
      last = made_by(e, *known_);
    if (last.id != thing_) continue;  // a hostile record: the world refuses it
    apply(e, known_->kinds()[last.kind], last);
    if (e.type != effect_type::removed) continue;
    told_.end = ending{now_, e.text(), e.bits};
    break;
  }
  if (last.id == thing_) value_all(last);
}

// -- the whole -----------------------------------------------------------------------------------

/// The values of all properties, in the order of their slots.
void story::value_all(const core::thing& t) {
  const core::kind& k = known_->kinds()[t.kind];
  for (std::size_t slot = 0; slot < k.properties.size(); ++slot) {
    value_story s = properties_[k.properties[slot].name];
    s.name = k.properties[slot].name;
    s.value = core::show(core::read_cell(t, k, static_cast<std::uint16_t>(slot)));
    told_.properties.push_back(std::move(s));
  }
  if (thing_ == core::world_serial) return;
  place_.name = "place";
  place_.value = t.is_carried() ? "carried by " + core::show_thing(t.parent) : core::show(t.pos);
  told_.place = place_;
}

void story::value_world(const core::world& w) {
  told_.name = w.settings().name;
  world_settings_.name = "settings";
  told_.settings = world_settings_;
  plugins_.name = "plugins";
  plugins_.value = plugins_of(w.catalogue());
  told_.plugins = plugins_;
}

explanation story::take(const core::world& w) {
  told_.thing = thing_;
  told_.seq = w.seq();
  told_.tick = w.tick();
  if (!is_over()) {
    known_ = w.shared_catalogue();
    value_all(*w.find(thing_));
    reach_.close(w);
  }
  if (thing_ == core::world_serial) value_world(w);
  told_.did = values_of(did_);
  told_.done_to_it = values_of(done_to_it_);
  told_.reach = reach_.take();
  told_.last = {std::make_move_iterator(last_.begin()), std::make_move_iterator(last_.end())};
  return std::move(told_);
}

}  // namespace unscripted::storage
