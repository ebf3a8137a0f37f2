// How a hosted mind comes to its choice: it looks, and picks one of what it could do.
#pragma once

#include "core/lookout.hpp"
#include "core/mind.hpp"
#include "core/record.hpp"

#include <span>
#include <vector>

namespace unscripted::actors {

/// The memory of one thread that lets minds think, a row of bots at a time. Only reads the world:
/// threads with memories of their own may think side by side while nobody changes it.
class thinking {
public:
  /// These will think, in this order; all of them live in `w`. Both must outlive what they think.
  void begin(const core::world& w, std::span<const core::serial> bots);
  /// What its mind has the next of them do.
  core::act_command choose(const core::mind& mind);

private:
  core::lookout lookout_;
  std::vector<core::option> options_;
  core::choice chosen_;
};

}  // namespace unscripted::actors
