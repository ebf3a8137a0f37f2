// The services by which a plugin lets things be carried.
#include "tests/plugins/small_world.hpp"

using namespace unscripted;
using namespace unscripted::tests;
using core::outcome;

namespace {

struct with_stones {
  small_world w{shipped_and({"hands"}).catalogue};
  core::serial ann = w.create("bot", 2, 2), ben = w.create("bot", 2, 3);
  core::serial stone = w.create("stone", 2.5, 2), other = w.create("stone", 2.5, 2.5);

  std::string refusal(core::serial agent, const std::string& action, core::serial target = 0) {
    const core::record& r = w.act(agent, action, target);
    CHECK(r.outcome == outcome::refused);
    return r.reason;
  }
  void done(core::serial agent, const std::string& action, core::serial target = 0,
            core::named_values args = {}) {
    const core::record& r = w.act(agent, action, target, std::move(args));
    INFO(r.reason);
    CHECK(r.outcome == outcome::done);
  }
  std::int64_t burden(core::serial bot) { return w.get(bot, "burden").as_integer(); }
};

} // namespace

TEST_CASE_METHOD(with_stones, "a plugin takes things up, hands them over and sets them down") {
  done(ann, "take", other);
  done(ann, "take", stone);
  CHECK(burden(ann) == 2);
  CHECK(refusal(ann, "take", stone) == "it is mine");

  done(ben, "take", stone);
  CHECK(burden(ben) == 1);
  CHECK(w.world().find(stone)->parent == ben);

  done(ben, "drop", 0, {{"distance", 5.0}});
  CHECK(burden(ben) == 0);
  CHECK(w.pos(stone) == core::vec3{7'000'000, 0, 3'000'000});
  CHECK(refusal(ben, "drop") == "the hands are empty");
}

TEST_CASE_METHOD(with_stones, "what is carried is not pushed, and blocks nobody") {
  done(ben, "push", stone);
  done(ann, "take", stone);
  done(ann, "take", other);

  CHECK(refusal(ben, "push", stone) == "it cannot be pushed");

  done(ann, "walk", 0, {{"angle", 0.0}});  // over where they lay
}

TEST_CASE_METHOD(with_stones, "what is not there, a bot, or the world is never carried") {
  done(ann, "fumble");
}
