// The services of uns_host over one command's transaction. Valid while the transaction is.
#pragma once

#include "core/transaction.hpp"
#include "plugins/bridge.hpp"

#include <span>

namespace unscripted::plugins {

inline constexpr core::micrometres boundless = -1;  // the reach of rules

/// What stands behind uns_call::engine.
struct session {
  core::transaction& writes;
  std::span<const bound_property> uses;
  core::serial agent;
  core::serial target;
  core::micrometres reach;
  mutable const char* misuse = nullptr;  // what makes this call a fault; the first one counts

  /// Whether the call may write to a thing: an action to its agent, its target, the world, what it
  /// made itself, and what it reaches from where its agent stood at first; a rule to all. If not,
  /// that is misuse. True of things that are not there: writing to them fails anyway.
  bool may_write(core::serial id) const noexcept {
    return id == agent || id == target || id == core::world_serial || reach == boundless ||
           reaches(id);
  }
  void blame(const char* what) const noexcept {
    if (!misuse) misuse = what;
  }
  /// The slow part of may_write.
  bool reaches(core::serial id) const noexcept;
};

/// The one table of services; lives for ever.
const uns_host& host_services();

}  // namespace unscripted::plugins
