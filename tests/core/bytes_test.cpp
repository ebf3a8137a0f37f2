#include "core/bytes.hpp"
#include "core/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace unscripted::core;

namespace {

template <class Write>
std::string written(Write&& write) {
  std::string bytes;
  byte_writer out{bytes};
  write(out);
  return bytes;
}

std::vector<std::uint64_t> telling_words(std::uint64_t seed) {
  std::vector<std::uint64_t> words{0, 1, ~std::uint64_t{0}, std::uint64_t{1} << 63};
  for (unsigned bit = 0; bit < 64; ++bit)
    for (const std::uint64_t offset : {0u, 1u}) words.push_back((std::uint64_t{1} << bit) - offset);
  keyed_random chance{seed, 0};
  for (int i = 0; i < 1000; ++i) words.push_back(chance.next() >> chance.below(64));
  return words;
}

}  // namespace

TEST_CASE("every number survives each of its encodings", "[core][bytes]") {
  const std::uint64_t seed = 1;
  CAPTURE(seed);

  for (const std::uint64_t x : telling_words(seed)) {
    const auto whole = static_cast<std::int64_t>(x);
    const std::string bytes = written([&](byte_writer& out) {
      out.varint(x);
      out.zigzag(whole);
      out.u64(x);
      out.u8(static_cast<std::uint8_t>(x));
    });
    byte_reader in{bytes};
    CAPTURE(x);
    REQUIRE(in.varint() == x);
    REQUIRE(in.zigzag() == whole);
    REQUIRE(in.u64() == x);
    REQUIRE(in.u8() == (x & 0xff));
    REQUIRE(in.ok());
    REQUIRE(in.at_end());
  }
}

TEST_CASE("a piece hands over the bytes that its writer would have written", "[core][bytes]") {
  const std::uint64_t seed = GENERATE(1u, 2u);
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  const auto write = [&](auto& out, std::uint64_t x) {
    switch (x % 5) {
      case 0: return out.u8(static_cast<std::uint8_t>(x >> 8));
      case 1: return out.varint(x);
      case 2: return out.zigzag(static_cast<std::int64_t>(x));
      case 3: return out.u64(x);
      default: return out.text(std::string(x % 300, 'x'));
    }
  };

  for (int round = 0; round < 200; ++round) {
    std::vector<std::uint64_t> words(chance.below(100));
    for (std::uint64_t& x : words) x = chance.next() >> chance.below(64);
    const std::string direct = written([&](byte_writer& out) {
      for (const std::uint64_t x : words) write(out, x);
    });
    const std::string pieced = written([&](byte_writer& out) {
      byte_piece piece{out};
      for (const std::uint64_t x : words) write(piece, x);
    });
    REQUIRE(pieced == direct);
  }
}

TEST_CASE("small numbers of either sign take one byte", "[core][bytes]") {
  CHECK(written([](byte_writer& out) { out.varint(127); }).size() == 1);
  CHECK(written([](byte_writer& out) { out.varint(128); }).size() == 2);
  CHECK(written([](byte_writer& out) { out.zigzag(-64); }).size() == 1);
  CHECK(written([](byte_writer& out) { out.zigzag(63); }).size() == 1);
  CHECK(written([](byte_writer& out) { out.zigzag(64); }).size() == 2);
}

TEST_CASE("a double keeps all its bits", "[core][bytes]") {
  for (const double x : {0.0, -0.0, 1.5, -1e300, 5e-324, std::numeric_limits<double>::infinity()}) {
    const std::string bytes = written([&](byte_writer& out) { out.f64(x); });
    byte_reader in{bytes};
    CHECK(std::bit_cast<std::uint64_t>(in.f64()) == std::bit_cast<std::uint64_t>(x));
  }
}

TEST_CASE("integers are little-endian", "[core][bytes]") {
  CHECK(written([](byte_writer& out) { out.u64(0x0807060504030201u); }) ==
        "\x01\x02\x03\x04\x05\x06\x07\x08");
}

TEST_CASE("a text longer than allowed, or than what is left, is refused", "[core][bytes]") {
  const std::string bytes = written([](byte_writer& out) { out.text("hello"); });

  byte_reader fits{bytes};
  CHECK(fits.text(5) == "hello");
  CHECK(fits.at_end());

  byte_reader tight{bytes};
  CHECK(tight.text(4).empty());
  CHECK_FALSE(tight.ok());

  byte_reader cut{std::string_view{bytes}.substr(0, 5)};
  CHECK(cut.text(100).empty());
  CHECK_FALSE(cut.ok());
}

TEST_CASE("a reader that failed stays failed and gives zeros", "[core][bytes]") {
  const std::string bytes(20, '\x05');
  byte_reader in{bytes};
  in.fail();

  CHECK(in.u8() == 0);
  CHECK(in.varint() == 0);
  CHECK(in.zigzag() == 0);
  CHECK(in.u64() == 0);
  CHECK(in.text(10).empty());
  CHECK(in.count() == 0);
  CHECK(in.left() == 0);
  CHECK_FALSE(in.ok());
}

TEST_CASE("a varint takes a byte for each seven bits", "[core][bytes]") {
  for (unsigned bits = 1; bits <= 64; ++bits) {
    CAPTURE(bits);
    const std::uint64_t least = std::uint64_t{1} << (bits - 1);
    const std::uint64_t most = least | (least - 1);
    for (const std::uint64_t x : {least, most}) {
      const std::string bytes = written([&](byte_writer& out) { out.varint(x); });
      REQUIRE(bytes.size() == (bits + 6) / 7);
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto group = static_cast<std::uint8_t>(x >> (7 * i) & 0x7f);
        const bool is_last = i + 1 == bytes.size();
        REQUIRE(static_cast<std::uint8_t>(bytes[i]) == (is_last ? group : group | 0x80));
      }
    }
  }
}

TEST_CASE("a varint is read the same, however many bytes follow it", "[core][bytes]") {
  const std::uint64_t seed = 2;
  CAPTURE(seed);
  keyed_random chance{seed, 0};
  for (const std::uint64_t x : telling_words(seed)) {
    std::string bytes = written([&](byte_writer& out) { out.varint(x); });
    if (bytes.size() < 9 && chance.below(4) == 0) {  // written longer than it need be
      bytes.back() = static_cast<char>(bytes.back() | 0x80);
      bytes.push_back('\0');
    }
    for (std::size_t behind = 0; behind < 12; ++behind) {
      const std::string all = bytes + std::string(behind, chance.below(2) == 0 ? '\xff' : '\0');
      byte_reader in(all);
      REQUIRE(in.varint() == x);
      REQUIRE(in.ok());
      REQUIRE(in.left() == behind);
    }
  }
}

TEST_CASE("a varint of more than 64 bits is refused", "[core][bytes]") {
  const std::string most = std::string(9, '\xff') + '\x01';
  const std::string more = std::string(9, '\xff') + '\x02';
  const std::string endless(11, '\x80');
  byte_reader a{most}, b{more}, c{endless};

  CHECK(a.varint() == ~std::uint64_t{0});
  CHECK(a.ok());
  CHECK((b.varint() == 0 && !b.ok()));
  CHECK((c.varint() == 0 && !c.ok()));
}

TEST_CASE("a count beyond the bytes that are left is refused", "[core][bytes]") {
  const std::string bytes = written([](byte_writer& out) {
    out.varint(3);
    out.u8(1);
    out.u8(2);
  });
  byte_reader in{bytes};
  CHECK(in.count() == 0);
  CHECK_FALSE(in.ok());

  const std::string enough = bytes + '\x03';
  byte_reader whole{enough};
  CHECK(whole.count() == 3);
  CHECK(whole.ok());
}
