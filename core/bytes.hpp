// Bytes in and out of the history's format: little-endian, varints as in protocol buffers
// (7 bits a byte, least significant first), zigzag for signed, lengths before texts.
// The reader takes every byte as hostile: it never reads past the end, and stays failed once it
// failed.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace unscripted::core {

class byte_writer {
public:
  explicit byte_writer(std::string& out) : out_(out) {}

  void u8(std::uint8_t x) { out_.push_back(static_cast<char>(x)); }
  void varint(std::uint64_t x) {
    while (x >= 0x80) {
      u8(static_cast<std::uint8_t>(x | 0x80));
      x >>= 7;
    }
    u8(static_cast<std::uint8_t>(x));
  }
  void zigzag(std::int64_t x) {
    varint((static_cast<std::uint64_t>(x) << 1) ^ static_cast<std::uint64_t>(x >> 63));
  }
  void u64(std::uint64_t x) {
    char raw[8];
    for (int i = 0; i < 8; ++i) raw[i] = static_cast<char>(x >> (8 * i));
    out_.append(raw, sizeof raw);
  }
  void f64(double x) { u64(std::bit_cast<std::uint64_t>(x)); }
  void text(std::string_view x) {
    varint(x.size());
    out_.append(x);
  }

private:
  std::string& out_;
};

class byte_reader {
public:
  explicit byte_reader(std::string_view in) : in_(in) {}

  bool ok() const { return ok_; }
  bool at_end() const { return in_.empty(); }
  std::size_t left() const { return in_.size(); }
  void fail() {
    ok_ = false;
    in_ = {};
  }

  std::uint8_t u8() {
    if (in_.empty()) return fail(), std::uint8_t{0};
    const auto x = static_cast<std::uint8_t>(in_.front());
    in_.remove_prefix(1);
    return x;
  }
  std::uint64_t varint() {
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
  std::int64_t zigzag() {
    const std::uint64_t x = varint();
    return static_cast<std::int64_t>((x >> 1) ^ (~(x & 1) + 1));
  }
  std::uint64_t u64() {
    if (in_.size() < 8) return fail(), std::uint64_t{0};
    std::uint64_t x = 0;
    for (int i = 0; i < 8; ++i)
      x |= std::uint64_t{static_cast<std::uint8_t>(in_[static_cast<std::size_t>(i)])} << (8 * i);
    in_.remove_prefix(8);
    return x;
  }
  double f64() { return std::bit_cast<double>(u64()); }
  std::string_view text(std::size_t most) {
    const std::uint64_t size = varint();
    if (size > most || size > in_.size()) return fail(), std::string_view{};
    const std::string_view x = in_.substr(0, size);
    in_.remove_prefix(size);
    return x;
  }
  /// A count of items that take at least one byte each: never more than the bytes that are left.
  std::size_t count() {
    const std::uint64_t n = varint();
    if (n > in_.size()) return fail(), std::size_t{0};
    return n;
  }

private:
  std::string_view in_;
  bool ok_ = true;
};

}  // namespace unscripted::core
