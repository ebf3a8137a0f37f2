// Not wrong: its things are carried, by the services that came with ABI 1.1.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto burden = uses<std::int64_t>(0, "bot", "burden");

static outcome note(context& c) {
  return c.agent().set(burden, static_cast<std::int64_t>(c.carried(c.agent()).size()))
           ? done
           : c.refuse("no burden");
}
static outcome take(context& c) {
  if (c.target().carrier().id() == c.agent().id()) return c.refuse("it is mine");
  if (!c.agent().carry(c.target())) return c.refuse("it cannot be carried");
  if (!c.target().is_carried()) return c.refuse("it is not carried");
  return note(c);
}
static outcome push(context& c) {
  return c.target().move(0.1, 0, 0) ? done : c.refuse("it cannot be pushed");
}
static outcome drop(context& c) {
  const auto hands = c.carried(c.agent());
  if (hands.empty()) return c.refuse("the hands are empty");
  const uns_vec3 at = c.agent().pos();
  if (!hands.front().put({at.x + c.number(0), at.y, at.z})) return c.refuse("no room");
  if (hands.front().carrier().id() != UNS_WORLD) return c.refuse("it hangs in the air");
  return note(c);
}
static outcome fumble(context& c) {
  const thing nobody = c.at(12345);
  const bool is_lawful = !c.agent().carry(c.agent()) && !c.agent().carry(c.world()) &&
                         !c.agent().carry(nobody) && !nobody.carry(c.agent()) &&
                         !c.world().carry(c.agent()) && nobody.carrier().id() == UNS_NO_THING &&
                         !nobody.is_carried() && c.carried(nobody).empty();
  return is_lawful ? done : c.refuse("out of law");
}

UNSCRIPTED_PLUGIN("org.example.hands", "1.0.0", burden,
  extends("bot", integer("burden", "", 0, 64, 0)),
  kind("stone", {0.2, 0.2, 0.2}, solid),
  action<take>("stone", "take", "Take a stone up, or out of other hands."),
  action<push>("stone", "push", "Push a stone by a hand's breadth."),
  action<drop>("world", "drop", "Set the oldest stone down.", number("distance", "m", 0, 9, 1)),
  action<fumble>("world", "fumble", "Try what cannot be."));
