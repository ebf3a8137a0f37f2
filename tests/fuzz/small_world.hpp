// A world in which something has happened, made of effects alone: no plugin decides here.
#pragma once

#include "core/catalogue.hpp"
#include "core/record.hpp"
#include "core/world.hpp"

#include <vector>

namespace unscripted::fuzz {

/// `world`, `bot` with a property of each type, and `well`; an action on each. Without behaviours.
core::catalogue_ptr small_catalogue();
/// The records of its life: founded, two bots and a well born, an action, a death.
std::vector<core::record> small_history();
core::world small_world();

}  // namespace unscripted::fuzz
