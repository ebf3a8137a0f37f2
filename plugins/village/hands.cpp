// Hands: bots take small things up, carry them, put them down, and give them to each other.
//
// A bot carries three things at most. What it carries goes where it goes; when it dies, that lies
// where it died.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr std::uint32_t most = 3;

static bool has_free_hand(context& c, const thing& bot) { return c.carried(bot).size() < most; }

static outcome take(context& c) {
  if (c.target().is_carried()) return c.refuse("somebody carries it");
  if (!has_free_hand(c, c.agent())) return c.refuse("both hands are full");
  return c.agent().carry(c.target()) ? done : refused;
}

static outcome drop(context& c) {
  if (c.target().carrier().id() != c.agent().id()) return c.refuse("it is not in these hands");
  return c.target().put(c.agent().pos()) ? done : refused;
}

static outcome give(context& c) {
  const thing to = c.other(0);
  if (c.target().carrier().id() != c.agent().id()) return c.refuse("it is not in these hands");
  if (!to.is_a("bot")) return c.refuse("only a bot can be given something");
  if (!has_free_hand(c, to)) return c.refuse("their hands are full");
  for (const thing& t : c.near(c.agent(), 1))
    if (t.id() == to.id()) return to.carry(c.target()) ? done : refused;
  return c.refuse("not_in_reach");
}

UNSCRIPTED_PLUGIN("org.unscripted.hands", "1.0.0",
                  kind("stone", {0.2, 0.2, 0.2}, not_solid),
                  action<take>("stone", "take", "Take it up; three things at most."),
                  action<drop>("stone", "drop", "Put it down where you stand."),
                  action<give>("stone", "give", "Give it to a bot within 1 m.", other("to")),
                  action<take>("food", "take", "Take it up; three things at most."),
                  action<drop>("food", "drop", "Put it down where you stand."),
                  action<give>("food", "give", "Give it to a bot within 1 m.", other("to")));
