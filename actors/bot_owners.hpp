// Whose the bots of one world are. Only those that a token made are known here; the others are
// the world's owner's. Used by one world keeper.
#pragma once

#include "actors/request.hpp"
#include "storage/token_row.hpp"

#include <map>
#include <vector>

namespace unscripted::actors {

class bot_owners {
public:
  /// As the store has it.
  void remember(const storage::owned_bot& bot) { bots_[bot.bot] = bot; }

  /// A bot begins a line of its own. What is to be stored.
  const storage::owned_bot& add(core::serial bot, std::uint64_t principal) {
    return bots_[bot] = {bot, principal, bot};
  }

  /// A bot is gone; its heir, where it has one, is its owner's from now on. What is to be stored.
  std::vector<storage::owned_bot> bury(core::serial bot, core::serial heir) {
    const auto found = bots_.find(bot);
    if (found == bots_.end()) return {};
    storage::owned_bot next = found->second;
    bots_.erase(found);
    std::vector<storage::owned_bot> changed = {{bot, 0, bot}};
    next.bot = heir;
    if (heir != core::no_thing) changed.push_back(bots_[heir] = next);
    return changed;
  }

  /// Whether who has these rights, and no more than to play, may act for the bot.
  bool may_play(const rights& r, core::serial bot) const {
    if (r.most == rights::level::observe) return false;
    const auto found = bots_.find(bot);
    if (r.bot != core::no_thing)
      return bot == r.bot || (found != bots_.end() && found->second.line == r.bot);
    return found != bots_.end() && found->second.principal == r.principal;
  }

private:
  std::map<core::serial, storage::owned_bot> bots_;
};

}  // namespace unscripted::actors
