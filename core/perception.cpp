#include "core/perception.hpp"

#include "core/prefetch.hpp"

#include <algorithm>

namespace unscripted::core {

namespace {

constexpr auto nearest_first = [](const sighting& a, const sighting& b) {
  return a.gap != b.gap ? a.gap < b.gap : a.what->id < b.what->id;
};

/// How far they are; without those out of range.
void measure(const box& from, micrometres range, std::vector<sighting>& seen) {
  std::size_t kept = 0;
  for (const sighting& s : seen) {
    const micrometres distance = gap(from, s.what->occupied());
    if (distance <= range) seen[kept++] = {s.what, distance};
  }
  seen.resize(kept);
}

}  // namespace

void perceive(const world& w, const thing& bot, micrometres range, std::vector<sighting>& out) {
  out.clear();
  for (const serial id : w.carried_by(bot.id)) out.push_back({w.find(id), 0});
  const auto in_hand = static_cast<std::ptrdiff_t>(out.size());
  w.near(w.place_of(bot), range, [&](const thing& t, micrometres gap) {
    if (t.id != bot.id) out.push_back({&t, gap});
  });
  std::sort(out.begin() + in_hand, out.end(), nearest_first);
}

void glance(const world& w, const thing& bot, std::vector<sighting>& seen) {
  seen.clear();
  w.targets_about(w.place_of(bot), sight_of(w), seen);
  for (const sighting& s : seen) prefetch(s.what);
}

void list_offers(const world& w, const thing& bot, std::vector<sighting>& seen,
                 std::vector<offer>& out) {
  out.clear();
  const catalogue& c = w.catalogue();
  const auto offer_all = [&](const thing& target) {
    for (const action_index i : c.kinds()[target.kind].actions)
      if (offered(c.actions()[i], bot.id, target.id)) out.push_back({target.id, i});
  };
  offer_all(bot);
  offer_all(w.self());
  for (const serial id : w.carried_by(bot.id)) offer_all(*w.find(id));
  measure(w.place_of(bot), sight_of(w), seen);
  std::sort(seen.begin(), seen.end(), nearest_first);
  for (const sighting& s : seen)
    if (s.what != &bot) offer_all(*s.what);
}

micrometres sight_of(const world& w) {
  const value sight =
      read_cell(w.self(), w.catalogue().kinds()[world_kind], w.catalogue().sight_slot());
  return from_metres(std::max(0.0, std::min(sight.as_number(), metres_max)));
}

double bearing(const thing& bot, const thing& other) {
  if (other.parent == bot.id && bot.id != world_serial) return 0;
  return turn_of(to_metres(other.pos.x - bot.pos.x), to_metres(other.pos.z - bot.pos.z));
}

bool offered(const action& a, serial agent, serial target) {
  return !a.self_only || agent == target;
}

}  // namespace unscripted::core
