// From the texts of a query to typed wishes: what to make, and what a bot is to do.
//
// The engine checks names, ranges and kinds; here texts become numbers, places and ids.
#pragma once

#include "core/resolve.hpp"
#include "gateway/v1/query.hpp"

#include <string>
#include <variant>

namespace unscripted::gateway::v1 {

/// Settings of a new world: `name`, `dims`.
std::variant<core::world_wish, failure> read_world(const query& asked);

/// A new thing of this kind: `name`, `pos`, `dims`, and its properties by v1's names. Parameters
/// that mean nothing to the kind are ignored, as they ever were.
std::variant<core::thing_wish, failure> read_thing(const query& asked, const core::catalogue& known,
                                                   const std::string& kind);

/// Arguments for the action of that name. What is not given is as the action has it; numbers are
/// brought into the range of the parameter.
std::variant<core::named_values, failure> read_args(const query& asked,
                                                    const core::catalogue& known,
                                                    const std::string& action, bool on_world);

}  // namespace unscripted::gateway::v1
