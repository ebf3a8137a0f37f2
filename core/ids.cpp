#include "core/ids.hpp"

#include <array>

namespace unscripted::core {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

char* put_hex(char* at, std::uint64_t x, int count) {
  for (int shift = (count - 1) * 4; shift >= 0; shift -= 4) *at++ = digits[(x >> shift) & 15];
  return at;
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t x = 0;
  for (const char c : text) {
    x <<= 4;
    if (c >= '0' && c <= '9') x |= static_cast<std::uint64_t>(c - '0');
    else if (c >= 'a' && c <= 'f') x |= static_cast<std::uint64_t>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F') x |= static_cast<std::uint64_t>(c - 'A' + 10);
    else return std::nullopt;
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
  const auto world = parse_hex(text.substr(0, 8));
  const auto thing = parse_hex(text.substr(8));
  if (!world || !thing) return std::nullopt;
  return thing_id{static_cast<world_number>(*world), *thing};
}

}  // namespace unscripted::core
