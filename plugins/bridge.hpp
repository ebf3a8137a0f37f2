// The bridge between the engine and a plugin's C functions: a core::behaviour that builds the call
// on the stack and serves the plugin from the command's transaction. Allocates nothing per call.
#pragma once

#include "core/catalogue.hpp"
#include "plugins/abi.h"
#include "plugins/counters.hpp"
#include "plugins/running.hpp"

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

/// One function of a plugin, and what is known of it.
struct bridged {
  entry code = nullptr;
  const function_name* name = nullptr;  // kept for ever
  std::shared_ptr<const bindings> uses;
  std::shared_ptr<counters> count;
};

/// An action's behaviour: its parameters tell the types of the arguments, its reach what it may
/// write to.
std::shared_ptr<const core::behaviour> bridge_action(bridged function, const core::action& what);

/// A rule's behaviour: it is given no arguments, and may write to all things. Null where there is
/// no code.
std::shared_ptr<const core::behaviour> bridge_rule(bridged function);

}  // namespace unscripted::plugins
