// Saying: words that bots nearby hear, in what they perceive after their next action.
//
// Whoever is within 10 m has the words in its property `heard`. They stay until it has acted twice:
// once without having known them, and once with them before its eyes.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto heard = uses<text>(0, "bot", "heard");
static constexpr auto is_fresh = uses<bool>(1, "bot", "heard_fresh");

static constexpr double earshot_metres = 10;

static outcome say(context& c) {
  if (*c.words(0) == '\0') return c.refuse("nothing was said");
  for (const thing& t : c.near(c.agent(), earshot_metres, 1024)) {
    if (!t.is_a("bot")) continue;
    t.set(heard, c.words(0));
    t.set(is_fresh, true);
  }
  return done;
}

static outcome forget(context& c) {
  const thing bot = c.agent();
  if (bot.get(is_fresh)) bot.set(is_fresh, false);
  else if (!bot.get(heard).empty()) bot.set(heard, "");
  return done;
}

UNSCRIPTED_PLUGIN("org.unscripted.say", "1.0.0", heard, is_fresh,
                  extends("bot", words("heard", 200), boolean("heard_fresh")),
                  action<say>("bot", "say", "Say something to all bots within 10 m.",
                              words("words", 200))
                      .self_only()
                      .within(earshot_metres),
                  rule<forget>("forget", "What was heard is forgotten after the next action."));
