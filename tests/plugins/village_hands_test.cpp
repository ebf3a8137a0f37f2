// Hands: taking, dropping, giving, and what becomes of it when the bearer dies.
#include "tests/plugins/village_world.hpp"

using namespace unscripted;
using namespace unscripted::tests;

namespace {

/// Bots 1 and 2 within reach of each other and of stone 3.
struct with_stone : village_world {
  with_stone()
    : ada(create("bot", 5, 5)), bob(create("bot", 5, 6)), stone(create("stone", 5.3, 5)) {}

  bool gives(core::serial who, core::serial to, core::serial what) {
    return is_done(who, "give", to, {{"what", to_loose(what)}});
  }
  std::string refused_gift(core::serial who, core::serial to, core::serial what) {
    return refusal(who, "give", to, {{"what", to_loose(what)}});
  }
  void fill_hands(core::serial bot) {
    const core::vec3 at = pos(bot);
    for (int i = 0; i < 3; ++i)
      REQUIRE(is_done(bot, "take", create("stone", core::to_metres(at.x), core::to_metres(at.z))));
  }

  core::serial ada, bob, stone;
};

}  // namespace

TEST_CASE_METHOD(with_stone, "what is taken goes where its bearer goes, and is put down there") {
  CHECK(is_done(ada, "take", stone));
  CHECK(carrier(stone) == ada);

  REQUIRE(is_done(ada, "walk", core::world_serial, {{"angle", 0.5}}));
  CHECK(is_done(ada, "drop", stone));

  CHECK(carrier(stone) == core::world_serial);
  CHECK(pos(stone) == core::vec3{4'200'000, 0, 5'000'000});
}

TEST_CASE_METHOD(with_stone, "food is taken and dropped like a stone") {
  const auto food = create("food", 5, 5);
  CHECK(is_done(ada, "take", food));
  CHECK(carrier(food) == ada);
  CHECK(is_done(ada, "drop", food));
  CHECK(carrier(food) == core::world_serial);
}

TEST_CASE_METHOD(with_stone, "hands hold three things and no fourth") {
  fill_hands(ada);
  CHECK(refusal(ada, "take", stone) == "these hands are full");
  CHECK(carrier(stone) == core::world_serial);
}

TEST_CASE_METHOD(with_stone, "what a bot holds is taken neither by it nor by another") {
  REQUIRE(is_done(ada, "take", stone));
  CHECK(refusal(ada, "take", stone) == "it is in these hands already");
  CHECK(refusal(bob, "take", stone) == "another bot holds it");
  CHECK(carrier(stone) == ada);
}

TEST_CASE_METHOD(with_stone, "what is too far away is not taken") {
  const auto far = create("stone", 9, 9);
  CHECK(refusal(ada, "take", far) == "not_in_reach");
}

TEST_CASE_METHOD(with_stone, "only what a bot holds can it put down") {
  CHECK(refusal(ada, "drop", stone) == "it is not in these hands");
  REQUIRE(is_done(bob, "take", stone));
  CHECK(refusal(ada, "drop", stone) == "it is not in these hands");
  CHECK(carrier(stone) == bob);
}

TEST_CASE_METHOD(with_stone, "a gift goes into the other's hands") {
  REQUIRE(is_done(ada, "take", stone));

  CHECK(gives(ada, bob, stone));

  CHECK(carrier(stone) == bob);
  CHECK(is_done(bob, "drop", stone));
}

TEST_CASE_METHOD(with_stone,
                 "a bot gives away neither what it does not hold nor what is no thing") {
  CHECK(refused_gift(ada, bob, stone) == "it is not in these hands");
  CHECK(refused_gift(ada, bob, 99) == "it is not in these hands");
  CHECK(refused_gift(ada, bob, bob) == "it is not in these hands");
  CHECK(refusal(ada, "give", bob) == "it is not in these hands");
  REQUIRE(is_done(bob, "take", stone));
  CHECK(refused_gift(ada, bob, stone) == "it is not in these hands");
  CHECK(carrier(stone) == bob);
}

TEST_CASE_METHOD(with_stone, "nobody gives to itself, to full hands, or to one who is away") {
  REQUIRE(is_done(ada, "take", stone));
  CHECK(refused_gift(ada, ada, stone) == "it is in these hands already");
  fill_hands(bob);
  CHECK(refused_gift(ada, bob, stone) == "their hands are full");
  const auto far = create("bot", 9, 9);
  CHECK(refused_gift(ada, far, stone) == "not_in_reach");
  CHECK(carrier(stone) == ada);
}

TEST_CASE_METHOD(with_stone, "nothing is given to the dead, or to what is no bot") {
  REQUIRE(is_done(ada, "take", stone));
  const auto other = create("stone", 5, 5);
  const core::named_values what{{"what", to_loose(stone)}};
  CHECK(complaint({ada, "give", core::thing_id{1, other}, what}).find("offers no action `give`") !=
        std::string::npos);

  remove(bob);

  CHECK(complaint({ada, "give", core::thing_id{1, bob}, what}).find("is not in this world") !=
        std::string::npos);
}

TEST_CASE_METHOD(with_stone, "a gift is named by the id of a thing of this world") {
  for (const core::loose_value& wrong :
       {core::loose_value{3.5}, core::loose_value{std::string("stone")}, core::loose_value{},
        core::loose_value{core::to_string(core::thing_id{2, stone})}})
    CHECK(complaint({ada, "give", core::thing_id{1, bob}, {{"what", wrong}}})
              .starts_with("parameter `what`: expected "));
}

TEST_CASE_METHOD(with_stone, "the dead set down what they carried, where they died") {
  fill_hands(ada);
  const auto hands = world().carried_by(ada);
  const std::vector<core::serial> carried{hands.begin(), hands.end()};
  const core::vec3 place = pos(ada);

  configure({{"day", std::int64_t{1}}});
  while (world().find(ada)) act(ada, "pass", ada);

  REQUIRE(carried.size() == 3);
  for (const core::serial id : carried) {
    CHECK(carrier(id) == core::world_serial);
    CHECK(pos(id) == place);
  }
  CHECK(world().find_grave(ada)->cause == "thirst");
}
