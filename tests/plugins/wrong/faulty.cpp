// Loads without complaint; its actions break each promise that can only be broken at work.
#include "plugins/plugin.hpp"

#include <stdexcept>

using namespace unscripted::plugin;

static constexpr auto drink = uses<double>(0, "bot", "drink");

static outcome explode(context& c) {
  c.agent().set(drink, 0.25);
  throw std::runtime_error("kaboom");
}
static outcome blurt(context& c) {
  c.agent().set(drink, 0.25);
  throw 7;
}
static outcome gamble(context& c) {
  for (int i = 0; i < 70'000; ++i) c.random();
  return done;
}
static outcome flood(context& c) {
  for (int i = 0; i < 5'000; ++i) c.agent().set(drink, 0.5);
  return done;
}
static outcome babble(context& c) {
  c.agent().set(drink, 0.25);
  return 7;
}
static outcome poison(context& c) {
  const double nan = __builtin_nan(""), infinity = __builtin_inf();
  const bool bad = c.agent().set(drink, nan) || c.agent().add(drink, infinity) ||
                   c.world().set(drink, 1) || c.at(99).set(drink, 1) ||
                   c.agent().move(infinity, 0, 0) || c.world().remove("end");
  return bad ? done : c.refuse("nothing of this \n can be");
}
static outcome escape(const uns_call* call) {
  throw call->tick;
}

static constexpr uns_action bare = {
  sizeof(uns_action), 0, "escape", "world", "Throw past the wall.", nullptr, 0, 0, 0, &escape};

UNSCRIPTED_PLUGIN("org.wrong.faulty", "1.0.0", drink,
  action<explode>("world", "explode", "Throw."),
  action<blurt>("world", "blurt", "Throw what is no std::exception."),
  action<gamble>("world", "gamble", "Draw for ever."),
  action<flood>("world", "flood", "Write for ever."),
  action<babble>("world", "babble", "Answer nonsense."),
  action<poison>("world", "poison", "Try what must not work."),
  action_part<0>{bare, {}});
