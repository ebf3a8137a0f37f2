// Named kinds of worlds: settings, rules, and the things that a new one begins with.
#pragma once

#include "core/resolve.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace unscripted::core {

struct preset {
  std::string name;
  std::string summary;             // one sentence
  world_wish settings;             // what a client does not say
  std::vector<thing_wish> things;  // in this order
};

/// `default` is an empty world as it always was; `village` has food, stones, crates, walls and
/// wells that run dry, and needs the plugins of that name.
const std::vector<preset>& presets();

/// Null where there is none of that name.
const preset* find_preset(std::string_view name);

/// What the wish says, and what it leaves open as the preset has it.
world_wish with_preset(world_wish wish, const preset& from);

}  // namespace unscripted::core
