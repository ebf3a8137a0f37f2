// The services of uns_host over one command's transaction. Valid while the transaction is.
#pragma once

#include "core/transaction.hpp"
#include "plugins/bridge.hpp"

namespace unscripted::plugins {

/// What stands behind uns_call::engine.
struct session {
  core::transaction& writes;
  const bindings& uses;
};

/// The one table of services; lives for ever.
const uns_host& host_services();

} // namespace unscripted::plugins
