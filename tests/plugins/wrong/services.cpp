// Not wrong: it uses the services that the shipped plugins don't.
#include "plugins/plugin.hpp"

#include <string>

using namespace unscripted::plugin;

static constexpr auto motto = uses<text>(0, "bot", "motto");
static constexpr auto friend_ = uses<uns_thing>(1, "bot", "friend");
static constexpr auto ticks = uses<std::int64_t>(2, "world", "ticks_seen");
static constexpr auto eager = uses<bool>(3, "bot", "eager");

static outcome say(context& c) {
  const std::string was = c.agent().get(motto);
  return c.agent().set(motto, c.words(0)) ? done : c.refuse(was.c_str());
}
static outcome befriend(context& c) {
  for (const thing& t : c.near(c.agent(), 50, 8))
    if (t.is_a("bot")) {
      c.agent().set(eager, true);
      return c.agent().set(friend_, t.id()) ? done : refused;
    }
  return c.refuse("nobody is here");
}
static outcome plant(context& c) {
  const uns_vec3 at = c.agent().pos();
  const thing tree = c.create("tree", {at.x + c.number(0), 0, at.z});
  if (tree.id() == UNS_NO_THING) return c.refuse("no room for a tree");
  if (c.boolean(1)) tree.remove();
  return tree.dims().y == (c.boolean(1) ? 0 : 5) ? done : c.refuse("a strange tree");
}
static outcome go_to(context& c) {
  const uns_vec3 at = c.agent().pos(), to = c.other(0).pos();
  const direction d = c.direction(c.turn_of(to.x - at.x, to.z - at.z));
  return c.agent().put({at.x + 0.5 * d.cosine, at.y, at.z + 0.5 * d.sine}) ? done : refused;
}
static outcome see(context& c) {
  c.world().add(ticks, 1);
  return done;
}

UNSCRIPTED_PLUGIN("org.example.services", "1.2.3", eager, ticks, friend_, motto,
  extends("bot", words("motto", 8, "none"), other("friend"), boolean("eager")),
  extends("world", integer("ticks_seen", "tick", 0, integer_max, 0)),
  kind("tree", {0.5, 5, 0.5}, solid),
  action<say>("bot", "say", "Have a motto.", words("words", 100)).self_only(),
  action<befriend>("world", "befriend", "Make friends with the nearest bot."),
  action<plant>("world", "plant", "Plant a tree.", number("distance", "m", 0, 9, 1),
                boolean("fell")),
  action<go_to>("world", "go_to", "Go towards a thing.", other("whom")),
  tick_rule<see>("watch", "Counts ticks."));
