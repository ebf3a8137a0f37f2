#include "actors/bot_actor.hpp"

namespace unscripted::actors {

caf::behavior bot_actor(caf::stateful_actor<bot_state>* self, const caf::actor& world) {
  self->set_default_handler(caf::drop);
  return {[self, world](delivery& d) { self->send(world, std::move(d)); }};
}

}  // namespace unscripted::actors
