// Food: eaten, carried, and grown back.
#include "tests/plugins/village_world.hpp"

using namespace unscripted;
using namespace unscripted::tests;

namespace {

constexpr std::int64_t season = 7;

/// Food 2 beside bot 1, in a world that is a few ticks old.
struct with_food : village_world {
  explicit with_food(core::named_values rules = {{"season", season}})
    : village_world(std::move(rules)), bot(create("bot", 5, 5)), food(create("food", 5.5, 5)) {
    tick(3);
  }
  bool is_ripe() { return is_true(food, "ripe"); }
  /// Lets time pass until it is ripe; the tick, or `give_up` where it is not.
  std::uint64_t await_ripe(std::uint64_t give_up) {
    while (!is_ripe() && world().tick() < give_up) tick();
    return world().tick();
  }

  core::serial bot, food;
};

}  // namespace

TEST_CASE_METHOD(with_food, "eating takes away all hunger but what the action itself costs") {
  configure({{"day", std::int64_t{4}}});
  REQUIRE(is_done(bot, "pass", bot));
  REQUIRE(number(bot, "energy") == 1 - 1.0 / 12);

  CHECK(is_done(bot, "eat", food));

  CHECK(number(bot, "energy") == 1 - 1.0 / 12);
  CHECK_FALSE(is_ripe());
}

TEST_CASE_METHOD(with_food, "what was eaten is ripe again after a season, to the tick") {
  const std::uint64_t eaten_at = world().tick();
  REQUIRE(is_done(bot, "eat", food));

  CHECK(await_ripe(1000) == eaten_at + season);
}

TEST_CASE_METHOD(with_food, "pieces that were eaten at different ticks ripen as far apart") {
  const auto second = create("food", 4.5, 5);
  const std::uint64_t first_eaten = world().tick();
  REQUIRE(is_done(bot, "eat", food));
  tick(2);
  const std::uint64_t second_eaten = world().tick();
  REQUIRE(is_done(bot, "eat", second));

  CHECK(await_ripe(1000) == first_eaten + season);
  CHECK_FALSE(is_true(second, "ripe"));
  while (!is_true(second, "ripe") && world().tick() < 1000) tick();
  CHECK(world().tick() == second_eaten + season);
}

TEST_CASE_METHOD(with_food, "what is not ripe is not eaten, and the try costs") {
  REQUIRE(is_done(bot, "eat", food));
  const double before = number(bot, "energy");

  CHECK(refusal(bot, "eat", food) == "it is not ripe");

  CHECK(number(bot, "energy") < before);
}

TEST_CASE_METHOD(with_food, "food that is too far away is not eaten") {
  const auto far = create("food", 9, 9);
  CHECK(refusal(bot, "eat", far) == "not_in_reach");
  CHECK(is_true(far, "ripe"));
}

TEST_CASE_METHOD(with_food, "a bot eats out of its own hand and not out of another's") {
  const auto other = create("bot", 5, 5.6);
  REQUIRE(is_done(bot, "take", food));

  CHECK(refusal(other, "eat", food) == "another bot holds it");
  CHECK(is_done(bot, "eat", food));
}

TEST_CASE_METHOD(with_food, "nothing ripens in a hand, but once set down it takes a season") {
  REQUIRE(is_done(bot, "take", food));
  REQUIRE(is_done(bot, "eat", food));
  tick(5 * season);
  REQUIRE_FALSE(is_ripe());

  REQUIRE(is_done(bot, "drop", food));

  const std::uint64_t set_down = world().tick();
  CHECK(await_ripe(1000) <= set_down + season);
}

TEST_CASE_METHOD(with_food, "a tick at which nothing is due writes nothing but the tick") {
  REQUIRE(is_done(bot, "eat", food));
  const core::record& r = tick();
  REQUIRE(r.effects.size() == 1);
  CHECK(r.effects[0].type == core::effect_type::ticked);
}

TEST_CASE_METHOD(with_food, "a season that is made shorter holds for what is eaten from then on") {
  REQUIRE(is_done(bot, "eat", food));
  const auto second = create("food", 4.5, 5);
  configure({{"season", std::int64_t{2}}});
  const std::uint64_t eaten_at = world().tick();
  REQUIRE(is_done(bot, "eat", second));

  tick();

  CHECK(world().tick() == eaten_at + 2);
  CHECK(is_true(second, "ripe"));
  CHECK_FALSE(is_ripe());
}

TEST_CASE_METHOD(with_food, "food that is taken away before it is ripe holds up no other") {
  const auto second = create("food", 4.5, 5);
  REQUIRE(is_done(bot, "eat", second));
  const std::uint64_t eaten_at = world().tick();
  REQUIRE(is_done(bot, "eat", food));

  remove(second);

  CHECK(await_ripe(1000) == eaten_at + season);
}

TEST_CASE("of more food than can ripen in a tick the rest follows in the next ticks") {
  village_world w({{"season", std::int64_t{1000}}}, 2000);
  std::vector<core::serial> food;
  for (int i = 0; i < 1200; ++i)
    food.push_back(w.create("food", 5, 5, {{"ripe", false}, {"ripe_at", std::int64_t{1}}}));
  const auto ripe = [&] {
    return std::count_if(food.begin(), food.end(), [&](auto id) { return w.is_true(id, "ripe"); });
  };

  for (const long expected : {500, 1000, 1200, 1200}) {
    w.tick();
    CHECK(ripe() == expected);
  }
}

TEST_CASE("without food a bot that drinks dies of hunger after three days") {
  for (const std::int64_t day : {4, 10, 49}) {
    village_world w({{"day", day}});
    const auto bot = w.create("bot", 5, 5);
    const auto well = w.create("well", 6, 5);

    std::int64_t actions = 0;
    for (; w.world().find(bot); ++actions) REQUIRE(w.is_done(bot, "drink", well));

    INFO("day " << day << ", died at action " << actions);
    CHECK((actions == 3 * day || actions == 3 * day + 1));
    CHECK(w.world().find_grave(bot)->cause == "hunger");
  }
}

TEST_CASE("without water hunger is not what a bot dies of") {
  village_world w({{"day", std::int64_t{8}}});
  const auto bot = w.create("bot", 5, 5);
  const auto food = w.create("food", 5.5, 5);
  while (w.world().find(bot)) w.act(bot, "eat", food);
  CHECK(w.world().find_grave(bot)->cause == "thirst");
}
