// The bridge between the engine and a plugin's C functions: a core::behaviour that builds the call
// on the stack and serves the plugin from the command's transaction. Allocates nothing per call.
#pragma once

#include "core/catalogue.hpp"
#include "plugins/abi.h"
#include "plugins/counters.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace unscripted::plugins {

/// A function of a plugin.
using entry = uns_outcome (*)(const uns_call*);

/// A property that a plugin uses, resolved in one catalogue.
struct bound_property {
  core::cell_ref cell;
  core::value_type type = core::value_type::number;
  std::uint32_t text_bytes_max = 0;  // of texts
};

/// All that a plugin uses, in its own order. Shared by the behaviours of one plugin.
using bindings = std::vector<bound_property>;

/// An action's behaviour. `parameters` tells the types of the arguments.
std::shared_ptr<const core::behaviour>
bridge_action(entry code, std::shared_ptr<const bindings> uses, std::shared_ptr<counters> count,
              const std::vector<core::parameter>& parameters);

/// A rule's behaviour: it is given no arguments. Null where `code` is null.
std::shared_ptr<const core::behaviour> bridge_rule(entry code, std::shared_ptr<const bindings> uses,
                                                   std::shared_ptr<counters> count);

} // namespace unscripted::plugins
