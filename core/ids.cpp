#include "core/ids.hpp"

#include <array>

namespace unscripted::core {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

char* put_hex(char* at, std::uint64_t x, int count) {
  for (int shift = (count - 1) * 4; shift >= 0; shift -= 4) *at++ = digits[(x >> shift) & 15];
  return at;
}

constexpr std::uint8_t no_digit = 0x80;

/// What each character is worth as a hex digit.
constexpr auto worth = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_digit);
  for (std::uint8_t x = 0; x < 16; ++x) {
    const char lower = digits[x];
    table[static_cast<unsigned char>(lower)] = x;
    if (lower >= 'a') table[static_cast<unsigned char>(lower - 'a' + 'A')] = x;
  }
  return table;
}();

/// Notes in `all` what is in any of the digits.
std::uint64_t read_hex(std::string_view text, std::uint8_t& all) {
  std::uint64_t x = 0;
  for (const char c : text) {
    const std::uint8_t digit = worth[static_cast<unsigned char>(c)];
    all |= digit;
    x = (x << 4) | digit;
  }
  return x;
}

}  // namespace

void append(std::string& out, const thing_id& id) {
  std::array<char, id_digits> text;
  put_hex(put_hex(text.data(), id.world, 8), id.thing, 16);
  out.append(text.data(), text.size());
}

std::string to_string(const thing_id& id) {
  std::string out;
  append(out, id);
  return out;
}

std::optional<thing_id> parse_id(std::string_view text) {
  if (text.size() != id_digits) return std::nullopt;
  std::uint8_t all = 0;
  const auto world = static_cast<world_number>(read_hex(text.substr(0, 8), all));
  const std::uint64_t thing = read_hex(text.substr(8), all);
  if (all & no_digit) return std::nullopt;
  return thing_id{world, thing};
}

}  // namespace unscripted::core
