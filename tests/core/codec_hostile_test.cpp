// Bytes that are cut, flipped or made up: refused, or harmless, and never a crash.
#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "core/codec_parts.hpp"
#include "core/perception.hpp"
#include "tests/core/fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <memory>

using namespace unscripted::core;
using namespace unscripted::core::test;

namespace {

/// A short, eventful life: all kinds of commands.
lab eventful(std::uint64_t seed, int steps) {
  settings s = small_world(seed);
  s.capacity = {{"bot", 8}, {"thing", 30}};
  lab l{s, {{of_world::lifespan, value::integer(9)}}};
  keyed_random chance{seed, 77};
  for (int i = 0; i < steps; ++i) (void)l.try_play(random_command(l.state(), chance));
  return l;
}

void damage(std::string& bytes, keyed_random& chance) {
  for (std::uint64_t left = 1 + chance.below(3); left > 0; --left) {
    const std::size_t at = chance.below(bytes.size());
    switch (chance.below(4)) {
      case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << chance.below(8))); break;
      case 1: bytes[at] = static_cast<char>(chance.below(256)); break;
      case 2: bytes.insert(at, 1 + chance.below(9), static_cast<char>(0xff)); break;
      default: bytes.erase(at, 1); break;
    }
    if (bytes.empty()) bytes.assign(1, '?');
  }
}

/// Uses a world that took in hostile effects in every way that a server would.
void use(const world& w, keyed_random& chance) {
  check_hash_and_counts(w);
  std::vector<sighting> seen;
  for (const serial bot : w.bots()) perceive(w, *w.find(bot), sight_of(w), seen);
  record r;
  (void)decide(w, random_command(w, chance), r);
  const auto again = decode_snapshot(encode_snapshot(w));
  if (!again) FAIL("a world that took the effects gives no readable snapshot");
  if (again->hash() != w.hash()) FAIL("its snapshot has another hash");
}

bool take(world& w, const std::string& bytes) {
  byte_reader in{bytes};
  record r;
  r.seq = w.seq() + 1;
  r.tick = w.tick();
  return decode(in, w.shared_catalogue().get(), r) && w.try_apply(r);
}

}  // namespace

TEST_CASE("a record cut anywhere is not read", "[core][codec][hostile]") {
  const lab l = eventful(1, 150);
  world w;

  for (const std::string& bytes : l.encoded()) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto cut = std::make_unique<char[]>(size + 1);  // so that reading beyond is seen
      std::copy_n(bytes.data(), size, cut.get());
      byte_reader in{{cut.get(), size}};
      record r;
      if (decode(in, w.shared_catalogue().get(), r)) FAIL("read a record cut at " << size);
      REQUIRE_FALSE(in.ok());
    }
    REQUIRE(take(w, bytes));
  }
}

TEST_CASE("a catalogue cut anywhere, or with a byte more, is not read", "[core][codec][hostile]") {
  const std::string whole = life_catalogue()->description();
  REQUIRE(decode_catalogue(whole));

  for (std::size_t size = 0; size < whole.size(); ++size)
    REQUIRE_FALSE(decode_catalogue(whole.substr(0, size)));
  CHECK_FALSE(decode_catalogue(whole + '\0'));
}

TEST_CASE("a snapshot cut anywhere, or with a byte more, is not read", "[core][codec][hostile]") {
  const std::string whole = encode_snapshot(eventful(2, 100).state());
  REQUIRE(decode_snapshot(whole));

  for (std::size_t size = 0; size < whole.size(); ++size)
    REQUIRE_FALSE(decode_snapshot(whole.substr(0, size)));
  CHECK_FALSE(decode_snapshot(whole + '\0'));
}

TEST_CASE("a record with flipped bytes is refused or harmless", "[core][codec][hostile]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 5));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  const lab l = eventful(seed, 120);
  world w;
  std::size_t taken = 0;

  for (const std::string& bytes : l.encoded()) {
    for (int i = 0; i < 40; ++i) {
      std::string damaged = bytes;
      damage(damaged, chance);
      world copy = w;
      if (!take(copy, damaged)) continue;
      ++taken;
      use(copy, chance);
    }
    REQUIRE(take(w, bytes));
  }

  CHECK(taken > 100);  // many are readable: the test is not about nothing
}

TEST_CASE("a snapshot with flipped bytes is refused or harmless", "[core][codec][hostile]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 5));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  const std::string whole = encode_snapshot(eventful(seed, 100).state());

  for (int i = 0; i < 3'000; ++i) {
    std::string damaged = whole;
    damage(damaged, chance);
    const auto w = decode_snapshot(damaged);
    if (w) use(*w, chance);
  }
}

TEST_CASE("a catalogue with flipped bytes is refused or usable", "[core][codec][hostile]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 5));
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  std::size_t read = 0;

  for (int i = 0; i < 5'000; ++i) {
    std::string damaged = life_catalogue()->description();
    damage(damaged, chance);
    const auto known = decode_catalogue(damaged);
    if (!known) continue;
    ++read;
    for (const action& a : known->actions()) {
      REQUIRE(a.target < known->kinds().size());
      REQUIRE(a.plugin < known->plugins().size());
      REQUIRE(a.parameters.size() <= parameters_max);
    }
    lab l{small_world(), {}, known};
    CHECK(l.state().hash() == l.state().rehash());
    CHECK(sight_of(l.state()) >= 0);
  }

  CHECK(read > 100);
}

// Serials, sequences and ticks went on from the greatest number to 0: the next thing became the
// world.
TEST_CASE("a snapshot that has counted to the end of numbers is not read",
          "[core][codec][hostile]") {
  const std::string whole = encode_snapshot(lab{}.state());
  const auto with_counter = [&](std::size_t which, std::uint64_t count) {
    std::string bytes;
    byte_writer out{bytes};
    byte_reader in{whole};
    out.u8(in.u8());
    for (std::size_t i = 0; i < 4; ++i) {  // sequence, tick, turns, next serial
      const std::uint64_t stored = in.varint();
      out.varint(i == which ? count : stored);
    }
    return bytes + whole.substr(whole.size() - in.left());
  };
  std::uint64_t hash = 0;

  for (std::size_t which = 0; which < 4; ++which) {
    CHECK(decode_unproved_snapshot(with_counter(which, world::counter_max), hash));
    CHECK_FALSE(decode_unproved_snapshot(with_counter(which, world::counter_max + 1), hash));
  }
}

// The action that a record names was looked up by a longer number than it was kept by, so that its
// arguments were written again by another action's parameters.
TEST_CASE("a catalogue with more than can be named is not read", "[core][codec][hostile]") {
  catalogue_parts parts;
  parts.plugins.push_back({"test.many", "1", ""});
  parts.kinds = engine_kinds();
  parts.actions.resize(0xffff);
  CHECK(decode_catalogue(describe(parts)));

  parts.actions.resize(0x10000);
  CHECK_FALSE(decode_catalogue(describe(parts)));
}

TEST_CASE("bytes that mean nothing are refused", "[core][codec][hostile]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 4));
  CAPTURE(seed);
  keyed_random chance{seed, 0};

  for (int i = 0; i < 20'000; ++i) {
    std::string noise(chance.below(60), '\0');
    for (char& c : noise) c = static_cast<char>(chance.below(256));
    byte_reader in{noise};
    record r;
    (void)decode(in, life_catalogue().get(), r);
    REQUIRE_FALSE(decode_snapshot(noise));
    REQUIRE_FALSE(decode_catalogue(noise));
  }
}

TEST_CASE("a place or a size that could overflow a sum is not read", "[core][codec][hostile]") {
  const auto reads = [](const vec3& v) {
    std::string bytes;
    byte_writer out{bytes};
    encode(out, v);
    byte_reader in{bytes};
    return decode_vec3(in) == v && in.ok();
  };
  const micrometres most = 2 * from_metres(metres_max);

  CHECK(reads({most, -most, 0}));
  CHECK_FALSE(reads({most + 1, 0, 0}));
  CHECK_FALSE(reads({0, -most - 1, 0}));
  CHECK_FALSE(reads({0, 0, std::numeric_limits<micrometres>::min()}));
}

TEST_CASE("a history that does not begin with a founding is refused", "[core][codec][hostile]") {
  const lab l = eventful(1, 50);
  for (std::size_t i = 1; i < l.encoded().size(); ++i) {
    world w;
    byte_reader in{l.encoded()[i]};
    record r;
    r.seq = 1;
    if (decode(in, life_catalogue().get(), r)) CHECK_FALSE(w.try_apply(r));
  }
}
