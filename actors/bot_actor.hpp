// A bot as an actor: the mailbox of its action messages, and the place of its hosted mind.
//
// Actions and looks of connections come here and are forwarded to the world, in order; this is
// where a bot's rate will be limited. A hosted mind is asked here, on whatever thread is free, and
// its choice sent to the world. The actor knows nothing of the world's state. It has no end of its
// own: when its world lets go of it, it ends with the last message on its way.
#pragma once

#include "actors/messages.hpp"
#include "core/mind.hpp"

#include <caf/stateful_actor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace unscripted::actors {

struct bot_state {
  static inline const char* name = "bot";

  std::unique_ptr<core::mind> mind;   // null where only clients speak for it
  std::vector<core::option> options;  // reused
};

caf::behavior bot_actor(caf::stateful_actor<bot_state>* self, caf::actor world, core::serial bot,
                        std::string mind, std::uint64_t seed);

}  // namespace unscripted::actors
