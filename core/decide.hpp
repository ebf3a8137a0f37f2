// decide: what becomes of a command. A pure function of (state, command, sequence): no clock,
// thread, file, pointer order or libm. Deciding the same again gives the same record, byte for
// byte.
#pragma once

#include "core/problem.hpp"
#include "core/world.hpp"

#include <optional>

namespace unscripted::core {

/// Decides the command of `r` as record w.seq() + 1: all else in `r`, whose memory is reused, but
/// `from` becomes what came of it. Does not apply it. Returns a problem, and leaves `r` unspecified
/// where there is nothing to record: the world has no room, the place is taken, the thing is gone,
/// a required behaviour is not loaded. The command must come from resolve.hpp, or from a history.
[[nodiscard]] std::optional<problem> decide(const world& w, record& r);

/// The same of a command that comes from elsewhere.
[[nodiscard]] inline std::optional<problem> decide(const world& w, command&& c, record& r) {
  put(std::move(c), r.command);
  return decide(w, r);
}
[[nodiscard]] inline std::optional<problem> decide(const world& w, const command& c, record& r) {
  put(c, r.command);
  return decide(w, r);
}

}  // namespace unscripted::core
