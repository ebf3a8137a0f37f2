// Saying and hearing.
#include "tests/plugins/village_world.hpp"

using namespace unscripted;
using namespace unscripted::tests;

namespace {

struct with_bots : village_world {
  with_bots() : ada(create("bot", 1, 1)), bob(create("bot", 5, 5)), cid(create("bot", 9, 9)) {}

  core::named_values words(const std::string& text) { return {{"words", text}}; }
  std::string heard(core::serial bot) { return get(bot, "_heard").text; }
  core::serial heard_from(core::serial bot) { return get(bot, "_heard_from").bits; }

  core::serial ada, bob, cid;
};

}  // namespace

TEST_CASE_METHOD(with_bots, "words are heard within 10 m, and not by the speaker") {
  CHECK(is_done(ada, "say", ada, words("hello")));

  CHECK(heard(bob) == "hello");
  CHECK(heard_from(bob) == ada);
  CHECK(heard(cid).empty());
  CHECK(heard_from(cid) == core::no_thing);
  CHECK(heard(ada).empty());
}

TEST_CASE_METHOD(with_bots, "a deaf wall, a well and food make no difference to who hears") {
  for (const char* kind : {"wall", "well", "food", "crate"})
    create(kind, 3, kind == std::string("wall") ? 1 : kind == std::string("well") ? 3 : 7);
  CHECK(is_done(ada, "say", ada, words("hello")));
  CHECK(heard(bob) == "hello");
}

TEST_CASE_METHOD(with_bots, "what was heard is there for the next action and forgotten after it") {
  REQUIRE(is_done(ada, "say", ada, words("hello")));

  act(bob, "pass", bob);
  CHECK(heard(bob) == "hello");
  act(bob, "pass", bob);
  CHECK(heard(bob).empty());
  CHECK(heard_from(bob) == core::no_thing);
}

TEST_CASE_METHOD(with_bots, "who hears nothing writes nothing") {
  for (const core::effect& e : act(bob, "pass", bob).effects)
    CHECK(e.type != core::effect_type::set);
}

TEST_CASE_METHOD(with_bots, "several who speak before one acts are heard one after the other") {
  REQUIRE(is_done(ada, "say", ada, words("one")));
  REQUIRE(is_done(cid, "say", cid, words("two")));

  CHECK(heard(bob) == "one / two");
  CHECK(heard_from(bob) == cid);
}

TEST_CASE_METHOD(with_bots, "new words take the place of those that were known already") {
  REQUIRE(is_done(ada, "say", ada, words("one")));
  act(bob, "pass", bob);
  REQUIRE(is_done(cid, "say", cid, words("two")));

  CHECK(heard(bob) == "two");
  act(bob, "pass", bob);
  CHECK(heard(bob) == "two");
  act(bob, "pass", bob);
  CHECK(heard(bob).empty());
}

TEST_CASE_METHOD(with_bots, "200 bytes are said, 201 are not, nor is nothing") {
  const std::string most(200, 'a');
  CHECK(is_done(ada, "say", ada, words(most)));
  CHECK(heard(bob) == most);

  CHECK(refusal(ada, "say", ada, words("")) == "nothing was said");
  CHECK(refusal(ada, "say", ada) == "nothing was said");
  CHECK(complaint({ada, "say", {}, words(most + "a")}) ==
        "parameter `words`: expected a text of at most 200 bytes");
  CHECK(complaint({ada, "say", {}, {{"words", std::int64_t{7}}}}) ==
        "parameter `words`: expected a text of at most 200 bytes");
  CHECK(heard(bob) == most);
}

TEST_CASE_METHOD(with_bots, "letters of all scripts are said, lines and controls are not") {
  const std::string greeting = "grüß dich 日本 🜁";
  CHECK(is_done(ada, "say", ada, words(greeting)));
  CHECK(heard(bob) == greeting);
  for (const char* wrong : {"two\nlines", "\x1b[31m", "\x7f"})
    CHECK(refusal(ada, "say", ada, words(wrong)) == "words are one line of text");
  CHECK(heard(bob) == greeting);
}

TEST_CASE_METHOD(with_bots, "in a din that is too long to keep only the last is heard") {
  for (char c = 'a'; c < 'e'; ++c) REQUIRE(is_done(ada, "say", ada, words(std::string(200, c))));
  CHECK(heard(bob).size() == 4 * 200 + 3 * 3);

  REQUIRE(is_done(ada, "say", ada, words(std::string(200, 'e'))));

  CHECK(heard(bob) == std::string(200, 'e'));
}

TEST_CASE_METHOD(with_bots, "a bot speaks for itself alone") {
  CHECK(complaint({ada, "say", core::thing_id{1, bob}, words("hello")})
            .starts_with("parameter `target`: expected the bot itself"));
}

TEST_CASE_METHOD(with_bots, "what a bot heard is its own to know") {
  const core::kind& bot = village_catalogue()->kinds()[*village_catalogue()->bot_kind()];
  for (const char* name : {"_heard", "_heard_from", "_heard_fresh"})
    CHECK(bot.properties[*bot.slot_of(name)].is_private());
}
