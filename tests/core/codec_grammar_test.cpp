// The two orders in which the parts of a record may stand: what is written now, and what older
// histories hold.
#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

constexpr std::uint8_t of_agent = 0x80, small = 0x40;

/// Agent 2 walks to (-1, 2, 3) µm, and thing 300 gets one more in its slot 1.
record a_walk() {
  act_command c;
  c.agent = 2;
  c.action = *life_catalogue()->find_action(world_kind, "walk");
  c.args.bits[0] = 0x3fe0000000000000u;  // 0.5
  c.args.count = 1;
  record r;
  r.command = c;
  r.effects.resize(2);
  r.effects[0].type = effect_type::moved;
  r.effects[0].thing = 2;
  r.effects[0].pos = {-1, 2, 3};
  r.effects[1].type = effect_type::added;
  r.effects[1].thing = 300;
  r.effects[1].slot = 1;
  r.effects[1].bits = 1;
  return r;
}

std::uint8_t walk_action() {
  return static_cast<std::uint8_t>(*life_catalogue()->find_action(world_kind, "walk"));
}

std::string bytes_of(std::initializer_list<int> list) {
  std::string bytes;
  for (const int b : list) bytes.push_back(static_cast<char>(b));
  return bytes;
}

std::string heads_first() {
  return bytes_of({0,  // act, done
                   2,
                   of_agent | 3,
                   small | 5,
                   0xac,
                   2,
                   1,  // moved; added to 300, slot 1
                   walk_action(),
                   0,
                   2,  // on the world, by 2
                   0,
                   0,
                   0,
                   0,
                   0,
                   0,
                   0xe0,
                   0x3f,  // the angle
                   1,
                   6,
                   4,    // x, z, y
                   2});  // one more
}

std::string in_order() {
  return bytes_of({0,
                   2,
                   walk_action(),
                   0,
                   0,
                   0,
                   0,
                   0,
                   0,
                   0,
                   0xe0,
                   0x3f,  //
                   2,
                   of_agent | 3,
                   1,
                   4,
                   6,
                   small | 5,
                   0xac,
                   2,
                   1,
                   2});
}

bool equal(const record& a, const record& b) {
  return std::get<act_command>(a.command) == std::get<act_command>(b.command) &&
         a.outcome == b.outcome && a.draws == b.draws && a.effects == b.effects;
}

}  // namespace

TEST_CASE("a record is written as heads, command, contents", "[core][codec]") {
  std::string bytes;
  byte_writer out{bytes};

  encode(out, life_catalogue().get(), a_walk());

  CHECK(bytes == heads_first());
}

TEST_CASE("either grammar of a record gives the same record", "[core][codec]") {
  const std::string newer_bytes = heads_first(), older_bytes = in_order();
  byte_reader newer{newer_bytes}, older{older_bytes};
  record a, b;

  REQUIRE(decode(newer, life_catalogue().get(), a, record_grammar::heads_first));
  REQUIRE(decode(older, life_catalogue().get(), b, record_grammar::in_order));

  CHECK(newer.at_end());
  CHECK(older.at_end());
  CHECK(equal(a, a_walk()));
  CHECK(equal(b, a_walk()));
}

TEST_CASE("nothing of the record before is left in one that is decoded", "[core][codec]") {
  const std::string bytes = heads_first();
  byte_reader in{bytes};
  record r;
  act_command before;
  before.absent = true;
  before.args.count = parameters_max;
  before.args.bits.fill(7);
  before.args.texts = {"left", "over"};
  r.command = before;
  r.reason = "left over";
  r.draws = 9;
  r.from = {7, "left over"};
  r.effects.assign(5, effect{effect_type::moved, 4, 9, {7, 7, 7}, 7, details(std::string{"x"})});

  REQUIRE(decode(in, life_catalogue().get(), r));

  CHECK(equal(r, a_walk()));
  CHECK(r.reason.empty());
  CHECK(r.from == origin{});
}

TEST_CASE("a record of the older grammar, cut or changed, is refused or harmless",
          "[core][codec][hostile]") {
  const std::string whole = in_order();

  for (std::size_t at = 0; at < whole.size(); ++at) {
    const std::string cut = whole.substr(0, at);
    byte_reader in{cut};
    record r;
    CHECK_FALSE(decode(in, life_catalogue().get(), r, record_grammar::in_order));
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = whole;
      changed[at] = static_cast<char>(byte);
      byte_reader other{changed};
      const bool is_read = decode(other, life_catalogue().get(), r, record_grammar::in_order);
      if (is_read != other.ok()) FAIL("byte " << at << " = " << byte);
    }
  }
}
