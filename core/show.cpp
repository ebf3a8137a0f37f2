#include "core/show.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace unscripted::core {

namespace {

// Within these bounds digits alone are easier to read than an exponent.
constexpr double plain_min = 1e-6, plain_max = 1e15;

}  // namespace

std::string show(double x) {
  const double size = std::fabs(x);
  const bool plain = x == 0 || (size >= plain_min && size < plain_max);
  std::array<char, 64> text;
  char* const first = text.data();
  char* const last = first + text.size();
  return {first, plain ? std::to_chars(first, last, x, std::chars_format::fixed).ptr
                       : std::to_chars(first, last, x).ptr};
}

std::string show(const vec3& v) {
  return "(" + show(to_metres(v.x)) + ", " + show(to_metres(v.y)) + ", " + show(to_metres(v.z)) +
         ")";
}

std::string show(const value& v) {
  switch (v.type) {
    case value_type::number: return show(v.as_number());
    case value_type::integer: return std::to_string(v.as_integer());
    case value_type::boolean: return v.as_boolean() ? "true" : "false";
    case value_type::text: return quoted(v.text);
    case value_type::thing: return show_thing(v.bits);
  }
  return "?";
}

std::string show_deed(const command& c, const catalogue& named_by) {
  static constexpr std::array types = {"act",    "found",     "create",  "update",
                                       "remove", "configure", "advance", "load"};
  const auto* act = std::get_if<act_command>(&c);
  if (!act) return types[c.index()];
  const auto& actions = named_by.actions();
  return act->action < actions.size() ? actions[act->action].name
                                      : "action " + std::to_string(act->action);
}

std::string show_thing(serial id) { return id == no_thing ? "none" : std::to_string(id); }

std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace unscripted::core
