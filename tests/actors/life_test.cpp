// What becomes of bots, read from the histories of worlds that lived in the real engine.
#include "tests/actors/server.hpp"
#include "tests/plugins/scratch.hpp"

#include <algorithm>
#include <map>

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

struct death {
  std::string cause;
  std::int64_t age = 0, generation = 0, heirs_generation = 0;
  bool female = false, heir_is_female = false;
  bool has_heir = false;
};

std::int64_t cell(const core::world& w, core::serial bot, const char* property) {
  const core::thing* t = w.find(bot);
  REQUIRE(t);
  const auto slot = w.catalogue().kinds()[t->kind].slot_of(property);
  REQUIRE(slot);
  return static_cast<std::int64_t>(t->cells[*slot]);
}

// Lives a world until a tick, and reads all its deaths from its history.
std::vector<death> deaths_of(const population& p, std::uint64_t ticks) {
  tests::scratch folder;
  const auto store = open_store(folder.path());
  server s(2, store.get());
  const auto number = s.found(p);
  s.let_live(number, ticks);
  const standing end = s.wait_for(number, ticks);

  std::vector<death> all;
  core::world w;
  storage::history_reader reader(*store, number);
  const auto read = reader.read(1, end.seq, [&](const core::record& r) {
    std::map<core::serial, death> dying;
    for (const core::effect& e : r.effects) {
      const core::thing* t = e.type == core::effect_type::removed ? w.find(e.thing) : nullptr;
      if (!t || t->kind != w.catalogue().bot_kind()) continue;
      const bool has_heir = e.bits != core::no_thing;
      dying[e.bits] = {e.text(), cell(w, e.thing, "age") + 1,     cell(w, e.thing, "generation"),
                       0,        cell(w, e.thing, "female") != 0, false,
                       has_heir};
    }
    REQUIRE(w.try_apply(r));
    for (auto& [heir, d] : dying) {
      if (d.has_heir) d.heirs_generation = cell(w, heir, "generation");
      if (d.has_heir) d.heir_is_female = cell(w, heir, "female") != 0;
      all.push_back(d);
    }
    return true;
  });
  REQUIRE(read);
  CHECK(w.hash() == end.hash);
  CHECK(w.bot_count() == p.bots);
  return all;
}

double mean_age(const std::vector<death>& deaths) {
  REQUIRE_FALSE(deaths.empty());
  std::int64_t sum = 0;
  for (const death& d : deaths) sum += d.age;
  return static_cast<double>(sum) / static_cast<double>(deaths.size());
}

bool all_of_cause(const std::vector<death>& deaths, const std::string& cause) {
  return std::all_of(deaths.begin(), deaths.end(),
                     [&](const death& d) { return d.cause == cause; });
}

}  // namespace

TEST_CASE("without a well every bot dies of thirst after a day") {
  population desert{.wells = 0, .day = 64, .lifespan = 1'000'000};
  const auto deaths = deaths_of(desert, 300);
  CHECK(deaths.size() == 10 * (300 / 65));
  CHECK(all_of_cause(deaths, "thirst"));
  for (const death& d : deaths) CHECK(d.age == 65);  // 64 drinks of 1/64, and one more
}

TEST_CASE("who never thirsts dies of age at the end of its life") {
  population long_days{.wells = 0, .day = 1'000'000, .lifespan = 50};
  const auto deaths = deaths_of(long_days, 300);
  CHECK(deaths.size() == 10 * (300 / 50));
  CHECK(all_of_cause(deaths, "age"));
  for (const death& d : deaths) CHECK(d.age == 50);
}

TEST_CASE("wells save: who may drink lives longer, and some grow old") {
  population dry{.wells = 0, .metres = 6, .day = 100, .lifespan = 1000};
  population watered = dry;
  watered.wells = 6;
  const auto of_dry = deaths_of(dry, 2500);
  const auto of_watered = deaths_of(watered, 2500);
  CHECK(all_of_cause(of_dry, "thirst"));
  CHECK(mean_age(of_watered) > 3 * mean_age(of_dry));
  CHECK(std::any_of(of_watered.begin(), of_watered.end(),
                    [](const death& d) { return d.cause == "age"; }));
}

TEST_CASE("the dead are replaced by bots of their sex, one generation on") {
  const auto deaths = deaths_of({.day = 50, .lifespan = 120}, 1000);
  CHECK(deaths.size() >= 100);
  std::size_t women = 0;
  for (const death& d : deaths) {
    REQUIRE(d.has_heir);
    CHECK(d.heirs_generation == d.generation + 1);
    CHECK(d.heir_is_female == d.female);
    women += d.female;
  }
  CHECK(women > 0);
  CHECK(women < deaths.size());
  CHECK(std::any_of(deaths.begin(), deaths.end(), [](const death& d) { return d.generation > 5; }));
}

TEST_CASE("every death carries its cause, and the causes are those of the rule") {
  const auto deaths = deaths_of({.bots = 10, .wells = 4, .day = 150, .lifespan = 300}, 2000);
  std::map<std::string, std::size_t> causes;
  for (const death& d : deaths) ++causes[d.cause];
  CHECK(causes.size() == 2);
  CHECK(causes["thirst"] > 0);
  CHECK(causes["age"] > 0);
}
