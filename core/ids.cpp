#include "core/ids.hpp"

#include "core/bytes.hpp"

#include <array>

namespace unscripted::core {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

char* put_hex(char* at, std::uint64_t x, int count) {
  for (int shift = (count - 1) * 4; shift >= 0; shift -= 4) *at++ = digits[(x >> shift) & 15];
  return at;
}

/// Eight hex digits, all bytes of a word side by side: a third of the time of one after the other.
/// Notes in `wrong` a bit of each character that is no digit.
std::uint32_t read_hex(const char* text, std::uint64_t& wrong) {
  const std::uint64_t word = read_u64(text);  // the first character in its lowest byte
  const std::uint64_t is_letter = (word >> 6) & each_byte(1);  // 'A' is 0x41, 'a' 0x61, '0' 0x30
  const std::uint64_t worth = (word & each_byte(0x0f)) + 9 * is_letter;
  // The upper half: 3, or with a letter 4 or 6. The lower: above 9 with letters only, to 15.
  wrong |= (word ^ (each_byte(0x30) + (is_letter << 4))) & (each_byte(0xf0) - (is_letter << 5));
  wrong |= (((worth + each_byte(6)) >> 4) ^ is_letter) & each_byte(1);
  wrong |= worth & each_byte(0x10);
  std::uint64_t x = ((worth << 4) | (worth >> 8)) & 0x00ff00ff00ff00ffu;
  x = ((x << 8) | (x >> 16)) & 0x0000ffff0000ffffu;
  return static_cast<std::uint32_t>((x << 16) | (x >> 32));
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
  std::uint64_t wrong = 0;
  const world_number world = read_hex(text.data(), wrong);
  const std::uint64_t high = read_hex(text.data() + 8, wrong);
  const std::uint64_t low = read_hex(text.data() + 16, wrong);
  if (wrong != 0) return std::nullopt;
  return thing_id{world, high << 32 | low};
}

}  // namespace unscripted::core
