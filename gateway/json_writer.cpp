#include "gateway/json_writer.hpp"

#include <simdjson.h>

#include <algorithm>

namespace unscripted::gateway {

namespace {

/// 0: goes as it is; 'u': as \u00xx; else the letter after the backslash.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}

constexpr std::array<char, 256> escapes = make_escapes();

void append_escaped(std::string& out, unsigned char c) {
  out.push_back('\\');
  out.push_back(escapes[c]);
  if (escapes[c] != 'u') return;

  constexpr std::string_view hex = "0123456789abcdef";
  out.append("00");
  out.push_back(hex[c >> 4]);
  out.push_back(hex[c & 15]);
}

// Each byte that is none of a character is replaced. Rare: only histories made elsewhere, and
// plugins that are broken, bring such texts.
std::string repaired(std::string_view text) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";
  std::string out;
  while (!text.empty()) {
    std::size_t size = std::min<std::size_t>(text.size(), 4);
    while (size > 0 && !simdjson::validate_utf8(text.data(), size)) --size;
    out += size > 0 ? text.substr(0, size) : replacement;
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  out.push_back('"');
  std::size_t begin = 0;      // of the run that goes as it is
  unsigned char any_bit = 0;  // of all bytes: ASCII never has the highest
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    any_bit |= c;
    if (escapes[c] == 0) continue;
    out.append(text, begin, i - begin);
    append_escaped(out, c);
    begin = i + 1;
  }
  if (any_bit >= 0x80 && !simdjson::validate_utf8(text.data(), text.size())) {
    out.resize(before);
    return append_json_text(out, repaired(text));
  }
  out.append(text, begin, text.size() - begin);
  out.push_back('"');
}

}  // namespace unscripted::gateway
