// Assertions against our own mistakes, on in release too: a world that breaks an invariant must not
// be recorded. What comes from outside is checked elsewhere and is never a mistake of ours.
#pragma once

#include <cstdlib>

namespace unscripted::core {

/// Ends the process where an invariant does not hold.
inline void expects(bool holds) {
  if (!holds) [[unlikely]]
    std::abort();
}

}  // namespace unscripted::core
