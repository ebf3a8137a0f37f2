// Texts of bounded length.
#pragma once

#include <cstddef>
#include <string_view>

namespace unscripted::core {

/// The beginning of a text, at most so many bytes, cut at a character's border: valid UTF-8 stays
/// so.
constexpr std::string_view cut_text(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace unscripted::core
