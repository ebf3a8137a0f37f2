// Hands: bots take small things up, carry them, put them down, and give them to each other.
//
// A bot carries three things at most. What it carries goes where it goes; when it dies, that lies
// where it died. Stones come with this plugin; food, which hands can take as well, with its own.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr std::size_t most = 3;

static bool holds(const thing& bot, const thing& what) { return what.carrier().id() == bot.id(); }

static outcome take(context& c) {
  if (holds(c.agent(), c.target())) return c.refuse("it is in these hands already");
  if (c.target().is_carried()) return c.refuse("another bot holds it");
  if (c.carried(c.agent()).size() >= most) return c.refuse("these hands are full");
  return c.agent().carry(c.target()) ? done : refused;
}

static outcome drop(context& c) {
  if (!holds(c.agent(), c.target())) return c.refuse("it is not in these hands");
  return c.target().put(c.agent().pos()) ? done : refused;
}

static outcome give(context& c) {
  const thing what = c.other(0);
  if (!holds(c.agent(), what)) return c.refuse("it is not in these hands");
  if (c.target().id() == c.agent().id()) return c.refuse("it is in these hands already");
  if (c.carried(c.target()).size() >= most) return c.refuse("their hands are full");
  return c.target().carry(what) ? done : refused;
}

UNSCRIPTED_PLUGIN("org.unscripted.hands", "1.0.0", kind("stone", {0.2, 0.2, 0.2}, not_solid),
                  action<take>("stone", "take", "Take it up; three things at most."),
                  action<drop>("stone", "drop", "Put it down where you stand."),
                  action<take>("food", "take", "Take it up; three things at most."),
                  action<drop>("food", "drop", "Put it down where you stand."),
                  action<give>("bot", "give", "Give a bot what you hold.", other("what")));
