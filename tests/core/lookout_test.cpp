#include "core/lookout.hpp"
#include "core/random.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <span>
#include <vector>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

std::vector<offer> offers_alone(const world& w, serial bot) {
  std::vector<sighting> seen;
  std::vector<offer> offers;
  glance(w, *w.find(bot), seen);
  list_offers(w, *w.find(bot), seen, offers);
  return offers;
}

/// What the bot could do by what it perceives of everything, targets or not.
std::vector<offer> offers_by_perception(const world& w, serial bot) {
  std::vector<offer> offers;
  const auto add = [&](const thing& target) {
    for (const action_index i : w.catalogue().kinds()[target.kind].actions)
      if (offered(w.catalogue().actions()[i], bot, target.id)) offers.push_back({target.id, i});
  };
  add(*w.find(bot));
  add(w.self());
  std::vector<sighting> seen;
  perceive(w, *w.find(bot), sight_of(w), seen);
  for (const sighting& s : seen) add(*s.what);
  return offers;
}

void check_looks(const world& w, std::span<const serial> row, lookout& from) {
  std::size_t offered_at_all = 0;
  from.begin(w, row);
  for (const serial bot : row) {
    CAPTURE(bot);
    REQUIRE(from.who().id == bot);
    const std::vector<offer> offers = from.look();
    REQUIRE(offers == offers_alone(w, bot));
    REQUIRE(offers == offers_by_perception(w, bot));
    offered_at_all += offers.size();
  }
  CHECK((row.empty() || offered_at_all > row.size()));
}

/// So many rows of so many things, two metres apart, every fifth a well. Some have left since, and
/// others have their places in memory.
world crowd(std::size_t rows) {
  settings s = small_world();
  const double side = 2 * static_cast<double>(rows);
  s.dims = metres(side, 10, side);
  s.capacity = {{"bot", rows * rows}, {"thing", rows * rows}};
  lab l{s, {{of_world::sight, value::number(5)}}};
  const auto put = [&](std::size_t i) {
    const double x = static_cast<double>(i % rows) * 2 + 1;
    const double z = static_cast<double>(i / rows) * 2 + 1;
    return i % 5 == 0 ? l.well(x, z) : l.bot(x, z);
  };
  std::vector<serial> all;
  for (std::size_t i = 0; i < rows * rows; ++i) all.push_back(put(i));
  for (std::size_t i = 0; i < all.size(); i += 7) l.play(remove_command{all[i]});
  for (std::size_t i = 0; i < all.size(); i += 7) put(i);
  return l.state();
}

}  // namespace

TEST_CASE("who looks in a row is offered what it would be alone", "[core][lookout]") {
  const std::size_t rows = GENERATE(6u, 130u);  // the second just too large for the caches
  const world w = crowd(rows);
  REQUIRE(w.fits_caches() == (rows == 6));
  const std::uint64_t seed = 1;
  CAPTURE(rows, seed);
  keyed_random chance{seed, 0};
  lookout from;
  for (const std::size_t length : {0u, 1u, 2u, 5u, 13u, 32u, 1'000u}) {
    CAPTURE(length);
    std::vector<serial> row(length);
    for (serial& bot : row) bot = w.bots()[chance.below(w.bots().size())];
    check_looks(w, row, from);
    std::ranges::sort(row);  // as they act
    check_looks(w, row, from);
  }
}
