#include "plugins/words.hpp"

#include <algorithm>
#include <cstdint>

namespace unscripted::plugins {

namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) { return is_lower(c) || is_digit(c) || c == '_'; }

// Bytes of the well-formed visible character at the front of `text`, 0 where there is none.
std::size_t character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return lead < 0x20 || lead == 0x7f ? 0 : 1;
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xed && byte(1) > 0x9f;
  const bool too_large = lead == 0xf4 && byte(1) > 0x8f;
  const bool control = lead == 0xc2 && byte(1) < 0xa0;
  return overlong || surrogate || too_large || control ? 0 : size;
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 32 && is_lower(text.front()) &&
         std::all_of(text.begin(), text.end(), is_name_char);
}

bool is_property_name(std::string_view text) {
  return is_name(text.substr(!text.empty() && text.front() == '_' ? 1 : 0));
}

bool is_plugin_id(std::string_view text) {
  if (text.size() > 128) return false;
  std::size_t parts = 0;
  for (bool more = true; more; ++parts) {
    const std::size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    if (part.empty() || !is_lower(part.front())) return false;
    if (!std::all_of(part.begin(), part.end(), is_name_char)) return false;
    more = dot != std::string_view::npos;
    if (more) text.remove_prefix(dot + 1);
  }
  return parts >= 2;
}

bool is_version(std::string_view text) {
  return !text.empty() && text.size() <= 32 && is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_lower(c) || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '.' || c == '+' ||
                  c == '-';
         });
}

bool is_unit(std::string_view text) {
  return text.size() <= 16 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_line(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = character(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string to_line(std::string_view text, std::size_t most) {
  std::string line;
  while (!text.empty()) {
    const std::size_t size = character(text);
    if (line.size() + std::max<std::size_t>(size, 1) > most) break;
    if (size == 0) line.push_back('?');
    else line.append(text.substr(0, size));
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return line;
}

std::string quote(std::string_view text) { return "`" + to_line(text, 64) + "`"; }

}  // namespace unscripted::plugins
