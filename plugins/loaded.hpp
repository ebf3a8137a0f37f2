// A plugin that was loaded and is right in itself: its tables, copied and checked. Whether it fits
// together with others is up to assemble().
#pragma once

#include "core/catalogue.hpp"
#include "plugins/bridge.hpp"
#include "plugins/counters.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace unscripted::plugins {

/// Immutable, but for the counters. The functions that it points to stay mapped for ever.
struct loaded {
  struct kind {
    core::kind what;
    bool extends = false;  // adds properties to a kind that others bring; only the name counts then
  };
  struct action {
    core::action what;   // without target, plugin and code
    std::string target;  // the kind's name
    entry apply = nullptr;
    std::shared_ptr<counters> count = std::make_shared<counters>();
  };
  struct rule {
    core::rule what;  // without plugin and code
    entry after_action = nullptr;
    entry at_tick = nullptr;
    std::shared_ptr<counters> count = std::make_shared<counters>();
  };
  struct use {
    std::string kind;
    std::string name;
    core::value_type type = core::value_type::number;
  };

  std::string file;  // its name, without the folder
  std::filesystem::path path;  // whole
  core::plugin identity;
  std::vector<kind> kinds;
  std::vector<action> actions;
  std::vector<rule> rules;
  std::vector<use> uses;
};

using loaded_ptr = std::shared_ptr<const loaded>;

/// One function of a plugin, and how it went so far.
struct plugin_counters {
  std::string name;  // "walk", "life"
  bool is_rule = false;
  counts so_far;
};

/// The same plugin with counters of its own: for those who decide beside the worlds, so that what
/// they find is not held against the plugin that lives. [any thread]
loaded_ptr with_own_counters(const loaded& plugin);

/// Of all actions, then of all rules of a plugin, in their order. [any thread]
std::vector<plugin_counters> count(const loaded& plugin);

} // namespace unscripted::plugins
