// What worlds grant clients at most.
#pragma once

#include <cstddef>
#include <cstdint>

namespace unscripted::actors {

/// 0 is no limit, but for subscriptions.
struct world_limits {
  std::size_t worlds = 0;             // that a server has
  std::size_t worlds_per_token = 0;   // of these, that one token made, forked or imported
  std::size_t subscriptions = 256;    // of one connection, in all worlds
  double acts_per_bot = 0;            // a second, of clients; hosted minds act as fast as they can
  std::uint64_t history_per_day = 0;  // bytes that one world records
};

}  // namespace unscripted::actors
