// A bot as an actor: the mailbox of its action messages.
//
// Actions and looks of connections come here and are forwarded to the world, in order; this is
// where a bot's rate will be limited. The actor knows nothing of the world's state. It has no end
// of its own: when its world lets go of it, it ends with the last message on its way.
#pragma once

#include "actors/messages.hpp"

#include <caf/stateful_actor.hpp>

namespace unscripted::actors {

struct bot_state {
  static inline const char* name = "bot";
};

caf::behavior bot_actor(caf::stateful_actor<bot_state>* self, const caf::actor& world);

}  // namespace unscripted::actors
