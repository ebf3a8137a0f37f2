// A plugin for plugins_test.py: a private property, a fault, a refusal, parameters of each type.
#include "plugins/plugin.hpp"

#include <stdexcept>
#include <string>

using namespace unscripted::plugin;

static constexpr auto drink = uses<double>(0, "bot", "drink");
static constexpr auto mood = uses<double>(1, "bot", "_mood");
static constexpr auto told_words = uses<text>(2, "bot", "told_words");
static constexpr auto told_thing = uses<uns_thing>(3, "bot", "told_thing");
static constexpr auto told_integer = uses<std::int64_t>(4, "bot", "told_integer");

static outcome ponder(context& c) {
  return c.agent().set(mood, c.number(0)) ? done : refused;
}
static outcome explode(context& c) {
  c.agent().set(drink, 0.25);
  throw std::runtime_error("kaboom");
}
static outcome sulk(context& c) { return c.refuse("no \"mood\"\\ for it"); }
static outcome tell(context& c) {
  const std::string said{c.words(3)};
  return c.agent().set(told_integer, c.integer(1)) && c.agent().set(told_words, said.c_str()) &&
                 c.agent().set(told_thing, c.other(4).id())
             ? done
             : refused;
}

UNSCRIPTED_PLUGIN("org.example.probe", "0.0.1", drink, mood, told_words, told_thing, told_integer,
                  extends("bot", number("_mood", "1", 0, 1, 0), words("told_words", 16),
                          other("told_thing"), integer("told_integer", "", -10, 10, 0)),
                  action<ponder>("bot", "ponder", "Have a mood.", number("mood", "1", 0, 1, 0))
                      .self_only(),
                  action<explode>("world", "explode", "Throw."),
                  action<sulk>("world", "sulk", "Refuse."),
                  action<tell>("world", "tell", "Take parameters of each type.",
                               number("number", "m", 0, 2, 0), integer("integer", "", -10, 10, 0),
                               boolean("boolean"), words("words", 16), other("thing")));
