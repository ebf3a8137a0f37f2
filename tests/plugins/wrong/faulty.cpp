// Loads without complaint; its actions break each promise that can only be broken at work.
#include "plugins/plugin.hpp"

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <vector>

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
// Asks for more memory than there can be.
static outcome devour(context& c) {
  volatile std::size_t size = std::size_t{1} << 60;
  c.agent().set(drink, 0.25);
  const std::vector<char> all(size);
  return all.back() == 0 ? done : c.refuse("nothing of this can be");
}
// Much of it, which it gives back.
static outcome gorge(context& c) {
  volatile std::size_t size = std::size_t{1} << 30;
  const std::vector<char> all(size, 1);
  return all.back() == 1 ? done : c.refuse("nothing of this can be");
}
// Ten times as long as a call may take.
static outcome dawdle(context&) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{10};
  while (std::chrono::steady_clock::now() < end) {
  }
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
  action<devour>("world", "devour", "Ask for more memory than there is."),
  action<gorge>("world", "gorge", "Take a gigabyte, and give it back."),
  action<dawdle>("world", "dawdle", "Take ten milliseconds."),
  action<babble>("world", "babble", "Answer nonsense."),
  action<poison>("world", "poison", "Try what must not work."),
  action_part<0>{bare, {}});
