// What a token lets its bearer do: a role, and maybe no more than one world, or one bot.
#pragma once

#include "core/ids.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::gateway {

/// Each may do what those before it may, where it may do anything. Stored: the numbers stay.
enum class role : std::uint8_t {
  anyone = 0,    // who has no token: no role of a token
  observer = 1,  // reads, but nothing private
  bot = 2,       // makes bots, and acts for those
  owner = 3,     // makes worlds, and does everything in those
  admin = 4,     // everything
};

const char* to_string(role r);
/// Of a token.
std::optional<role> parse_role(std::string_view text);

/// A token that was shown and found right. Never changes, but that it ends. [any thread]
struct grant {
  std::uint64_t number = 0;  // of the token; for a bot's own token that of the one which made it
  gateway::role role = gateway::role::observer;
  core::world_number world = 0;                   // the only world it is good for; 0: any
  core::serial bot = core::no_thing;              // the only bot, in that world
  std::int64_t expires_ms = 0;                    // Unix time; 0: never
  std::shared_ptr<const grant> parent = nullptr;  // ends this one with it
  mutable std::atomic<bool> is_revoked{false};

  /// Why it is good for nothing any more; null while it is.
  const char* ended(std::int64_t now_ms) const;
};

using grant_ptr = std::shared_ptr<const grant>;

}  // namespace unscripted::gateway
