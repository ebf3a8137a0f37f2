// From what a client says to a checked command: every refusal, with what it says would do.
#include "core/resolve.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

constexpr world_number here = 7;
constexpr double inf = std::numeric_limits<double>::infinity();

const std::string* datum(const problem& p, const std::string& key) {
  for (const auto& [name, value] : p.data)
    if (name == key) return std::get_if<std::string>(&value);
  return nullptr;
}

std::string text_of(const problem& p, const std::string& key) {
  const std::string* found = datum(p, key);
  return found ? *found : "(no " + key + ")";
}

/// Bots 1 and 2, well 3.
struct scene {
  scene() {
    l.bot(2, 2);
    l.bot(3, 2);
    l.well(5, 5);
  }

  result<command> act(const std::string& action, std::optional<thing_id> target,
                      named_values args = {}, serial agent = 1) const {
    return resolve_act(l.state(), here, {agent, action, target, std::move(args)});
  }
  result<command> walk(loose_value angle) const {
    return act("walk", std::nullopt, {{"angle", std::move(angle)}});
  }
  result<command> tell(named_values args) const {
    return act("tell", thing_id{here, 2}, std::move(args));
  }

  lab l;
};

void check_bad(const result<command>& r, const std::string& param, const std::string& expected) {
  REQUIRE_FALSE(r);
  CHECK(r.why().code == errc::invalid_params);
  CHECK(text_of(r.why(), "param") == param);
  CHECK(text_of(r.why(), "expected") == expected);
  CHECK(r.why().message.find(param) != std::string::npos);
}

const act_command& acted(const result<command>& r) {
  REQUIRE(r);
  return std::get<act_command>(*r);
}

}  // namespace

TEST_CASE("an action without a target is done to the world or to the bot itself",
          "[core][resolve]") {
  const scene s;
  CHECK(acted(s.act("walk", std::nullopt)).target == world_serial);
  CHECK(acted(s.act("pass", std::nullopt)).target == 1);
  CHECK(acted(s.act("pass", std::nullopt, {}, 2)).target == 2);
  CHECK(acted(s.act("walk", thing_id{here, world_serial})).target == world_serial);
  CHECK(acted(s.act("drink", thing_id{here, 3})).target == 3);
}

TEST_CASE("an act that is put into the place of another has nothing of it left",
          "[core][resolve]") {
  const scene s;
  const auto long_one = s.tell({{"words", std::string("hello")}});
  command place = *long_one;
  REQUIRE_FALSE(acted(long_one).args.texts.empty());

  REQUIRE_FALSE(resolve_act(s.l.state(), here, {2, "pass", std::nullopt, {}}, act_in(place)));

  CHECK(std::get<act_command>(place) == acted(s.act("pass", std::nullopt, {}, 2)));
  put(*long_one, place);
  CHECK(std::get<act_command>(place) == acted(long_one));
}

TEST_CASE("an action that needs a target says of what kind", "[core][resolve]") {
  const scene s;
  check_bad(s.act("drink", std::nullopt), "target", "the id of a well: `drink` is done to one");
  check_bad(s.act("tell", std::nullopt), "target", "the id of a bot: `tell` is done to one");
}

TEST_CASE("an action that two kinds offer needs a target as well", "[core][resolve]") {
  catalogue_parts parts = life_parts();
  for (const action& a : life_parts().actions)
    if (a.name == "drink") {
      parts.actions.push_back(a);
      parts.actions.back().target = mist_kind;
    }
  lab l{small_world(), {}, std::make_shared<const catalogue>(parts)};
  const serial bot = l.bot(5, 5);

  const auto r = resolve_act(l.state(), here, {bot, "drink", std::nullopt, {}});

  REQUIRE_FALSE(r);
  CHECK(r.why().code == errc::invalid_params);
  CHECK(text_of(r.why(), "param") == "target");
}

TEST_CASE("what is done to oneself only is not done to another", "[core][resolve]") {
  const scene s;
  CHECK(acted(s.act("pass", thing_id{here, 1})).target == 1);
  check_bad(s.act("pass", thing_id{here, 2}), "target",
            "the bot itself: `pass` is done to nobody else");
}

TEST_CASE("an unknown action is answered with those that there are", "[core][resolve]") {
  const scene s;
  const auto fly = s.act("fly", std::nullopt);
  const auto eat = s.act("eat", thing_id{here, 3});
  const auto walk = s.act("walk", thing_id{here, 3});

  for (const auto* r : {&fly, &eat, &walk}) {
    REQUIRE_FALSE(*r);
    CHECK(r->why().code == errc::not_found);
  }
  CHECK(fly.why().message.find("walk") != std::string::npos);
  CHECK(eat.why().message == "a well offers no action `eat`; it offers drink");
  CHECK(text_of(eat.why(), "kind") == "well");
  CHECK(text_of(eat.why(), "action") == "eat");
}

TEST_CASE("a target of another world, or that is not there, is not found", "[core][resolve]") {
  const scene s;
  for (const thing_id id : {thing_id{here + 1, 3}, thing_id{here, 99}, thing_id{0, 3},
                            thing_id{here + 1, world_serial}, thing_id{here, no_thing}}) {
    const auto r = s.act("drink", id);
    REQUIRE_FALSE(r);
    CHECK(r.why().code == errc::not_found);
    CHECK(text_of(r.why(), "id") == to_string(id));
  }
}

TEST_CASE("a number out of its range, not finite or of another type is refused",
          "[core][resolve]") {
  const scene s;
  for (const loose_value& angle :
       std::vector<loose_value>{std::nan(""), inf, -inf, 1.0000000000000002, -1e-300,
                                std::int64_t{2}, std::string{"0.5"}, true, std::monostate{}})
    check_bad(s.walk(angle), "angle", "a number in [0, 1], in turns");

  CHECK(s.walk(0.0));
  CHECK(s.walk(1.0));
  CHECK(s.walk(std::int64_t{1}));
  CHECK(acted(s.walk(-0.0)).args.bits[0] == 0);  // one zero only
}

TEST_CASE("an integer may be written as a double, but not with a fraction", "[core][resolve]") {
  const scene s;
  const std::string expected = "an integer in [1, 9]";
  CHECK(s.tell({{"times", std::int64_t{9}}}));
  CHECK(s.tell({{"times", 3.0}}));
  for (const loose_value& times :
       std::vector<loose_value>{std::int64_t{0}, std::int64_t{10}, 2.5, 1e300, inf, std::nan(""),
                                false, std::numeric_limits<std::int64_t>::min(), std::string{"3"}})
    check_bad(s.tell({{"times", times}}), "times", expected);
}

TEST_CASE("a text, a boolean and a thing are what they say", "[core][resolve]") {
  const scene s;
  const auto text = [](std::string x) { return loose_value{std::move(x)}; };

  CHECK(s.tell({{"words", text(std::string(20, 'x'))}, {"loud", true}}));
  check_bad(s.tell({{"words", text(std::string(21, 'x'))}}), "words", "a text of at most 20 bytes");
  check_bad(s.tell({{"words", text({"a\0b", 3})}}), "words", "a text of at most 20 bytes");
  check_bad(s.tell({{"words", 5.0}}), "words", "a text of at most 20 bytes");
  check_bad(s.tell({{"loud", std::int64_t{1}}}), "loud", "true or false");
  CHECK(s.tell({{"about", text(to_string(thing_id{here, 3}))}}));
  check_bad(s.tell({{"about", text("3")}}), "about", "the id of a thing, 24 hex digits");
  check_bad(s.tell({{"about", text(to_string(thing_id{here + 1, 3}))}}), "about",
            "a thing of this world");
}

TEST_CASE("what is not said is as declared, what is said twice counts once", "[core][resolve]") {
  const scene s;
  const act_command c = acted(s.tell({}));
  CHECK(c.args.count == 4);
  CHECK(c.args.texts == std::vector<std::string>{"hello"});
  CHECK(static_cast<std::int64_t>(c.args.bits[3]) == 1);
}

TEST_CASE("an unknown parameter is refused with those that there are", "[core][resolve]") {
  const scene s;
  check_bad(s.act("walk", std::nullopt, {{"speed", 1.0}}), "speed", "a parameter of `walk`: angle");
  check_bad(s.act("pass", std::nullopt, {{"x", 1.0}}), "x", "a parameter of `pass`: nothing");
}

TEST_CASE("one who never was is not found, and neither is a well", "[core][resolve]") {
  const scene s;
  for (const serial agent : {serial{99}, serial{3}, world_serial, no_thing}) {
    const auto r = s.act("walk", std::nullopt, {}, agent);
    REQUIRE_FALSE(r);
    CHECK(r.why().code == errc::not_found);
    CHECK(text_of(r.why(), "id") == to_string(thing_id{here, agent}));
  }
}

TEST_CASE("the dead answer with their cause and their heir", "[core][resolve]") {
  scene s;
  s.l.act(1, "strike", 2);

  const auto r = s.act("walk", std::nullopt, {}, 2);

  REQUIRE_FALSE(r);
  CHECK(r.why().code == errc::dead);
  CHECK(text_of(r.why(), "cause") == "strike");
  CHECK(text_of(r.why(), "heir") == to_string(thing_id{here, 4}));
  CHECK(text_of(r.why(), "id") == to_string(thing_id{here, 2}));
}

TEST_CASE("the dead without heir say so, the removed were never dead", "[core][resolve]") {
  scene s;
  settings none = s.l.state().settings();
  none.population = population::none;
  s.l.play(configure_command{none, {}});
  s.l.act(1, "strike", 2);
  s.l.play(remove_command{1});

  const problem dead = no_such_bot(s.l.state(), here, 2);
  const problem removed = no_such_bot(s.l.state(), here, 1);

  CHECK(dead.code == errc::dead);
  CHECK_FALSE(datum(dead, "heir"));
  CHECK(removed.code == errc::not_found);
}
