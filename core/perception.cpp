#include "core/perception.hpp"

#include <algorithm>

namespace unscripted::core {

void perceive(const world& w, const thing& bot, micrometres range, std::vector<sighting>& out) {
  out.clear();
  const box eyes = bot.occupied();
  w.near(eyes, range, [&](const thing& t) {
    if (t.id != bot.id) out.push_back({&t, gap(eyes, t.occupied())});
  });
  std::sort(out.begin(), out.end(), [](const sighting& a, const sighting& b) {
    return a.gap != b.gap ? a.gap < b.gap : a.what->id < b.what->id;
  });
}

micrometres sight_of(const world& w) {
  const value sight =
      read_cell(w.self(), w.catalogue().kinds()[world_kind], w.catalogue().sight_slot());
  return from_metres(std::max(0.0, std::min(sight.as_number(), metres_max)));
}

double bearing(const thing& bot, const thing& other) {
  return turn_of(to_metres(other.pos.x - bot.pos.x), to_metres(other.pos.z - bot.pos.z));
}

bool offered(const action& a, serial agent, serial target) {
  return !a.self_only || agent == target;
}

}  // namespace unscripted::core
