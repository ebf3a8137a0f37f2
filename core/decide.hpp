// decide: what becomes of a command. A pure function of (state, command, sequence): no clock,
// thread, file, pointer order or libm. Deciding the same again gives the same record, byte for
// byte.
#pragma once

#include "core/problem.hpp"
#include "core/world.hpp"

#include <optional>

namespace unscripted::core {

/// Decides `command` as record w.seq() + 1 into `out`, whose memory is reused. Does not apply it.
/// Returns a problem, and leaves `out` unspecified, where there is nothing to record: the world has
/// no room, the place is taken, the thing is gone, a required behaviour is not loaded.
/// `command` must come from resolve.hpp, or from a history.
[[nodiscard]] std::optional<problem> decide(const world& w, command&& c, record& out);

/// The same of a command that is needed afterwards.
[[nodiscard]] inline std::optional<problem> decide(const world& w, const command& c, record& out) {
  return decide(w, command{c}, out);
}

}  // namespace unscripted::core
