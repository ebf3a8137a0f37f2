#include "core/preset.hpp"

#include <algorithm>
#include <utility>

namespace unscripted::core {

namespace {

constexpr micrometres metre = 1'000'000;

void add(std::vector<thing_wish>& things, int count, const std::string& kind) {
  for (int i = 0; i < count; ++i) things.push_back({kind, {}, {}, {}, {}, {}});
}

// Walls of 2 m in a row along x.
void add_wall(std::vector<thing_wish>& things, micrometres x, micrometres z, int count) {
  for (int i = 0; i < count; ++i)
    things.push_back({"wall", vec3{x + 2 * metre * i, 0, z}, {}, {}, {}, {}});
}

preset make_village() {
  preset village{
      "village", "A place to live in: food, stones, crates, walls, wells that run dry.", {}, {}};
  village.settings.dims = vec3{40 * metre, 10 * metre, 40 * metre};
  village.settings.capacity = {{"bot", 50}, {"thing", 400}};
  village.settings.rules = {{"day", std::int64_t{2400}},
                            {"lifespan", std::int64_t{100'000}},
                            {"refill", std::int64_t{25}},
                            {"season", std::int64_t{600}},
                            {"sight", 12.0}};
  add_wall(village.things, 12 * metre, 12 * metre, 8);
  add_wall(village.things, 12 * metre, 28 * metre, 8);
  add(village.things, 6, "well");
  add(village.things, 60, "food");
  add(village.things, 30, "stone");
  add(village.things, 12, "crate");
  return village;
}

}  // namespace

const std::vector<preset>& presets() {
  static const std::vector<preset> all{{"default", "An empty world.", {}, {}}, make_village()};
  return all;
}

const preset* find_preset(std::string_view name) {
  const auto found = std::ranges::find(presets(), name, &preset::name);
  return found == presets().end() ? nullptr : &*found;
}

world_wish with_preset(world_wish wish, const preset& from) {
  if (!wish.dims) wish.dims = from.settings.dims;
  for (const auto& [kind, most] : from.settings.capacity) wish.capacity.emplace(kind, most);
  for (const auto& rule : from.settings.rules) {
    const auto is_same = [&](const auto& said) { return said.first == rule.first; };
    if (std::ranges::none_of(wish.rules, is_same)) wish.rules.push_back(rule);
  }
  return wish;
}

}  // namespace unscripted::core
