// Bytes in and out of the history's format: little-endian, varints as in protocol buffers
// (7 bits a byte, least significant first), zigzag for signed, lengths before texts.
// The reader takes every byte as hostile: it never reads past the end, and stays failed once it
// failed.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace unscripted::core {

/// The next eight bytes as a number, little-endian.
inline std::uint64_t read_u64(const char* at) {
  std::uint64_t x = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&x, at, sizeof x);
  } else {
    for (int i = 0; i < 8; ++i) x |= std::uint64_t{static_cast<std::uint8_t>(at[i])} << (8 * i);
  }
  return x;
}

/// The same byte eight times: eight are compared or counted side by side.
constexpr std::uint64_t each_byte(std::uint8_t byte) { return byte * 0x0101010101010101u; }

/// As eight bytes from `at`, little-endian.
inline void put_u64(char* at, std::uint64_t x) {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(at, &x, sizeof x);
  } else {
    for (int i = 0; i < 8; ++i) at[i] = static_cast<char>(x >> (8 * i));
  }
}

class byte_writer {
public:
  explicit byte_writer(std::string& out) : out_(out) {}

  void u8(std::uint8_t x) { out_.push_back(static_cast<char>(x)); }
  void varint(std::uint64_t x) {
    if (x < 0x80) return u8(static_cast<std::uint8_t>(x));
    std::array<char, varint_bytes_max> raw;
    const char* const end = put_varint(raw.data(), x);
    out_.append(raw.data(), static_cast<std::size_t>(end - raw.data()));
  }
  void zigzag(std::int64_t x) { varint(zigzagged(x)); }
  void u64(std::uint64_t x) {
    std::array<char, 8> raw;
    put_u64(raw.data(), x);
    out_.append(raw.data(), raw.size());
  }
  void f64(double x) { u64(std::bit_cast<std::uint64_t>(x)); }
  void text(std::string_view x) {
    varint(x.size());
    out_.append(x);
  }

private:
  friend class byte_piece;

  static constexpr std::size_t varint_bytes_max = 10;

  static std::uint64_t zigzagged(std::int64_t x) {
    return (static_cast<std::uint64_t>(x) << 1) ^ static_cast<std::uint64_t>(x >> 63);
  }
  /// Writes up to varint_bytes_max bytes, of which those before what it returns count. Up to eight
  /// at once: how many there are is not to be foretold, and each wrong guess costs as much as all.
  static char* put_varint(char* at, std::uint64_t x) {
    const auto bytes = (static_cast<unsigned>(std::bit_width(x | 1)) + 6) / 7;
    if (bytes > 8) return put_varint_by_bytes(at, x);
    const std::uint64_t more = each_byte(0x80) & ~(~std::uint64_t{0} << (8 * (bytes - 1)));
    put_u64(at, with_gaps(x) | more);
    return at + bytes;
  }
  static char* put_varint_by_bytes(char* at, std::uint64_t x) {
    for (; x >= 0x80; x >>= 7) *at++ = static_cast<char>(x | 0x80);
    *at++ = static_cast<char>(x);
    return at;
  }
  /// The low 56 bits, seven in each byte.
  static std::uint64_t with_gaps(std::uint64_t x) {
    x = (x & 0x000000000fffffffu) | ((x & 0x00fffffff0000000u) << 4);
    x = (x & 0x00003fff00003fffu) | ((x & 0x0fffc0000fffc000u) << 2);
    return (x & 0x007f007f007f007fu) | ((x & 0x3f803f803f803f80u) << 1);
  }

  std::string& out_;
};

/// Short things that go to a writer in one piece: a string takes thirty bytes as fast as two.
/// Hands over what it has when it ends.
class byte_piece {
public:
  explicit byte_piece(byte_writer& all) : all_(all) {}
  byte_piece(const byte_piece&) = delete;
  byte_piece& operator=(const byte_piece&) = delete;
  ~byte_piece() { rest(); }

  void u8(std::uint8_t x) {
    *room() = static_cast<char>(x);
    ++size_;
  }
  void varint(std::uint64_t x) {
    if (x < 0x80) return u8(static_cast<std::uint8_t>(x));  // most are
    char* const begin = room();
    size_ += static_cast<std::size_t>(byte_writer::put_varint(begin, x) - begin);
  }
  void zigzag(std::int64_t x) { varint(byte_writer::zigzagged(x)); }
  void u64(std::uint64_t x) {
    put_u64(room(), x);
    size_ += 8;
  }
  void text(std::string_view x) {
    varint(x.size());
    if (x.size() > bytes_max - size_) {
      rest().out_.append(x);
      return;
    }
    x.copy(bytes_.data() + size_, x.size());
    size_ += x.size();
  }
  /// Hands over what was put here, and returns the writer for what follows.
  byte_writer& rest() {
    all_.out_.append(bytes_.data(), std::exchange(size_, 0));
    return all_;
  }

private:
  static constexpr std::size_t bytes_max = 128;

  /// Where the next one goes; there is room for the longest.
  char* room() {
    if (size_ > bytes_max - byte_writer::varint_bytes_max) rest();
    return bytes_.data() + size_;
  }

  byte_writer& all_;
  std::size_t size_ = 0;
  std::array<char, bytes_max> bytes_;
};

class byte_reader {
public:
  explicit byte_reader(std::string_view in) : at_(in.data()), end_(in.data() + in.size()) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == end_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  void fail() {
    ok_ = false;
    at_ = end_;
  }

  std::uint8_t u8() {
    if (at_ == end_) return fail(), std::uint8_t{0};
    return static_cast<std::uint8_t>(*at_++);
  }
  std::uint64_t varint() {
    if (at_ != end_ && static_cast<signed char>(*at_) >= 0)
      return static_cast<std::uint64_t>(*at_++);
    return long_varint();
  }
  std::int64_t zigzag() {
    const std::uint64_t x = varint();
    return static_cast<std::int64_t>((x >> 1) ^ (~(x & 1) + 1));
  }
  std::uint64_t u64() {
    if (left() < 8) return fail(), std::uint64_t{0};
    at_ += 8;
    return read_u64(at_ - 8);
  }
  double f64() { return std::bit_cast<double>(u64()); }
  std::string_view text(std::size_t most) {
    const std::uint64_t size = varint();
    if (size > most || size > left()) return fail(), std::string_view{};
    const std::string_view x(at_, size);
    at_ += size;
    return x;
  }
  /// A count of items that take at least one byte each: never more than the bytes that are left.
  std::size_t count() {
    const std::uint64_t n = varint();
    if (n > left()) return fail(), std::size_t{0};
    return n;
  }

private:
  /// Of several bytes: of up to eight at once, since a coordinate takes four or five.
  std::uint64_t long_varint() {
    if (left() >= 8) {
      const std::uint64_t x = read_u64(at_);
      if (const std::uint64_t ends = ~x & 0x8080808080808080u; ends != 0) {
        const auto bits = static_cast<unsigned>(std::countr_zero(ends)) + 1;  // eight a byte
        at_ += bits / 8;
        return without_gaps(x & (~std::uint64_t{0} >> (64 - bits)));
      }
    }
    return varint_by_bytes();
  }

  /// The low seven bits of each byte, side by side.
  static std::uint64_t without_gaps(std::uint64_t x) {
    x = (x & 0x007f007f007f007fu) | ((x & 0x7f007f007f007f00u) >> 1);
    x = (x & 0x0000ffff0000ffffu) | ((x & 0xffff0000ffff0000u) >> 2);
    return (x & 0x00000000ffffffffu) | ((x & 0xffffffff00000000u) >> 4);
  }

  std::uint64_t varint_by_bytes() {
    std::uint64_t x = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint64_t byte = u8();
      if (!ok_) return 0;
      if (shift == 63 && byte > 1) break;
      x |= (byte & 0x7f) << shift;
      if (byte < 0x80) return x;
    }
    fail();
    return 0;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace unscripted::core
