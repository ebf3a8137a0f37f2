// What predicates say, and how a wrong one is answered.
#include "core/predicate.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

bool holds(const world& w, const std::string& text) {
  const auto p = parse_predicate(text);
  INFO(text << ": " << (p ? "" : p.why().message));
  REQUIRE(p);
  const auto held = p->holds(w);
  INFO((held ? "" : held.why().message));
  REQUIRE(held);
  return *held;
}

problem refusal(const std::string& text) {
  const auto p = parse_predicate(text);
  INFO(text);
  REQUIRE_FALSE(p);
  return p.why();
}

problem objection(const world& w, const std::string& text) {
  const auto p = parse_predicate(text);
  INFO(text << ": " << (p ? "" : p.why().message));
  REQUIRE(p);
  const auto held = p->holds(w);
  REQUIRE_FALSE(held);
  return held.why();
}

std::int64_t at_of(const problem& p) {
  for (const auto& [key, v] : p.data)
    if (key == "at") return std::get<std::int64_t>(v);
  return -1;
}

bool mentions(const problem& p, const std::string& word) {
  return p.message.find(word) != std::string::npos;
}

/// Bots 1 and 2 (drink 0.25 and 0.75; 2 is female and likes 1), well 3, at tick 1.
struct pond {
  pond() {
    l.put(bot_kind, metres(2, 0, 3),
          {{of_bot::drink, value::number(0.25)}, {of_bot::female, value::boolean(false)}});
    l.put(bot_kind, metres(6.5, 0, 3),
          {{of_bot::drink, value::number(0.75)},
           {of_bot::female, value::boolean(true)},
           {of_bot::likes, value::thing(1)}});
    l.well(5, 8);
    l.play(advance_command{});
  }

  bool says(const std::string& text) const { return holds(l.state(), text); }

  lab l;
};

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("a predicate reads the world's counters", "[core][predicate]") {
  pond p;
  CHECK(p.says("tick == 1"));
  CHECK(p.says("seq == 5"));
  CHECK(p.says("actions == 0"));
  p.l.act(1, "pass", 1);
  CHECK(p.says("actions == 1 and seq == 6"));
  CHECK_FALSE(p.says("actions != 1"));
}

TEST_CASE("a predicate counts things by kind, and all but the world", "[core][predicate]") {
  const pond p;
  CHECK(p.says("count(bot) == 2"));
  CHECK(p.says("count(well) == 1"));
  CHECK(p.says("count(mist) == 0"));
  CHECK(p.says("count(thing) == 3"));
  CHECK(p.says("count(world) == 1"));
}

TEST_CASE("deaths are counted, all and by cause", "[core][predicate]") {
  pond p;
  CHECK(p.says("deaths == 0 and deaths(strike) == 0"));
  p.l.act(1, "strike", p.l.bot(2.8, 3));
  CHECK(p.says("deaths == 1"));
  CHECK(p.says("deaths(strike) == 1"));
  CHECK(p.says("deaths(\"strike\") == 1 && deaths('strike') == 1"));
  CHECK(p.says("deaths(\"old age\") == 0"));
}

TEST_CASE("a predicate reads properties of every type but text", "[core][predicate]") {
  const pond p;
  CHECK(p.says("world.day == 150000 and world.sight == 50"));
  CHECK(p.says("thing(1).drink == 0.25"));
  CHECK(p.says("thing(1).age == 0 and thing(1).generation == 1"));
  CHECK(p.says("thing(1).female == 0 and thing(2).female == 1"));
  CHECK(p.says("thing(2).likes == 1"));
  CHECK(p.says("thing(0).rain == world.rain"));
}

TEST_CASE("places are read in metres", "[core][predicate]") {
  const pond p;
  CHECK(p.says("thing(2).x == 6.5 and thing(2).y == 0 and thing(2).z == 3"));
  CHECK(p.says("max(bot.x) == 6.5 and min(well.z) == 8"));
}

TEST_CASE("a thing is named by its serial or by its id, quoted or bare", "[core][predicate]") {
  const pond p;
  CHECK(p.says("thing(000000070000000000000002).drink == 0.75"));
  CHECK(p.says("thing(\"000000070000000000000002\").drink == 0.75"));
  CHECK(p.says("alive(abcdef070000000000000002)"));  // begins as a name does
  CHECK(p.says("not alive(00000007000000000000000e)"));
  CHECK(p.says("alive(1) and alive(0) and not alive(4)"));
}

TEST_CASE("aggregates run over the things of a kind", "[core][predicate]") {
  const pond p;
  CHECK(p.says("min(bot.drink) == 0.25 and max(bot.drink) == 0.75"));
  CHECK(p.says("mean(bot.drink) == 0.5 and sum(bot.drink) == 1"));
  CHECK(p.says("sum(world.day) == 150000"));
}

TEST_CASE("over no things the sum is 0 and the rest has no value", "[core][predicate]") {
  const pond p;
  CHECK(p.says("sum(mist.x) == 0"));
  for (const char* over : {"min", "max", "mean"}) {
    const std::string term = std::string{over} + "(mist.x)";
    CHECK_FALSE(p.says(term + " < 1"));
    CHECK_FALSE(p.says(term + " >= 1"));
    CHECK_FALSE(p.says(term + " != 1"));
  }
}

TEST_CASE("a comparison with what is not there is false, and its denial true",
          "[core][predicate]") {
  const pond p;
  CHECK_FALSE(p.says("thing(9).drink < 1"));
  CHECK_FALSE(p.says("thing(9).drink >= 1"));
  CHECK_FALSE(p.says("thing(9).drink != 1"));
  CHECK_FALSE(p.says("1 - thing(9).x * 2 < thing(9).x"));
  CHECK(p.says("not (thing(9).drink < 1)"));
  CHECK(p.says("thing(9).drink < 1 or tick == 1"));
}

TEST_CASE("a division by 0 and an overflow have no value", "[core][predicate]") {
  const pond p;
  CHECK_FALSE(p.says("1 / 0 > 0"));
  CHECK_FALSE(p.says("1 / (1 / 0) == 0"));
  CHECK_FALSE(p.says("0 / 0 != 1"));
  CHECK_FALSE(p.says("1e308 * 10 > 1"));
  CHECK_FALSE(p.says("1e308 * 10 - 1e308 * 10 <= 0"));
}

TEST_CASE("operators bind as in arithmetic, comparisons before not, and, or", "[core][predicate]") {
  const pond p;
  CHECK(p.says("1 + 2 * 3 == 7"));
  CHECK(p.says("(1 + 2) * 3 == 9"));
  CHECK(p.says("10 - 4 - 3 == 3"));
  CHECK(p.says("16 / 4 / 2 == 2"));
  CHECK(p.says("-2 * -3 == 6 and 1 - -1 == 2"));
  CHECK(p.says("not tick == 2"));
  CHECK(p.says("1 == 1 or 1 == 1 and 1 == 2"));
  CHECK_FALSE(p.says("(1 == 1 or 1 == 1) and 1 == 2"));
  CHECK(p.says("!(1 == 2) && !!(1 == 1) || 1 == 2"));
  CHECK_FALSE(p.says("not 1 == 1 or 1 == 2"));
}

TEST_CASE("every comparison tells less, equal and greater apart", "[core][predicate]") {
  const pond p;
  const auto says = [&](const std::string& sign) {
    return std::string{p.says("1" + sign + "2") ? 'l' : '-', p.says("2" + sign + "2") ? 'e' : '-',
                       p.says("3" + sign + "2") ? 'g' : '-'};
  };
  CHECK(says("<") == "l--");
  CHECK(says("<=") == "le-");
  CHECK(says(">") == "--g");
  CHECK(says(">=") == "-eg");
  CHECK(says("==") == "-e-");
  CHECK(says("!=") == "l-g");
}

TEST_CASE("a boolean counts as a number in arithmetic", "[core][predicate]") {
  const pond p;
  CHECK(p.says("alive(1) + alive(2) + alive(9) == 2"));
  CHECK(p.says("(tick == 1) + (tick == 2) == 1"));
}

TEST_CASE("numbers are read as decimal text, with exponents and without blanks",
          "[core][predicate]") {
  const pond p;
  CHECK(p.says("1.5e+3==1500"));
  CHECK(p.says("15E-1==1.5"));
  CHECK(p.says("3-1==2"));
  CHECK(p.says("\t1\n<\r2 "));
}

TEST_CASE("a problem points at the character where the text goes wrong", "[core][predicate]") {
  const auto points_at = [](const std::string& text) { return at_of(refusal(text)); };
  CHECK(points_at("") == 1);
  CHECK(points_at("count(bot <5") == 11);
  CHECK(points_at("count(bot) <") == 13);
  CHECK(points_at("tick < ) ") == 8);
  CHECK(points_at("tick < 5 6") == 10);
  CHECK(points_at("1 < tick < 5") == 10);
  CHECK(points_at("tick = 5") == 6);
  CHECK(points_at("ticks > 5") == 1);
  CHECK(points_at("count()") == 7);
  CHECK(points_at("count(\"bot\") > 1") == 7);
  CHECK(points_at("world > 1") == 7);
  CHECK(points_at("world.5 > 1") == 7);
  CHECK(points_at("min(bot) > 1") == 8);
  CHECK(points_at("thing(x).drink > 1") == 7);
  CHECK(points_at("thing(1.5).drink > 1") == 7);
  CHECK(points_at("thing(99999999999999999999).x > 1") == 7);
  CHECK(points_at("deaths(\"old age) > 1") == 8);
  CHECK(points_at("tick > 1e999") == 8);
  CHECK(points_at("tick > 12ab") == 8);
  CHECK(points_at("tick > 1 & tick < 3") == 10);
  CHECK(points_at("tick > 1 and") == 13);
  CHECK(points_at("(tick > 1") == 10);
  CHECK(points_at("1 + not alive(1)") == 5);
}

TEST_CASE("a problem says what was expected, where, and of which text, in one line",
          "[core][predicate]") {
  const problem p = refusal("count(bot) <\n)");
  CHECK(p.code == errc::invalid_params);
  CHECK(p.message == "expected a number or a name at character 14: \"count(bot) <\\n)\"");
}

TEST_CASE("characters are counted, not bytes", "[core][predicate]") {
  CHECK(at_of(refusal("deaths(\"d\u00fcrre\") > > 1")) == 19);
}

TEST_CASE("a number alone is no predicate, wherever it stands", "[core][predicate]") {
  const auto points_at = [](const std::string& text) { return at_of(refusal(text)); };
  CHECK(points_at("tick") == 1);
  CHECK(points_at("  (1 + 2)") == 3);
  CHECK(points_at("tick > 3 and 5") == 14);
  CHECK(points_at("5 or tick > 3") == 1);
  CHECK(points_at("not tick") == 5);
  CHECK(points_at("alive(1) + 1") == 1);
  CHECK(points_at("-alive(1)") == 1);
  CHECK(mentions(refusal("tick"), "a comparison rather than a number alone"));
}

TEST_CASE("a text is at most 1024 bytes", "[core][predicate]") {
  const std::string fits = "tick > 1" + std::string(predicate_bytes_max - 8, ' ');
  CHECK(parse_predicate(fits));
  CHECK(refusal(fits + " ").code == errc::invalid_params);
  CHECK(refusal(std::string(1 << 20, '(')).message.size() < 200);
}

TEST_CASE("nesting ends at 32 levels, of parentheses, signs and nots alike", "[core][predicate]") {
  const auto in_brackets = [](int n) { return repeated("(", n) + "1<2" + repeated(")", n); };
  CHECK(parse_predicate(in_brackets(32)));
  CHECK(at_of(refusal(in_brackets(33))) == 34);
  CHECK(parse_predicate(repeated("!", 32) + "1<2"));
  CHECK(mentions(refusal(repeated("!", 33) + "1<2"), "levels of nesting"));
  CHECK(parse_predicate("1<" + repeated("-", 32) + "2"));
  CHECK_FALSE(parse_predicate("1<" + repeated("-", 33) + "2"));
  CHECK_FALSE(parse_predicate(repeated("(", 1000)));
  CHECK(parse_predicate("1" + repeated("+1", 500) + "<2"));  // long, but not deep
}

TEST_CASE("a kind or property that the world does not know is named", "[core][predicate]") {
  const pond p;
  for (const char* text : {"count(bird) > 1", "max(bird.x) > 1", "max(bird.size) > 1"}) {
    const problem why = objection(p.l.state(), text);
    CHECK(why.code == errc::not_found);
    CHECK(mentions(why, "kind `bird`"));
  }
  CHECK(mentions(objection(p.l.state(), "world.wind > 1"), "`wind`"));
  CHECK(mentions(objection(p.l.state(), "thing(3).drink > 1"), "a well has no property `drink`"));
  CHECK(mentions(objection(p.l.state(), "max(mist.drink) > 1"), "a mist has no property `drink`"));
}

TEST_CASE("an unknown name is a problem whatever stands beside it", "[core][predicate]") {
  const pond p;
  CHECK(objection(p.l.state(), "1 == 1 or count(bird) > 1").code == errc::not_found);
  CHECK(objection(p.l.state(), "1 == 2 and count(bird) > 1").code == errc::not_found);
}

TEST_CASE("a text cannot be compared", "[core][predicate]") {
  const pond p;
  CHECK(objection(p.l.state(), "thing(1)._note == 1").code == errc::invalid_params);
  CHECK(mentions(objection(p.l.state(), "max(bot._note) == 1"), "`_note` of a bot is a text"));
}

TEST_CASE("before a world is founded nothing holds", "[core][predicate]") {
  CHECK_FALSE(holds(world{}, "tick == 0"));
}

TEST_CASE("a predicate keeps its text and outlives what it was read from", "[core][predicate]") {
  const pond p;
  std::string text = "deaths(strike) == 0 and count(well) == 1";
  const auto read = parse_predicate(text);
  REQUIRE(read);
  const predicate copy = *read;
  text.assign(text.size(), '?');
  CHECK(copy.text() == "deaths(strike) == 0 and count(well) == 1");
  CHECK(*copy.holds(p.l.state()));
}

TEST_CASE("any mix of tokens is read or refused, and what is read can be asked",
          "[core][predicate]") {
  static constexpr const char* tokens[] = {
      "tick", "count(bot)", "1",  "0.5", "(",  ")",    "+",     "-",        "*",     "/",
      "<",    ">=",         "!=", "and", "or", "not",  "alive", "thing(1)", ".x",    "min",
      "(bot", ".drink)",    "!",  "&&",  "'",  "\xff", "world", "deaths",   "(1<2)", "2<tick"};
  const std::uint64_t seed = GENERATE(1u, 2u);
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  const pond p;
  int read = 0;

  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::uint64_t left = 1 + chance.below(7); left > 0; --left)
      text += std::string{tokens[chance.below(std::size(tokens))]} + " ";
    const auto parsed = parse_predicate(text);
    if (!parsed) {
      const std::int64_t at = at_of(parsed.why());
      if (at < 1 || at > static_cast<std::int64_t>(text.size()) + 1) FAIL(text << " at " << at);
      continue;
    }
    ++read;
    if (!parsed->holds(p.l.state())) FAIL(text << " cannot be asked");
  }

  CHECK(read > 500);
}
