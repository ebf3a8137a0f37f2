#include "gateway/bot_act.hpp"

#include <utility>

namespace unscripted::gateway {

bot_act read_act(params_reader& p) {
  bot_act read;
  const core::thing_id bot = p.id("bot");
  read.world = bot.world;
  actors::act_request& act = read.act;
  act.wish.agent = bot.thing;
  act.wish.action = p.text("action");
  act.wish.target = p.optional_id("target");
  act.wish.args = p.values("args");
  act.see = p.flag("see", false);
  if (auto key = p.optional_text("key")) {
    if (key->empty() || key->size() > core::key_bytes_max)
      p.expect("key", "a text of 1 to 64 bytes, another one for each action of the bot");
    act.key = *std::move(key);
  }
  return read;
}

}  // namespace unscripted::gateway
