// The map of `watch`: what it makes of events, what it draws, which keys it knows.

#include "cli/document.hpp"
#include "cli/map_frame.hpp"
#include "cli/screen.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace unscripted::cli;
using namespace std::chrono_literals;

namespace {

const tick_rate::clock::time_point start{};

constexpr const char* world = R"({"id":"000000010000000000000000","name":"eden","kind":"world",
  "dims":[20,10,20],"tick":7,"seq":9,"deaths":{"age":2}})";

std::string thing(int serial, const char* kind, const char* rest) {
  return R"({"id":"00000001000000000000000)" + std::to_string(serial) + R"(","kind":")" + kind +
         R"(","parent":"000000010000000000000000",)" + rest + '}';
}

std::string bot(int serial, const char* name, double x, double z, double drink) {
  const auto rest = R"("name":")" + std::string(name) + R"(","dims":[0.5,1.7,0.3],"pos":[)" +
                    std::to_string(x) + ",0," + std::to_string(z) + R"(],"props":{"drink":)" +
                    std::to_string(drink) + R"(,"age":12})";
  return thing(serial, "bot", rest.c_str());
}

class told {
public:
  told() { map.begin(document(world).root(), false); }

  void snapshot(const std::string& things) {
    tell(R"({"method":"snapshot","params":{"seq":10,"tick":8,"things":[)" + things + "]}}");
  }
  void delta(const std::string& members) {
    tell(R"({"method":"delta","params":{"seq":11,"tick":9,)" + members + "}}");
  }
  void tell(const std::string& event) { map.apply(document(event).root(), start); }

  map_view view(std::size_t columns, std::size_t rows) const {
    map_view v;
    v.columns = columns;
    v.rows = rows;
    v.fit(map);
    return v;
  }
  std::vector<std::string> draw(const map_view& v) const {
    return unscripted::cli::draw(map, v, start);
  }

  living_map map;
};

bool contains(const std::vector<std::string>& lines, std::string_view text) {
  return std::ranges::any_of(lines, [&](const auto& l) { return l.find(text) != l.npos; });
}

}  // namespace

TEST_CASE("a map is what its events say") {
  told t;
  t.snapshot(bot(1, "ada", 3, 4, 0.5) + ',' + bot(2, "", 5, 5, 1) + ',' +
             thing(3, "well", R"("dims":[1,1,1],"pos":[9,0,9])"));
  CHECK(t.map.population() == 2);
  CHECK(t.map.tick() == 8);

  t.delta(R"("upd":[{"id":"000000010000000000000002","pos":[6,0,7],"props":{"drink":0.25}},
                    {"id":"000000010000000000000003","parent":"000000010000000000000002"}],
             "add":[)" +
          bot(4, "eve", 1, 1, 1) + R"(],"del":["000000010000000000000001"],
             "died":[{"id":"000000010000000000000001","cause":"thirst",
                      "heir":"000000010000000000000004"}])");
  const auto& moved = t.map.things().find("000000010000000000000002")->second;
  CHECK(moved.x == 6);
  CHECK(moved.z == 7);
  CHECK(moved.drink == 0.25);
  CHECK(t.map.things().find("000000010000000000000003")->second.is_carried);
  CHECK(t.map.population() == 2);
  CHECK(deaths_text(t.map.deaths()) == "2 of age, 1 of thirst");
  CHECK(t.map.heir_of("000000010000000000000001") == "000000010000000000000004");
  CHECK(t.map.bot_after("") == "000000010000000000000002");
  CHECK(t.map.bot_after("000000010000000000000004") == "000000010000000000000002");
}

TEST_CASE("events that hold anything else change no map, and end none") {
  told t;
  t.snapshot(bot(1, "ada", 3, 4, 0.5));
  for (const char* nonsense :
       {"[]", "7", R"({"method":7})", R"({"method":"delta"})", R"({"method":"delta","params":[]})",
        R"({"method":"song","params":{"things":[]}})"}) {
    t.tell(nonsense);
  }
  t.delta(R"("add":7,"upd":[{},7,{"id":"x"}],"del":[{},"x"],"died":[7,{}])");
  t.delta(R"("upd":[{"id":"000000010000000000000001","pos":[1e300,"a",-1e300],"props":7}])");
  const auto v = t.view(80, 24);
  CHECK(t.map.population() == 1);
  CHECK(t.draw(v).size() == 24);
}

TEST_CASE("bots and things stand where they are") {
  told t;
  // 20 m on 40 columns: two columns a metre, one row a metre.
  t.snapshot(bot(1, "ada", 3.25, 4.5, 1) + ',' + bot(2, "", 19.75, 19.5, 1) + ',' +
             bot(3, "eve", 0.3, 0.2, 1) + ',' + bot(4, "kim", 0.4, 0.3, 1) + ',' +
             thing(5, "well", R"("dims":[2,1,1],"pos":[10,0,10.5])"));
  const auto lines = t.draw(t.view(42, 25));
  const auto at = [&](std::size_t column, std::size_t row) {
    // All before it on these lines is the wall, of three bytes, and blanks.
    return lines[row + 2].substr(column + 3, 1);
  };
  CHECK(lines.size() == 25);
  CHECK(at(6, 4) == "A");
  CHECK(at(39, 19) == "@");
  CHECK(at(0, 0) == "2");
  CHECK(lines[12].substr(3 + 17, 6) == " wwww ");
  CHECK(lines[1].starts_with("┌"));
  CHECK(lines[22].ends_with("┘"));
  CHECK(contains(lines, "@ bot  w well"));
}

TEST_CASE("colour tells thirst, and only where colours are wanted") {
  told t;
  t.snapshot(bot(1, "ada", 3, 3, 0.9) + ',' + bot(2, "eve", 9, 9, 0.4) + ',' +
             bot(3, "kim", 15, 15, 0.1));
  auto v = t.view(40, 20);
  CHECK_FALSE(contains(t.draw(v), "\033"));
  v.has_colour = true;
  CHECK(contains(t.draw(v), "\033[32mA\033[0m"));
  CHECK(contains(t.draw(v), "\033[33mE\033[0m"));
  CHECK(contains(t.draw(v), "\033[1;31mK\033[0m"));
  v.followed = "000000010000000000000002";
  CHECK(contains(t.draw(v), "\033[7mE\033[0m"));
}

TEST_CASE("the list beside the map has all bots, or as many as fit and the one that is followed") {
  told t;
  std::string all;
  for (int i = 1; i <= 9; ++i) all += (i > 1 ? "," : "") + bot(i, "", i, i, 0.5);
  t.snapshot(all);
  auto v = t.view(90, 24);
  CHECK(contains(t.draw(v), "50 %       12  @ bot 9"));
  v.rows = 10;
  CHECK_FALSE(contains(t.draw(v), "bot 9"));
  CHECK(contains(t.draw(v), "and 4 more"));
  v.followed = "000000010000000000000009";
  CHECK(contains(t.draw(v), "bot 9"));
}

TEST_CASE("a view follows a bot and its heir, until a person looks elsewhere") {
  told t;
  t.snapshot(bot(1, "ada", 3, 4, 0.5));
  auto v = t.view(80, 24);
  v.zoom_by(4);
  v.followed = t.map.bot_after("");
  v.follow(t.map);
  CHECK(v.x == 3);
  t.delta(R"("add":[)" + bot(4, "eve", 7, 8, 1) + R"(],"del":["000000010000000000000001"],
             "died":[{"id":"000000010000000000000001","cause":"age",
                      "heir":"000000010000000000000004"}])");
  v.follow(t.map);
  CHECK(v.x == 7);
  CHECK(v.z == 8);
  v.pan(t.map, 1, 0);
  v.follow(t.map);
  CHECK(v.followed.empty());
  CHECK(v.x == 12);
}

TEST_CASE("a terminal of any size gets no more lines than it has, whatever is looked at") {
  told t;
  t.snapshot(bot(1, "ada", 3, 4, 0.5) + ',' + bot(2, "", 5, 5, 1) + ',' +
             thing(3, "wall", R"("dims":[20,1,0.1],"pos":[10,0,9])"));
  const auto seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937 chance(seed);
  const auto any = [&](std::size_t most) { return chance() % (most + 1); };
  for (int i = 0; i < 300; ++i) {
    auto v = t.view(any(200), any(80));
    v.zoom_by(static_cast<double>(any(2000)) / 10);
    v.pan(t.map, static_cast<double>(any(20)) / 10 - 1, static_cast<double>(any(20)) / 10 - 1);
    CAPTURE(v.columns, v.rows, v.zoom, v.x, v.z);
    CHECK(t.draw(v).size() <= std::max<std::size_t>(v.rows, 1));
  }
}

TEST_CASE("worlds of no size, or like planks, are drawn") {
  for (const char* dims : {"[0,0,0]", "[1000,1,0.01]", "[0.01,1,1000]", "7", "[-5,1,-5]"}) {
    told t;
    t.map.begin(document(R"({"id":"1","name":"x","dims":)" + std::string(dims) + '}').root(),
                false);
    t.snapshot(bot(1, "ada", 3, 4, 0.5));
    CHECK(t.draw(t.view(80, 24)).size() == 24);
  }
}

TEST_CASE("two kinds have two letters") {
  told t;
  t.snapshot(thing(1, "well", R"("pos":[1,0,1])") + ',' + thing(2, "wall", R"("pos":[2,0,2])") +
             ',' + thing(3, "we", R"("pos":[3,0,3])") + ',' + thing(4, "w", R"("pos":[3,0,3])"));
  CHECK(t.map.letter_of("well") == 'w');
  CHECK(t.map.letter_of("wall") == 'a');
  CHECK(t.map.letter_of("we") == 'e');
  CHECK(t.map.letter_of("w") == 'b');
  CHECK(t.map.letter_of("nothing") == '*');
}

TEST_CASE("ticks a second are those of the last seconds, and none once nothing happens") {
  tick_rate rate;
  for (std::uint64_t i = 0; i <= 40; ++i) rate.note(i * 5, start + i * 100ms);
  CHECK(rate.per_s(start + 4s) == Approx(50).epsilon(0.05));
  CHECK(rate.per_s(start + 60s) == 0);
  rate.note(3, start + 61s);
  CHECK(rate.per_s(start + 61s) == 0);
}

TEST_CASE("keys are known although their bytes come one by one") {
  key_reader keys;
  CHECK(keys.take("q f+x") == std::vector{key::quit, key::pause, key::follow, key::closer});
  CHECK(keys.take("\033").empty());
  CHECK(keys.take("[").empty());
  CHECK(keys.take("A\033OB\033[1;5C\033[D") == std::vector{key::up, key::down, key::left});
  CHECK(keys.take("\033x0") == std::vector{key::whole});
  CHECK(keys.take(std::string("\033[") + std::string(1000, '1') + "q").size() <= 1);
}
