// Carried things, as those who list, watch and see them are told.
#include "core/transaction.hpp"
#include "tests/actors/stage.hpp"

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

class coded final : public core::behaviour {
public:
  explicit coded(core::outcome (*code)(const core::call&)) : code_(code) {}
  core::outcome run(const core::call& c) const noexcept override { return code_(c); }

private:
  core::outcome (*code_)(const core::call&);
};

core::outcome take(const core::call& c) {
  return c.writes.carry(c.agent, c.target) ? core::outcome::done : core::outcome::refused;
}

core::outcome drop(const core::call& c) {
  core::vec3 to = c.writes.place_of(c.agent)->pos;
  to.z += core::from_metres(2);
  return c.writes.move(c.target, to) ? core::outcome::done : core::outcome::refused;
}

/// The small catalogue, with the actions `take` and `drop` on wells.
core::catalogue_ptr handy_catalogue() {
  const auto small = small_catalogue();
  core::catalogue_parts parts{small->plugins(), small->kinds(), small->actions(), small->rules()};
  for (const auto& [name, code] : {std::pair{"take", &take}, std::pair{"drop", &drop}}) {
    core::action a;
    a.name = name;
    a.target = *small->find_kind("well");
    a.summary = "For tests.";
    a.reach = core::from_metres(100);
    a.code = std::make_shared<coded>(code);
    parts.actions.push_back(std::move(a));
  }
  return std::make_shared<const core::catalogue>(std::move(parts));
}

world_request make_at(const std::string& kind, double x, double z) {
  create_thing_request r;
  r.wish.kind = kind;
  r.wish.pos = core::vec3{core::from_metres(x), 0, core::from_metres(z)};
  return r;
}

/// Bots 1 and 2 of connection 1, and well 3.
struct with_hands {
  with_hands() : s(stage_options{.catalogue = handy_catalogue()}) {
    CHECK(s.answer(1, make_at("bot", 50, 50)) == "thing 1 revealed");
    CHECK(s.answer(1, make_at("bot", 60, 50)) == "thing 2 revealed");
    CHECK(s.answer(1, make_at("well", 52, 50)) == "thing 3");
  }

  void done(core::serial bot, const std::string& action) {
    CHECK(s.answer(1, act(bot, action, 3)).starts_with("done"));
  }

  stage s;
};

}  // namespace

TEST_CASE_METHOD(with_hands, "a watcher is told who carries a thing, and where it is set down") {
  CHECK(s.answer(2, watch(1000)).starts_with("sub"));
  CHECK(s.events(2) == strings{"* snapshot [1,2,3]"});

  s.pass_time(1s);
  done(1, "take");
  CHECK(s.events(2) == strings{"* delta add [] del [] upd 1p 3c"});
  s.pass_time(1s);
  done(2, "take");
  CHECK(s.events(2) == strings{"* delta add [] del [] upd 2p 3c"});
  s.pass_time(1s);
  done(2, "drop");
  CHECK(s.events(2) == strings{"* delta add [] del [] upd 2p 3mc"});
}

TEST_CASE_METHOD(with_hands, "a snapshot and the list of things hold what is carried") {
  done(1, "take");

  CHECK(s.answer(2, watch(1000)).starts_with("sub"));
  CHECK(s.events(2) == strings{"* snapshot [1,2,3]"});
  CHECK(s.answer(1, list_things_request{}) == "things [1,2,3]");
  list_things_request close;
  close.near = core::vec3{core::from_metres(50), 0, core::from_metres(50)};
  close.range = core::from_metres(50);
  CHECK(s.answer(1, close) == "things [1,2]");
}

TEST_CASE_METHOD(with_hands, "through a bot's eyes things go into other hands, and come back") {
  subscribe_request eyes;
  eyes.bot = 2;
  eyes.range = core::from_metres(100);
  eyes.max_hz = 1000;
  CHECK(s.answer(2, eyes).starts_with("sub"));
  CHECK(s.events(2) == strings{"* snapshot [2,3,1]"});

  s.pass_time(1s);
  done(1, "take");
  CHECK(s.events(2) == strings{"* delta add [] del [3] upd 1p"});
  s.pass_time(1s);
  done(2, "take");
  CHECK(s.events(2) == strings{"* delta add [3] del [] upd 2p"});
  s.pass_time(1s);
  done(2, "drop");
  CHECK(s.events(2) == strings{"* delta add [] del [] upd 2p 3mc"});
}

TEST_CASE_METHOD(with_hands, "a hosted mind is offered what it carries, not what others carry") {
  const auto is_offered = [&](core::serial bot) {
    std::vector<core::sighting> seen;
    std::vector<core::offer> offers;
    const core::world& w = s.keeper->world();
    core::glance(w, *w.find(bot), seen);
    core::list_offers(w, *w.find(bot), seen, offers);
    return std::any_of(offers.begin(), offers.end(), [](const auto& o) { return o.target == 3; });
  };
  done(1, "take");
  const core::serial thinker = s.make_bot(1, "random");
  s.settle();
  CHECK_FALSE(is_offered(thinker));

  done(1, "drop");
  core::act_command take_it;
  take_it.agent = thinker;
  take_it.action = *s.keeper->world().catalogue().find_action("take");
  take_it.target = 3;
  s.keeper->chosen({take_it}, s.keeper->world().shared_catalogue());
  s.settle();
  CHECK(s.keeper->world().find(3)->parent == thinker);
  CHECK(is_offered(thinker));
}

TEST_CASE_METHOD(with_hands, "what a deleted bot carried is told as set down") {
  done(1, "take");
  CHECK(s.answer(2, watch(1000)).starts_with("sub"));
  s.events(2);

  s.pass_time(1s);
  CHECK(s.answer(1, remove(1)) == "deleted 1");
  CHECK(s.events(2) == strings{"* delta add [] del [1] upd 3mc"});
}
