// How hosted minds choose, and the crew that lets many do so side by side.
#include "actors/crew.hpp"
#include "actors/thinking.hpp"
#include "tests/actors/stage.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <thread>

using namespace unscripted;
using namespace unscripted::actors;
using namespace unscripted::actors::test;

namespace {

/// Chooses the option that the test names, and keeps what it was offered.
class obedient_policy final : public core::policy {
public:
  void choose(std::uint64_t, const std::vector<core::option>& options, std::uint64_t age,
              core::choice& chosen) const override {
    offers.clear();
    for (const core::option& o : options)
      offers.push_back(*o.action + " " + std::to_string(o.target));
    seen_age = age;
    chosen.option = pick;
    chosen.args.assign(options[pick].parameters->size(), core::value::number(0.25));
  }

  std::size_t pick = 0;
  mutable strings offers;
  mutable std::uint64_t seen_age = 0;
};

/// The first of the work takes so long that the rest is worth sharing.
void take_long(std::size_t first) {
  if (first != 0) return;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{1};
  while (std::chrono::steady_clock::now() < end) {
  }
}

struct with_crew {
  explicit with_crew(unsigned helpers) : hands(system, helpers) {}

  caf::actor_system_config config;
  caf::actor_system system{config};
  crew hands;
};

}  // namespace

TEST_CASE("a mind is offered what its bot may do, and its age") {
  stage s;
  s.make_bot(1, "random");
  CHECK(s.answer(1, make("well")) == "thing 2");
  s.let_minds_choose();
  obedient_policy policy;
  policy.pick = 2;
  thinking thoughts;

  const core::serial bot = 1;
  thoughts.begin(s.keeper->world(), {&bot, 1});
  const auto act = thoughts.choose({policy, 0});

  CHECK(policy.offers == strings{"pass 1", "strike 1", "walk 0"});  // a well offers nothing here
  CHECK(policy.seen_age == 1);
  CHECK(act.agent == 1);
  CHECK(act.target == core::world_serial);
  CHECK(s.keeper->world().catalogue().actions()[act.action].name == "walk");
  CHECK(act.args.count == 1);
  CHECK(core::value{core::value_type::number, act.args.bits[0], {}} == core::value::number(0.25));
}

TEST_CASE("a crew does every piece once, however many hands it has") {
  const auto helpers = GENERATE(0u, 1u, 3u);
  const auto count = GENERATE(std::size_t{0}, 1, 32, 33, 40, 41, 5000);
  const auto is_long = GENERATE(false, true);
  CAPTURE(helpers, count, is_long);
  with_crew c(helpers);
  for (int round = 0; round < 20; ++round) {
    std::vector<int> done(count);  // no two pieces share an element: no lock is needed

    c.hands.side_by_side(count, 32, [&](std::size_t first, std::size_t last) {
      if (is_long) take_long(first);
      for (std::size_t i = first; i < last; ++i) ++done[i];
    });

    REQUIRE(done == std::vector<int>(count, 1));
  }
}

TEST_CASE("helpers of a crew work while who asked does, where the work takes long") {
  with_crew c(1);
  std::atomic<int> at_work{0};
  c.hands.side_by_side(3, 1, [&](std::size_t first, std::size_t) {
    if (first == 0) return take_long(first);
    ++at_work;
    while (at_work < 2) std::this_thread::yield();  // for ever, if one did both
  });
  CHECK(at_work == 2);
}

TEST_CASE("what a piece throws is thrown to who asked, once all are done") {
  with_crew c(2);
  std::atomic<std::size_t> done{0};
  const auto work = [&](std::size_t first, std::size_t last) {
    take_long(first);
    done += last - first;
    if (first == 72) throw std::runtime_error("a mind failed");
  };
  CHECK_THROWS_WITH(c.hands.side_by_side(1000, 32, work), "a mind failed");
  CHECK(done == 1000);
}
