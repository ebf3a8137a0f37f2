// The one place where it is decided who may do what, behind every door: the role that a method
// needs stands in the table of methods; what a token is good for in a world is found out here.
#pragma once

#include "actors/engine.hpp"
#include "core/problem.hpp"
#include "gateway/access/grant.hpp"

#include <optional>
#include <string_view>

namespace unscripted::gateway {

/// Whoever asks, where tokens are required; `who` is null before `hello`.
struct asker {
  const grant* who = nullptr;
  std::int64_t now_ms = 0;
};

/// Why a method that needs at least this role is not called. Problems: unauthorized, forbidden.
std::optional<core::problem> refuse(const asker& a, role least, std::string_view method);

/// What requests to that world may do. Problems: forbidden.
core::result<actors::rights> rights_in(const grant& who, const actors::engine& worlds,
                                       core::world_number world);

/// Why a token of a role that makes worlds makes none.
std::optional<core::problem> refuse_founding(const grant& who);

}  // namespace unscripted::gateway
