// What exports besides records say: things, deaths and the population.
#include "storage/history_reader.hpp"
#include "tests/gateway/history_world.hpp"

#include <catch2/catch.hpp>
#include <simdjson.h>

#include <limits>

using namespace unscripted;
using namespace unscripted::gateway;
using namespace unscripted::gateway::testing;

namespace {

namespace dom = simdjson::dom;

/// Items as they come in pages that are asked for one by one, each by a new export.
std::string stateless(const storage::store& from, core::world_number world, export_what what,
                      export_options page) {
  page.as_lines = true;
  std::string text;
  for (bool is_done = false; !is_done;) {
    auto one = must(history_export::begin(from, world, what, page));
    if (one.at_end()) break;
    must(one.write_page(text));
    is_done = one.at_end();
    if (!is_done) page.from = one.next();
    page.to = one.to();
  }
  return text;
}

std::vector<std::string> keys_of(dom::object o) {
  std::vector<std::string> keys;
  for (const auto field : o) keys.emplace_back(field.key);
  return keys;
}

}  // namespace

TEST_CASE("pages that are asked for one by one give the same items", "[gateway][export]") {
  scratch_store from;
  wild_world world(*from, "wild", 11);
  world.live(800);
  for (const export_what what :
       {export_what::things, export_what::deaths, export_what::population}) {
    export_options options;
    options.every = 3;
    options.items_max = 2;
    CAPTURE(int(what));
    const std::string whole = exported(*from, world.number(), what, options);
    CHECK_FALSE(whole.empty());
    CHECK(stateless(*from, world.number(), what, options) == whole);
  }
}

TEST_CASE("things are those of the state, each with the same columns", "[gateway][export]") {
  scratch_store from;
  wild_world world(*from, "wild", 12);
  world.live(300);
  dom::parser parser;
  std::vector<std::string> columns;
  std::vector<core::serial> serials;
  for (const auto& line : lines_of(exported(*from, world.number(), export_what::things))) {
    const dom::object o = parser.parse(line).get_object().value();
    if (columns.empty()) columns = keys_of(o);
    CHECK(keys_of(o) == columns);
    const auto id = core::parse_id(o["id"].get_string().value());
    REQUIRE(id);
    serials.push_back(id->thing);
    const core::thing& t = *world.state().find(id->thing);
    const auto& kind = world.state().catalogue().kinds()[t.kind];
    CHECK(o["kind"].get_string().value() == kind.name);
    CHECK(o["props.name"].is_null() == !kind.slot_of("name"));
    CHECK(o["female"].is_null() == !kind.slot_of("female"));
  }
  CHECK(serials == world.state().serials());
}

TEST_CASE("things can be those of any sequence", "[gateway][export]") {
  scratch_store from;
  wild_world world(*from, "wild", 12);
  world.live(300);
  export_options early;
  early.to = 100;
  const auto lines = lines_of(exported(*from, world.number(), export_what::things, early));
  const auto then = must(storage::history_reader(*from, world.number()).state_at(100));
  CHECK(lines.size() == then.world->thing_count());
}

TEST_CASE("deaths are as many as the world counts, and each says who it was", "[gateway][export]") {
  scratch_store from;
  wild_world world(*from, "wild", 13);
  world.live(1500);
  const auto lines = lines_of(exported(*from, world.number(), export_what::deaths));
  std::uint64_t counted = 0;
  for (const auto& [cause, count] : world.state().deaths()) counted += count;
  REQUIRE(counted > 0);
  CHECK(lines.size() == counted);

  dom::parser parser;
  for (const std::string& line : lines) {
    const dom::object o = parser.parse(line).get_object().value();
    CHECK(keys_of(o) == std::vector<std::string>{"seq", "tick", "bot", "name", "cause", "age",
                                                 "generation", "female", "heir"});
    CHECK(o["cause"].get_string().value() == "a \"strike\"\n");
    const std::uint64_t seq = o["seq"].get_uint64().value();
    const auto before = must(storage::history_reader(*from, world.number()).state_at(seq - 1));
    const auto id = core::parse_id(o["bot"].get_string().value());
    const core::thing* t = before.world->find(id->thing);
    REQUIRE(t);
    const core::kind& kind = before.world->catalogue().kinds()[t->kind];
    const auto age = core::read_cell(*t, kind, *kind.slot_of("age")).as_integer();
    // The strike itself made it one older first, as far as that goes.
    const bool is_oldest = age == std::numeric_limits<std::int64_t>::max();
    CHECK(o["age"].get_int64().value() == (is_oldest ? age : age + 1));
  }
}

TEST_CASE("the population adds up to the world at its end", "[gateway][export]") {
  scratch_store from;
  wild_world world(*from, "wild", 14);
  world.live(1000);
  export_options options;
  options.every = GENERATE(1u, 10u);
  dom::parser parser;
  std::uint64_t deaths = 0, actions = 0, tick = 0, bots = 0;
  for (const auto& line :
       lines_of(exported(*from, world.number(), export_what::population, options))) {
    const dom::object o = parser.parse(line).get_object().value();
    deaths += o["deaths"].get_uint64().value();
    actions += o["actions"].get_uint64().value();
    CHECK(o["tick"].get_uint64().value() >= tick);
    tick = o["tick"].get_uint64().value();
    bots = o["bot"].get_uint64().value();
  }
  std::uint64_t counted = 0;
  for (const auto& [cause, count] : world.state().deaths()) counted += count;
  CHECK(deaths == counted);
  CHECK(actions == world.state().actions());
  CHECK(tick == world.state().tick());
  CHECK(bots == world.state().bot_count());
}

TEST_CASE("an export of what is not there says what is", "[gateway][export]") {
  scratch_store from;
  wild_world world(*from, "wild", 15);
  world.live(100);
  const auto refused = [&](core::world_number number, std::uint64_t first, std::uint64_t last) {
    export_options options;
    options.from = first;
    options.to = last;
    const auto made = history_export::begin(*from, number, export_what::records, options);
    return made ? std::string{} : made.why().message;
  };
  const std::uint64_t last = world.state().seq();
  CHECK(refused(world.number(), last, last).empty());
  CHECK_FALSE(refused(world.number(), last + 2, last + 9).empty());
  CHECK_FALSE(refused(world.number(), 9, 5).empty());
  CHECK_FALSE(refused(world.number() + 1, 0, 9).empty());
  must(from->prune(world.number(), last / 2));
  CHECK_FALSE(refused(world.number(), 1, 9).empty());
}
