// Loads without complaint; its actions write to things that are none of their business.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto drink = uses<double>(0, "bot", "drink");
static constexpr auto motto = uses<text>(1, "bot", "note");
static constexpr auto wind = uses<double>(2, "world", "wind");

static outcome set(context& c) { return c.other(0).set(drink, 0.5) ? done : refused; }
static outcome add(context& c) { return c.other(0).add(drink, -0.5) ? done : refused; }
static outcome write(context& c) { return c.other(0).set(motto, "ha") ? done : refused; }
static outcome move(context& c) { return c.other(0).move(0, 0, 0.5) ? done : refused; }
static outcome put(context& c) { return c.other(0).put({1, 0, 1}) ? done : refused; }
static outcome take(context& c) { return c.other(0).remove("theft") ? done : refused; }
static outcome boast(context& c) { return c.agent().set(motto, "far too long") ? done : refused; }
static outcome brag(context& c) {
  c.agent().set(drink, 0.25);
  c.agent().set(motto, "far too long");
  throw 7;
}
// To the other thing first, then back: what counts is where the agent stood at first.
static outcome visit(context& c) {
  const uns_vec3 home = c.agent().pos(), there = c.other(0).pos();
  if (!c.agent().put({there.x - 1, 0, there.z})) return c.refuse("no way there");
  const bool taken = c.other(0).set(drink, 0.5);
  c.agent().put(home);
  return taken ? done : refused;
}
// Whatever is made here may be written to, however far away.
static outcome raise(context& c) {
  const thing child = c.create("bot", {9, 0, 9});
  const bool raised = child.set(drink, 0.75) && child.move(0, 0, -1) && c.world().set(wind, 3);
  return raised && c.target().add(drink, -0.5) ? done : refused;
}
static outcome blow(context& c) {
  for (const thing& t : c.near(c.agent(), 50)) t.set(drink, 0.125);
  return done;
}

template <class Action>
static constexpr Action reaching(double metres, Action what) {
  what.head.reach = metres;
  return what;
}

UNSCRIPTED_PLUGIN("org.wrong.meddling", "1.0.0", drink, motto, wind,
                  extends("bot", words("note", 4)), extends("world", number("wind", "", 0, 9, 0)),
                  action<set>("world", "set", "Set it.", other("whom")),
                  reaching(3, action<set>("world", "set_far", "Set it.", other("whom"))),
                  action<add>("world", "add", "Add to it.", other("whom")),
                  action<write>("world", "write", "Write on it.", other("whom")),
                  action<move>("world", "move", "Move it.", other("whom")),
                  action<put>("world", "put", "Put it.", other("whom")),
                  action<take>("world", "take", "Take it away.", other("whom")),
                  action<visit>("world", "visit", "Go there and back.", other("whom")),
                  action<boast>("world", "boast", "Write too much."),
                  action<brag>("world", "brag", "Write too much and throw."),
                  reaching(5, action<raise>("bot", "raise", "Raise a child.")),
                  rule<blow>("wind", "Blows on all."));
