// Saying: words that bots nearby hear, in what they perceive after their next action.
//
// Whoever is within 10 m has the words in its property `_heard`, which it alone sees, and the last
// of those who spoke in `_heard_from`. Several in one tick are heard one after the other, with
// " / " between. The words stay until a bot has acted twice: once without having known them, and
// once with them before its eyes. Of a crowd the nearest 256 things are reached.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto heard = uses<text>(0, "bot", "_heard");
static constexpr auto heard_from = uses<uns_thing>(1, "bot", "_heard_from");
static constexpr auto is_fresh = uses<bool>(2, "bot", "_heard_fresh");

static constexpr double earshot_metres = 10;
static constexpr std::uint32_t heard_bytes_max = 1000;

static std::string after_what_was_heard(const thing& bot, const std::string& words) {
  const std::string all = bot.get(heard) + " / " + words;
  return bot.get(is_fresh) && all.size() <= heard_bytes_max ? all : words;
}

static outcome say(context& c) {
  const std::string words = c.words(0);
  if (words.empty()) return c.refuse("nothing was said");
  for (const thing& t : c.near(c.agent(), earshot_metres, 256)) {
    if (!t.is_a("bot")) continue;
    if (!t.set(heard, after_what_was_heard(t, words).c_str()))
      return c.refuse("words are one line of text");
    t.set(heard_from, c.agent().id());
    t.set(is_fresh, true);
  }
  return done;
}

static outcome forget(context& c) {
  const thing bot = c.agent();
  if (bot.get(is_fresh)) bot.set(is_fresh, false);
  else if (bot.get(heard_from, UNS_NO_THING) != UNS_NO_THING) {
    bot.set(heard, "");
    bot.set(heard_from, UNS_NO_THING);
  }
  return done;
}

UNSCRIPTED_PLUGIN("org.unscripted.say", "1.0.0", heard, heard_from, is_fresh,
                  extends("bot", words("_heard", heard_bytes_max), other("_heard_from"),
                          boolean("_heard_fresh")),
                  action<say>("bot", "say", "Say something to all bots within 10 m.",
                              words("words", 200))
                      .self_only()
                      .within(earshot_metres),
                  rule<forget>("forget", "What was heard is forgotten after the next action."));
