// Uses a world that came from anybody's bytes in every way that a server would.
#pragma once

#include "core/world.hpp"

namespace unscripted::fuzz {

/// Hash, perception, snapshot, answers as JSON; decides a command or two.
void use(const core::world& w);

}  // namespace unscripted::fuzz
