#include "gateway/json_writer.hpp"

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

  constexpr char hex[] = "0123456789abcdef";
  out.append("00");
  out.push_back(hex[c >> 4]);
  out.push_back(hex[c & 15]);
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t begin = 0;  // of the run that goes as it is
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (escapes[c] == 0) continue;
    out.append(text, begin, i - begin);
    append_escaped(out, c);
    begin = i + 1;
  }
  out.append(text, begin, text.size() - begin);
  out.push_back('"');
}

}  // namespace unscripted::gateway
