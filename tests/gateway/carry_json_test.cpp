// Carried things as JSON: in perceptions, deltas, and histories that are exported and imported.
#include "core/decide.hpp"
#include "gateway/encoder.hpp"
#include "tests/gateway/history_world.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace unscripted;
using namespace unscripted::gateway;
using namespace unscripted::gateway::testing;

namespace {

constexpr core::world_number here = 7;

/// Bot 1 at (2, 2), which took mist 2 from (3, 2).
struct with_hands {
  with_hands() {
    core::found_command founding;
    founding.settings.dims = {10'000'000, 10'000'000, 10'000'000};
    founding.catalogue = edge_catalogue();
    play(founding);
    play(core::create_command{1, core::vec3{2'000'000, 0, 2'000'000}, {}, {}, {}, {}});
    play(core::create_command{2, core::vec3{3'000'000, 0, 2'000'000}, {}, {}, {}, {}});
    core::act_command taking;
    taking.agent = 1;
    taking.target = 2;
    taking.action = *world.catalogue().find_action(2, "take");
    play(taking);
  }

  void play(core::command c) {
    core::record r;
    if (const auto why = core::decide(world, std::move(c), r)) FAIL(why->message);
    world.apply(r);
  }

  actors::view seen() const { return {world, here, storage::durability::memory, false}; }

  std::string answer(const actors::answer& a) const {
    const actors::view shown = seen();
    std::string out;
    encoder{world.shared_catalogue()}.item(out, a, &shown);
    return out;
  }

  std::string upd(const actors::change& c) const {
    std::string out;
    encoder{world.shared_catalogue()}.event(out, actors::delta_event{1, {}, {c}, {}, {}}, seen());
    const auto from = out.find("\"upd\":"), to = out.find(",\"del\"");
    REQUIRE(to != out.npos);
    return out.substr(from, to - from);
  }

  core::world world;
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

const std::string hands = R"("parent":"000000070000000000000001")";

}  // namespace

TEST_CASE_METHOD(with_hands, "a carried thing is shown with its carrier, at its carrier's place",
                 "[gateway][carry]") {
  const std::string shown = answer(actors::thing_shown{2});
  CHECK(holds(shown, hands));
  CHECK(holds(shown, "\"pos\":[2,0,2]"));

  CHECK(holds(answer(actors::things_listed{{1, 2}, {}}), hands));
  CHECK(holds(answer(actors::perceived{1, 0, false}), hands));
  const std::string ego = answer(actors::perceived{1, 0, true});
  CHECK(holds(ego, hands + ",\"distance\":0,\"bearing\":0"));
}

TEST_CASE_METHOD(with_hands, "a delta names the new carrier, and the place where it is set down",
                 "[gateway][carry]") {
  CHECK(upd({2, false, true, {}}) ==
        R"("upd":[{"id":"000000070000000000000002","parent":"000000070000000000000001"}])");
  play(core::update_command{2, core::vec3{8'000'000, 0, 9'000'000}, {}});
  CHECK(upd({2, true, true, {}}) ==
        R"("upd":[{"id":"000000070000000000000002","parent":"000000070000000000000000",)"
        R"("pos":[8,0,9]}])");
}

TEST_CASE("a history in which things are carried is imported as it was exported",
          "[gateway][carry]") {
  scratch_store from, into;
  wild_world world(*from, "wild", 11);
  world.live(800);
  const std::string text = exported(*from, world.number());
  REQUIRE(holds(text, R"("type":"carried","thing":")"));

  import_options options;
  options.name = "again";
  std::istringstream file(text);
  const imported made = must(import_history(*into, file, options));

  CHECK(encoded_records(*into, made.world) == encoded_records(*from, world.number()));
}

TEST_CASE("a history whose thing goes into hands that are not there is refused",
          "[gateway][carry]") {
  scratch_store from;
  wild_world world(*from, "wild", 11);
  world.live(800);
  const std::string good = exported(*from, world.number());
  const auto at = good.find("\"carrier\":\"");
  REQUIRE(at != good.npos);
  const std::string member = good.substr(at, std::string{"\"carrier\":\""}.size() + 24 + 1);

  for (const std::string& wrong :
       {std::string{R"("carrier":"0000000100000000000fffff")"},
        std::string{R"("carrier":"ffffffffffffffffffffffff")"}, std::string{R"("carrier":null)"},
        std::string{R"("carrier":"")"}, std::string{R"("hands":1)"}}) {
    CAPTURE(wrong);
    scratch_store into;
    std::istringstream file(replaced(good, member, wrong));
    CHECK_FALSE(import_history(*into, file, {}));
    CHECK(must(into->worlds()).empty());
  }
}
