#include "actors/subscriptions.hpp"

#include <algorithm>
#include <utility>

namespace unscripted::actors {

namespace {

// What is kept for a watcher beyond the world's own things.
constexpr std::size_t kept_max = 20000;
// Bytes that a connection may owe before its deltas are merged instead of sent.
constexpr std::size_t backlog_max = 256UL * 1024;

}  // namespace

subscriptions::watcher& subscriptions::add(watcher w) {
  constexpr std::uint64_t mask = (std::uint64_t{1} << sub_bits) - 1;
  const auto is_free = [&](std::uint64_t sub) {
    return (sub & mask) != 0 && !watchers_.contains(sub);
  };
  while (!is_free(w.sub)) w.sub = (std::uint64_t{world_} << sub_bits) | (++last_ & mask);
  return watchers_.emplace(w.sub, std::move(w)).first->second;
}

bool subscriptions::remove(connection_id who, std::uint64_t sub) {
  const auto found = watchers_.find(sub);
  if (found == watchers_.end() || found->second.who != who) return false;
  watchers_.erase(found);
  return true;
}

void subscriptions::remove_all(connection_id who) {
  std::erase_if(watchers_, [&](const auto& entry) { return entry.second.who == who; });
}

void subscriptions::note(watcher& w, const core::effect& e) {
  switch (e.type) {
    case core::effect_type::created: w.added.insert(e.thing); return;
    case core::effect_type::removed:
      if (w.added.erase(e.thing) == 0) w.removed.insert(e.thing);
      w.changed.erase(e.thing);
      if (!e.text().empty()) w.died.push_back({e.thing, e.text(), e.bits});
      return;
    case core::effect_type::moved:
    case core::effect_type::set:
    case core::effect_type::added:
    case core::effect_type::carried: break;
    default: return;
  }
  if (w.added.contains(e.thing)) return;
  change& c = w.changed[e.thing];
  c.thing = e.thing;
  if (e.type == core::effect_type::moved) c.moved = true;
  else if (e.type == core::effect_type::carried) c.parent = true;
  else if (std::find(c.slots.begin(), c.slots.end(), e.slot) == c.slots.end())
    c.slots.push_back(e.slot);
}

void subscriptions::note(const core::effect& e) {
  for (auto& [sub, w] : watchers_)
    if (!w.needs_snapshot) note(w, e);
}

void subscriptions::begin_anew() {
  for (auto& [sub, w] : watchers_) {
    forget(w);
    w.needs_snapshot = true;
    w.has_new_plugins = true;
  }
}

bool subscriptions::has_news(const watcher& w) {
  return w.needs_snapshot || !w.added.empty() || !w.changed.empty() || !w.removed.empty() ||
         !w.died.empty();
}

void subscriptions::forget(watcher& w) {
  w.added.clear();
  w.changed.clear();
  w.removed.clear();
  w.died.clear();
}

std::optional<subscriptions::clock::time_point>
subscriptions::tell(const core::world& w, clock::time_point now, const teller& send) {
  std::optional<clock::time_point> again;
  for (auto& [sub, one] : watchers_) {
    if (!has_news(one)) continue;
    const std::size_t kept = one.added.size() + one.removed.size() + one.died.size();
    if (kept > kept_max) {
      forget(one);
      one.needs_snapshot = true;
      send(one, lagged_event{sub});
    }
    const bool blocked = one.peer->backlog() > backlog_max;
    const clock::time_point due = one.last + one.interval;
    if (blocked || due > now) {
      const clock::time_point later =
          blocked ? std::max(due, now + std::chrono::milliseconds{10}) : due;
      again = again ? std::min(*again, later) : later;
      continue;
    }
    one.last = now;
    if (std::exchange(one.has_new_plugins, false)) send(one, plugins_event{sub});
    if (one.needs_snapshot) tell_snapshot(one, w, send);
    else tell_delta(one, w, send);
    forget(one);
  }
  return again;
}

void subscriptions::tell_snapshot(watcher& w, const core::world& world, const teller& send) {
  snapshot_event all{w.sub, {}};
  w.needs_snapshot = false;
  w.known.clear();
  if (!w.bot) {
    all.things = world.serials();
  } else if (const core::thing* eyes = world.find(*w.bot)) {
    std::vector<core::sighting> seen;
    core::perceive(world, *eyes, w.range, seen);
    all.things.push_back(*w.bot);
    for (const core::sighting& s : seen) all.things.push_back(s.what->id);
    w.known.insert(all.things.begin(), all.things.end());
  }
  send(w, all);
}

void subscriptions::tell_delta(watcher& w, const core::world& world, const teller& send) {
  delta_event delta{
      w.sub, {w.added.begin(), w.added.end()}, {}, {w.removed.begin(), w.removed.end()}, w.died};
  for (const auto& [thing, c] : w.changed) delta.changed.push_back(c);
  if (w.bot) narrow_to_sight(w, world, delta);
  if (delta.added.empty() && delta.changed.empty() && delta.removed.empty() && delta.died.empty())
    return;
  send(w, delta);
}

// For a watcher that looks through a bot's eyes: what came in sight is added, what left it removed.
void subscriptions::narrow_to_sight(watcher& w, const core::world& world, delta_event& delta) {
  std::set<core::serial> now;
  if (const core::thing* eyes = world.find(*w.bot)) {
    std::vector<core::sighting> seen;
    core::perceive(world, *eyes, w.range, seen);
    now.insert(*w.bot);
    for (const core::sighting& s : seen) now.insert(s.what->id);
  }
  const auto minus = [](const std::set<core::serial>& a, const std::set<core::serial>& b) {
    std::vector<core::serial> rest;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(rest));
    return rest;
  };
  delta.added = minus(now, w.known);
  delta.removed = minus(w.known, now);
  std::erase_if(delta.changed, [&](const change& c) {
    return !now.contains(c.thing) || !w.known.contains(c.thing);
  });
  std::erase_if(delta.died, [&](const died_event& d) { return !w.known.contains(d.bot); });
  w.known = std::move(now);
}

}  // namespace unscripted::actors
