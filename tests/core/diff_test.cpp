// What a difference between two states lists, and how values are shown.
#include "core/diff.hpp"
#include "core/show.hpp"
#include "core/translation.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

constexpr std::size_t all = 1000;

/// "2 drink: 0.5 | 1", one line for each difference.
std::vector<std::string> lines(const differences& found) {
  std::vector<std::string> text;
  for (const difference& d : found.items)
    text.push_back(show_thing(d.thing) + " " + d.what + ": " + d.a + " | " + d.b);
  return text;
}

using strings = std::vector<std::string>;

strings lines(const lab& a, const lab& b) { return lines(diff(a.state(), b.state(), all)); }

}  // namespace

TEST_CASE("a number is shown in digits that read back the same", "[core][diff]") {
  CHECK(show(0.25) == "0.25");
  CHECK(show(150'000.0) == "150000");
  CHECK(show(100'000.0) == "100000");
  CHECK(show(-1e-6) == "-0.000001");
  CHECK(show(1e300) == "1e+300");
  CHECK(show(5e-324) == "5e-324");
  CHECK(show(0.0) == "0");
  const std::uint64_t seed = GENERATE(1u, 2u);
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  for (int i = 0; i < 10'000; ++i) {
    const double x = std::bit_cast<double>(chance.next());
    if (!std::isfinite(x)) continue;
    const std::string text = show(x);
    double back = 0;
    std::from_chars(text.data(), text.data() + text.size(), back);
    if (back != x) FAIL(text);
  }
}

TEST_CASE("values are shown by their type", "[core][diff]") {
  CHECK(show(value::integer(-3)) == "-3");
  CHECK(show(value::boolean(true)) == "true");
  CHECK(show(value::boolean(false)) == "false");
  CHECK(show(value::thing(7)) == "7");
  CHECK(show(value::thing(no_thing)) == "none");
  CHECK(show(metres(1.5, 0, -2)) == "(1.5, 0, -2)");
  CHECK(show(vec3{1, 0, 10'000'000'000'000}) == "(0.000001, 0, 10000000)");
}

TEST_CASE("a text is shown in one line", "[core][diff]") {
  CHECK(show(value::of_text("")) == "\"\"");
  CHECK(quoted("d\u00fcrr \"x\" \\") == "\"d\u00fcrr \\\"x\\\" \\\\\"");
  CHECK(quoted(std::string{"a\nb\0\x7f", 5}) == "\"a\\nb\\u0000\\u007f\"");
}

TEST_CASE("a world does not differ from itself", "[core][diff]") {
  lab l;
  l.bot(2, 2);
  const auto found = diff(l.state(), l.state(), all);
  CHECK(found.items.empty());
  CHECK(found.total == 0);
}

TEST_CASE("settings and time differ by their names, and come first", "[core][diff]") {
  settings s = small_world(2);
  s.name = "other";
  s.dims = metres(11, 5, 10);
  s.pace = pace::lockstep;
  s.population = population::none;
  s.speed = 2.5;
  s.deadline_ms = 7;
  s.pause_at = 9;
  s.capacity = {{"bot", 11}, {"well", 3}};
  s.created_ms = 5;
  s.parent = "small@3";
  const lab a;
  lab b{s, {{of_world::day, value::integer(3)}}};
  b.play(advance_command{});

  CHECK(lines(a, b) == strings{
                           "0 tick: 0 | 1",
                           "0 name: \"small\" | \"other\"",
                           "0 seed: 1 | 2",
                           "0 dims: (10, 10, 10) | (11, 5, 10)",
                           "0 pace: free | lockstep",
                           "0 population: replace | none",
                           "0 speed: 1 | 2.5",
                           "0 deadline_ms: 1000 | 7",
                           "0 pause_at: - | 9",
                           "0 capacity.bot: 10 | 11",
                           "0 capacity.thing: 100 | -",
                           "0 capacity.well: - | 3",
                           "0 created_ms: 0 | 5",
                           "0 parent: \"\" | \"small@3\"",
                           "0 day: 150000 | 3",
                           "0 rain: 0 | 1",
                       });
}

TEST_CASE("turns and the next serial differ by their names", "[core][diff]") {
  catalogue_parts parts = life_parts();
  parts.rules.clear();
  const auto ruleless = std::make_shared<const catalogue>(std::move(parts));
  lab a{small_world(), {}, ruleless}, b{small_world(), {}, ruleless};
  for (lab* l : {&a, &b})
    for (const int x : {2, 4}) l->put(bot_kind, metres(x, 0, 2), {{of_bot::female, {}}});
  a.act(1, "pass", 1);
  b.play(remove_command{b.well(8, 8)});

  CHECK(lines(a, b) == strings{"0 turns: 1 | 0", "0 next_serial: 3 | 4"});
}

TEST_CASE("a thing in one world only is one difference", "[core][diff]") {
  lab a, b;
  a.play(create_command{bot_kind, metres(2, 0, 2), {}, "Ada", {}, {}});
  b.play(create_command{bot_kind, metres(2, 0, 2), {}, "Ada", {}, {}});
  b.well(5, 5);
  b.play(remove_command{1});

  const auto found = diff(a.state(), b.state(), all);
  REQUIRE(lines(found) ==
          strings{"0 next_serial: 2 | 3", "1 there: yes | no", "2 there: no | yes"});
  CHECK(found.items[1].kind == "bot");
  CHECK(found.items[1].name == "Ada");
  CHECK(found.items[2].kind == "well");
}

TEST_CASE("all that a thing has is compared, in a fixed order", "[core][diff]") {
  lab a, b;
  a.play(create_command{bot_kind, metres(2, 0, 2), {}, "Ada", "", {{of_bot::female, {}}}});
  b.play(create_command{well_kind, metres(2, 0, 2.5), metres(1, 2, 1), "Ida", "random", {}});

  CHECK(lines(a, b) == strings{
                           "1 kind: bot | well",
                           "1 size: (0.5, 1.7, 0.3) | (1, 2, 1)",
                           "1 name: \"Ada\" | \"Ida\"",
                           "1 mind: \"\" | \"random\"",
                           "1 place: (2, 0, 2) | (2, 0, 2.5)",
                           "1 drink: 1 | -",
                           "1 age: 0 | -",
                           "1 generation: 1 | -",
                           "1 female: false | -",
                           "1 _note: \"nothing\" | -",
                           "1 likes: 0 | -",
                           "1 luck: 0 | -",
                       });
  CHECK(lines(b, a).back() == "1 luck: - | 0");
}

TEST_CASE("properties of every type are shown as themselves", "[core][diff]") {
  lab a, b;
  const slot_values plain{{of_bot::female, value::boolean(false)}};
  a.put(bot_kind, metres(2, 0, 2), plain);
  b.put(bot_kind, metres(2, 0, 2),
        {{of_bot::drink, value::number(0.125)},
         {of_bot::age, value::integer(7)},
         {of_bot::female, value::boolean(true)},
         {of_bot::note, value::of_text("two\nlines")},
         {of_bot::likes, value::thing(1)}});

  CHECK(lines(a, b) == strings{"1 drink: 1 | 0.125", "1 age: 0 | 7", "1 female: false | true",
                               "1 _note: \"nothing\" | \"two\\nlines\"", "1 likes: 0 | 1"});
}

TEST_CASE("worlds of two catalogues are compared by name", "[core][diff]") {
  lab a;
  a.put(bot_kind, metres(2, 0, 2), {{of_bot::note, value::of_text("mine")}});
  a.well(5, 5);
  world b = a.state();
  REQUIRE(recast(b, later_catalogue()));

  const auto found = lines(diff(a.state(), b, all));
  CHECK(found == strings{"0 rain: 0 | 0.5", "1 likes: 0 | -", "1 mood: - | \"calm\""});
}

TEST_CASE("a number and an integer that look the same are no difference", "[core][diff]") {
  catalogue_parts parts = life_parts();
  property& age = parts.kinds[bot_kind].properties[of_bot::age];
  age.type = value_type::number;
  age.fallback = value::number(0);
  lab a;
  a.bot(2, 2);
  world b = a.state();
  REQUIRE(recast(b, std::make_shared<const catalogue>(std::move(parts))));
  CHECK(diff(a.state(), b, all).total == 0);
}

TEST_CASE("beyond the most asked for differences are counted only", "[core][diff]") {
  lab a, b;
  for (int i = 1; i < 5; ++i) b.well(2 * i, 2);
  for (std::size_t most = 0; most < 8; ++most) {
    const auto found = diff(a.state(), b.state(), most);
    CHECK(found.total == 5);
    CHECK(found.items.size() == std::min<std::size_t>(most, 5));
  }
}

TEST_CASE("a world that is not founded has nothing to compare but its settings", "[core][diff]") {
  lab b;
  b.bot(2, 2);
  const auto found = lines(diff(world{}, b.state(), all));
  CHECK(found == strings{"0 next_serial: 1 | 2", "0 name: \"\" | \"small\"", "0 seed: 0 | 1",
                         "0 there: no | yes", "1 there: no | yes"});
  CHECK(diff(world{}, world{}, all).total == 0);
}

TEST_CASE("two random lives differ exactly where their hashes do", "[core][diff]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 5));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  lab l;
  for (int i = 0; i < 300; ++i) {
    const world before = l.state();
    (void)l.try_play(random_command(before, chance));
    auto found = diff(before, l.state(), all).items;
    std::erase_if(found, [](const difference& d) { return d.what == "pause_at"; });
    const bool same_shape = before.catalogue().same_description(l.state().catalogue());
    CAPTURE(i);
    if (same_shape) REQUIRE(found.empty() == (before.hash() == l.state().hash()));
  }
}
