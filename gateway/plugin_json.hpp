// Plugins as JSON: what `plugin.list` shows, and what became of a change.
#pragma once

#include "gateway/plugin_registry.hpp"
#include "gateway/plugin_watch.hpp"

#include <string>

namespace unscripted::gateway {

/// {items, refused, folder?, beside?}
std::string plugins_json(const plugin_registry& registry, const plugin_watch& watch);

/// {plugin, replaced?, worlds}
std::string change_json(const plugin_registry& registry, const plugin_change& change);

}  // namespace unscripted::gateway
