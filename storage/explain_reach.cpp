#include "storage/explain_reach.hpp"

#include <algorithm>

namespace unscripted::storage {

namespace {

void note(reach_story& story, const core::world& w) {
  story.seq = w.seq();
  story.tick = w.tick();
}

}  // namespace

/// Whether the effect may change what of a kind is near.
bool reach_watch::is_about(const core::world& w, const core::effect& e,
                           core::kind_index kind) const {
  using enum core::effect_type;
  if (e.type == catalogued) return true;  // with another reach
  if (e.type != created && e.type != removed && e.type != moved && e.type != carried) return false;
  if (e.thing == thing_) return true;
  if (e.type == created) return e.created().kind == kind;
  const core::thing* t = w.find(e.thing);
  return t && t->kind == kind;
}

void reach_watch::before(const core::world& w, const core::record& r) {
  changed_.assign(all_.size(), false);
  for (std::size_t i = 0; i < all_.size(); ++i) {
    changed_[i] = std::any_of(r.effects.begin(), r.effects.end(),
                              [&](const core::effect& e) { return is_about(w, e, all_[i].kind); });
    if (changed_[i] && all_[i].story.at_the_end) note(all_[i].story, w);
  }
}

void reach_watch::after(const core::world& w) {
  const core::thing* self = w.find(thing_);
  if (!self) return;
  const bool is_new = known_ != w.shared_catalogue();
  if (is_new) learn(w);
  for (std::size_t i = 0; i < all_.size(); ++i)
    if (is_new || changed_[i]) look(w, *self, all_[i]);
}

/// The actions of another catalogue; those of the same name go on.
void reach_watch::learn(const core::world& w) {
  known_ = w.shared_catalogue();
  std::vector<watched> next;
  const core::thing* self = w.find(thing_);
  for (const core::action& a : known_->actions()) {
    if (self->kind != known_->bot_kind()) break;
    if (a.target == core::world_kind || a.self_only) continue;
    next.push_back(carry_over(a, known_->kinds()[a.target].name));
  }
  all_ = std::move(next);
  changed_.assign(all_.size(), true);
}

reach_watch::watched reach_watch::carry_over(const core::action& a, const std::string& kind) const {
  const auto old = std::find_if(all_.begin(), all_.end(), [&](const watched& w) {
    return w.story.action == a.name && w.story.target_kind == kind;
  });
  watched one = old == all_.end() ? watched{} : *old;
  one.kind = a.target;
  one.story.action = a.name;
  one.story.target_kind = kind;
  one.story.reach = a.reach;
  return one;
}

void reach_watch::look(const core::world& w, const core::thing& self, watched& one) const {
  one.story.at_the_end = false;
  w.near(self.occupied(), one.story.reach, [&](const core::thing& t, core::micrometres) {
    if (t.kind == one.kind && t.id != thing_) one.story.at_the_end = true;
  });
  for (const core::serial id : w.carried_by(thing_))
    if (w.find(id)->kind == one.kind) one.story.at_the_end = true;
  if (one.story.at_the_end) note(one.story, w);
}

void reach_watch::close(const core::world& w) {
  const core::thing* self = w.find(thing_);
  if (!self || all_.empty()) return;
  for (watched& one : all_)
    if (one.story.at_the_end) note(one.story, w);
  for (const core::serial id : w.serials()) {
    const core::thing* t = w.find(id);
    for (watched& one : all_) {
      const bool is_elsewhere = t->is_carried() && t->parent != thing_;  // in other hands
      if (t->kind != one.kind || id == thing_ || is_elsewhere) continue;
      const core::micrometres distance = core::gap(self->occupied(), w.place_of(*t));
      if (one.story.distance && *one.story.distance <= distance) continue;
      one.story.distance = distance;
      one.story.nearest = id;
    }
  }
}

std::vector<reach_story> reach_watch::take() {
  std::vector<reach_story> stories;
  for (watched& one : all_) stories.push_back(std::move(one.story));
  return stories;
}

}  // namespace unscripted::storage
