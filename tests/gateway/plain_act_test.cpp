#include "core/random.hpp"
#include "tests/gateway/act_readers.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace unscripted::gateway {

namespace {

using core::keyed_random;

const std::string bot = R"("bot":"0000000100000000000000ab")";

/// An act with these params besides its bot.
std::string act_of(const std::string& more) {
  return R"({"id":7,"method":"act","params":{)" + bot + more + "}}";
}
std::string walk_of(const std::string& args) {
  return act_of(R"(,"action":"walk","args":{)" + args + "}");
}

const std::vector<std::string> plain_frames = {
    walk_of(R"("angle":0.25317480347801208)"),
    walk_of(R"("angle":-0.0,"far":1.5,"steps":3,"back":-3,"none":0,"minus":-0)"),
    walk_of(R"("tall":123456789012345678,"low":-123456789012345678)"),
    walk_of(R"("long":0.1000000000000000055511151231257827021181583404541015625)"),
    walk_of(R"("big":123456789012345678.5,"small":0.000000000000000000000000000000000000001)"),
    walk_of(R"("loud":true,"quiet":false,"word":"what, {these}: [say]","empty":"")"),
    walk_of(""),
    act_of(R"(,"action":"pass")"),
    act_of(R"(,"action":"")"),
    act_of(R"(,"action":"drink","target":"00000001000000000000000C","see":true)"),
    act_of(R"(,"see":false,"key":"k","action":"drink")"),
    act_of(R"(,"action":"pass","key":")" + std::string(core::key_bytes_max, 'k') + "\""),
    R"({"method":"act","params":{"action":"pass",)" + bot + "}}",
    R"({"params":{"action":"pass",)" + bot + R"(},"method":"act","id":0})",
    "{\"id\":\"seven \x7f\",\"method\":\"act\",\"params\":{\"action\":\"pass\"," + bot + "}}",
    R"({"id":"","jsonrpc":"2.0","method":"act","params":{"action":"pass",)" + bot + "}}",
    " { \"id\" : 999999999999999999 ,\t\"method\" : \"act\" , \"params\" : { " + bot +
        " , \"action\" : \"walk\" , \"args\" : { \"angle\" : 0.5 , \"on\" : true } } } \r",
};

/// JSON of other shapes, and acts that take more to read; and what is wrong.
const std::vector<std::string> other_frames = {
    "",
    " ",
    "{}",
    "[]",
    "7",
    R"({"id":7,"method":"ping","params":{}})",
    R"({"id":7,"method":"act"})",
    R"({"id":7,"method":"act","params":{}})",
    R"({"id":7,"method":"act","params":[]})",
    R"({"id":7,"method":"act","params":{"acts":[]}})",
    R"({"id":7,"method":"act","params":{"action":"pass"}})",
    R"({"id":7,"method":"act","params":{"bot":"1","action":"pass"}})",
    R"({"id":7,"params":{"action":"pass",)" + bot + "}}",
    R"({"id":-7,"method":"act","params":{"action":"pass",)" + bot + "}}",
    R"({"id":7.0,"method":"act","params":{"action":"pass",)" + bot + "}}",
    R"({"id":007,"method":"act","params":{"action":"pass",)" + bot + "}}",
    R"({"id":null,"method":"act","params":{"action":"pass",)" + bot + "}}",
    R"({"id":1234567890123456789,"method":"act","params":{"action":"pass",)" + bot + "}}",
    R"({"id":7,"id":7,"method":"act","params":{"action":"pass",)" + bot + "}}",
    R"({"id":7,"method":"act","more":1,"params":{"action":"pass",)" + bot + "}}",
    R"({"jsonrpc":"1.0","method":"act","params":{"action":"pass",)" + bot + "}}",
    act_of(""),
    act_of(R"(,"action":"pa\u0073s")"),
    act_of(R"(,"action":"pass\")"),
    act_of(R"(,"action":"päss")"),
    act_of(",\"action\":\"pa\nss\""),
    act_of(R"(,"action":7)"),
    act_of(R"(,"action":"pass",)"),
    act_of(R"(,"action":"pass","action":"pass")"),
    act_of(R"(,"action":"pass","bot":"000000010000000000000001")"),
    act_of(R"(,"action":"pass","target":"nobody")"),
    act_of(R"(,"action":"pass","target":null)"),
    act_of(R"(,"action":"pass","see":1)"),
    act_of(R"(,"action":"pass","see":true,"see":true)"),
    act_of(R"(,"action":"pass","key":"")"),
    act_of(R"(,"action":"pass","key":"a","key":"b")"),
    act_of(R"(,"action":"pass","key":")" + std::string(core::key_bytes_max + 1, 'k') + "\""),
    act_of(R"(,"action":"pass","args":7)"),
    act_of(R"(,"action":"pass","args":{},"args":{})"),
    act_of(R"(,"action":"pass","more":1)"),
    walk_of(R"("angle":1e5)"),
    walk_of(R"("angle":1.5e5)"),
    walk_of(R"("angle":.5)"),
    walk_of(R"("angle":1.)"),
    walk_of(R"("angle":01)"),
    walk_of(R"("angle":- 1)"),
    walk_of(R"("angle":-)"),
    walk_of(R"("angle":+1)"),
    walk_of(R"("angle":inf)"),
    walk_of(R"("angle":nan)"),
    walk_of(R"("angle":0x1.8)"),
    walk_of(R"("angle":1234567890123456789)"),
    walk_of(R"("angle":null)"),
    walk_of(R"("angle":[1])"),
    walk_of(R"("angle":{})"),
    walk_of(R"("angle":tru)"),
    walk_of(R"("angle":truest)"),
    walk_of(R"("angle":0.5,"angle":0.5)"),
    walk_of(R"("angle":0.5,)"),
    walk_of(R"("angle" 0.5)"),
    walk_of(R"(angle:0.5)"),
    walk_of(R"("":0.)" + std::string(400, '0') + "1"),
    plain_frames[0] + "}",
    plain_frames[0] + " x",
    "\xef\xbb\xbf" + plain_frames[0],
};

/// A frame like one of the plain ones: some bytes of it are others, or left out, or there twice.
std::string mutated(keyed_random& chance) {
  static constexpr std::string_view likely =
      "\"\\{}[]:,.-+eE0123456789 \t\rtruefalsnidx\x7f\x1f\x80";
  std::string frame = plain_frames[chance.below(plain_frames.size())];
  for (auto changes = chance.below(4) + 1; changes > 0 && !frame.empty(); --changes) {
    const std::size_t at = chance.below(frame.size());
    const char c = chance.below(4) == 0 ? static_cast<char>(chance.below(256))
                                        : likely[chance.below(likely.size())];
    switch (chance.below(4)) {
      case 0: frame[at] = c; break;
      case 1: frame.insert(at, 1, c); break;
      case 2: frame.erase(at, chance.below(4) + 1); break;
      default: frame.insert(at, frame.substr(chance.below(frame.size()), chance.below(12))); break;
    }
  }
  return frame;
}

}  // namespace

TEST_CASE("an act that is written plainly is read as the general reader reads it") {
  for (const std::string& text : plain_frames) {
    CAPTURE(text);
    const padded_frame frame(text);
    const auto plain = read_act_plainly(frame);
    REQUIRE(plain);
    const auto general = read_act_generally(frame);
    REQUIRE(general);
    CHECK(is_same(*plain, *general));
  }
}

TEST_CASE("what a plain act says arrives where it belongs") {
  const auto read = read_act_plainly(padded_frame(
      R"({"id":"seven","jsonrpc":"2.0","method":"act","params":{"bot":"000000020000000000000009",)"
      R"("action":"push","target":"000000030000000000000004","see":true,"key":"once",)"
      R"("args":{"hard":true,"far":2.5,"times":-4,"how":"well"}}})"));
  REQUIRE(read);
  CHECK(read->ticket.id == "\"seven\"");
  CHECK(read->ticket.flags == 1);
  CHECK(read->what.world == 2);
  const actors::act_request& act = read->what.act;
  CHECK(act.wish.agent == 9);
  CHECK(act.wish.action == "push");
  CHECK(act.wish.target == core::thing_id{3, 4});
  CHECK(act.see);
  CHECK(act.key == "once");
  CHECK(act.wish.args == core::named_values{{"hard", true},
                                            {"far", 2.5},
                                            {"times", std::int64_t{-4}},
                                            {"how", std::string("well")}});
}

TEST_CASE("what is not plain is left to the general reader") {
  for (const std::string& text : other_frames) {
    CAPTURE(text);
    CHECK_FALSE(read_act_plainly(padded_frame(text)));
  }
}

TEST_CASE("what lies in memory behind a frame is no part of it") {
  for (const std::string& text : plain_frames) {
    const std::size_t last = text.find_last_of('}');
    for (std::size_t size = 0; size <= last; ++size) {
      CAPTURE(text, size);
      CHECK_FALSE(read_act_plainly(padded_frame(text.substr(0, size), text.substr(size))));
    }
    const padded_frame whole(text, "}, 0123456789");
    CHECK(read_act_plainly(whole));
  }
}

TEST_CASE("what is read plainly, however it came about, the general reader reads the same") {
  const std::uint64_t seed = std::uint64_t{Catch::rngSeed()} * 0x9e3779b97f4a7c15u + 1;
  CAPTURE(seed);
  keyed_random chance(seed, 0);
  std::size_t plain = 0, left = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::string text = mutated(chance);
    const padded_frame frame(text, mutated(chance));
    const auto read = read_act_plainly(frame);
    ++(read ? plain : left);
    if (!read) continue;
    const auto general = read_act_generally(frame);
    if (general && is_same(*read, *general)) continue;
    CAPTURE(text);
    FAIL("the two readers differ");
  }
  // Both kinds are many, so that this says something.
  CHECK(plain > 1'000);
  CHECK(left > 1'000);
}

}  // namespace unscripted::gateway
