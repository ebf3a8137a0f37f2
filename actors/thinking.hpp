// How a hosted mind comes to its choice: it looks, and picks one of what it could do.
#pragma once

#include "core/mind.hpp"
#include "core/perception.hpp"
#include "core/record.hpp"

#include <vector>

namespace unscripted::actors {

/// The memory of one thread that lets minds think. Nothing in it outlives a call.
class thinking {
public:
  /// What the mind has the bot do, which lives in this world. Only reads the world: threads with
  /// memories of their own may think side by side while nobody changes it.
  core::act_command choose(const core::world& w, const core::thing& bot, const core::mind& mind);

private:
  std::vector<core::sighting> seen_;
  std::vector<core::offer> offers_;
  std::vector<core::option> options_;
  core::choice chosen_;
};

}  // namespace unscripted::actors
