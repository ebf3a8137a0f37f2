// Not wrong: two reads and a write, whose price plugins_bench.cpp measures.
#include "plugins/plugin.hpp"

using namespace unscripted::plugin;

static constexpr auto left = uses<double>(0, "bot", "left");
static constexpr auto right = uses<double>(1, "bot", "right");
static constexpr auto sum = uses<double>(2, "bot", "sum");

static outcome add(context& c) {
  const thing bot = c.agent();
  bot.set(sum, bot.get(left) + bot.get(right));
  return done;
}

UNSCRIPTED_PLUGIN("org.example.sums", "1.0.0", left, right, sum,
                  extends("bot", number("left", "", 0, 9, 2), number("right", "", 0, 9, 3),
                          number("sum", "", 0, 18, 0)),
                  action<add>("bot", "sum", "Add two numbers.").self_only());
