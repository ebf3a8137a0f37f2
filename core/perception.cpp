#include "core/perception.hpp"

#include <algorithm>

namespace unscripted::core {

void perceive(const world& w, const thing& bot, micrometres range, std::vector<sighting>& out) {
  out.clear();
  const box eyes = w.place_of(bot);
  for (const serial id : w.carried_by(bot.id)) out.push_back({w.find(id), 0});
  const auto in_hand = static_cast<std::ptrdiff_t>(out.size());
  w.near(eyes, range, [&](const thing& t) {
    if (t.id != bot.id) out.push_back({&t, gap(eyes, t.occupied())});
  });
  std::sort(out.begin() + in_hand, out.end(), [](const sighting& a, const sighting& b) {
    return a.gap != b.gap ? a.gap < b.gap : a.what->id < b.what->id;
  });
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
