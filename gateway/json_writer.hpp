// Writes JSON at the end of a string: the form of every answer, event and request.
//
// Append-only and without memory of its own: the caller owns the string and reuses it. Commas and
// colons come by themselves; the caller sees to it that what begins ends and that a key precedes
// each value of an object. Numbers are the shortest text that reads back as the same number, in no
// locale; what is not finite becomes null. Text is escaped; what is not UTF-8 in it becomes U+FFFD.
// One writer writes one document; several documents in one string take several writers.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace unscripted::gateway {

/// Appends `text` with quotes around it, escaped.
void append_json_text(std::string& out, std::string_view text);

template <class T>
inline constexpr bool is_char_array =
    std::conjunction_v<std::is_bounded_array<T>, std::is_same<std::remove_extent_t<T>, char>>;

/// The type of a text that stands in the source.
template <class T>
concept literal = is_char_array<T>;

/// Not thread-safe. `out` must outlive the writer.
class json_writer {
public:
  explicit json_writer(std::string& out) : out_(out) {}

  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  json_writer& key(std::string_view name) {
    separate();
    append_json_text(out_, name);
    out_.push_back(':');
    comma_ = false;
    return *this;
  }
  /// A literal, in which nothing is to be escaped: most keys are. One piece instead of five.
  template <literal Name>
  json_writer& key(const Name& name) {
    std::array<char, key_chars<Name>> whole;
    append(whole, put_key(whole.data(), name));
    comma_ = false;
    return *this;
  }

  json_writer& value(std::string_view text) {
    separate();
    append_json_text(out_, text);
    return *this;
  }
  json_writer& value(const char* text) { return value(std::string_view(text)); }
  json_writer& value(const std::string& text) { return value(std::string_view(text)); }
  /// Only a bool itself: what merely converts to one (a pointer) is refused by the compiler.
  template <std::same_as<bool> T>
  json_writer& value(T x) {
    return raw(x ? std::string_view("true") : std::string_view("false"));
  }
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) json_writer& value(T x) {
    using wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
    return number(static_cast<wide>(x));
  }
  json_writer& value(double x) {
    if (!std::isfinite(x)) return null();
    // A whole number beyond 64 bits without exponent is one that readers refuse as an integer.
    if (std::abs(x) >= 0x1p63) return number(x, std::chars_format::scientific);
    return number(x);
  }

  json_writer& null() { return raw("null"); }

  /// A value that is JSON already. It is not checked.
  json_writer& raw(std::string_view json) {
    separate();
    out_.append(json);
    return *this;
  }

  /// A key and its value.
  template <class T>
  json_writer& member(std::string_view name, const T& x) {
    return key(name).value(x);
  }
  json_writer& raw_member(std::string_view name, std::string_view json) {
    return key(name).raw(json);
  }
  template <literal Name, class T>
  json_writer& member(const Name& name, const T& x) {
    return key(name).value(x);
  }
  template <literal Name, std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) json_writer& member(const Name& name,
                                                                                 const T& x) {
    std::array<char, key_chars<Name> + number_chars_max> whole;
    char* const value = put_key(whole.data(), name);
    append(whole, std::to_chars(value, value + number_chars_max, x).ptr);
    comma_ = true;
    return *this;
  }
  template <literal Name>
  json_writer& raw_member(const Name& name, std::string_view json) {
    return key(name).raw(json);
  }

  /// After raw() wrote a key with its colon: the value follows without a comma.
  json_writer& follow_key() {
    comma_ = false;
    return *this;
  }

  std::string& out() { return out_; }

private:
  static constexpr std::size_t number_chars_max = 32;  // the longest: -2.2250738585072014e-308
  template <literal Name>
  static constexpr std::size_t key_chars = std::extent_v<Name> + 3;  // quotes, colon, comma

  template <literal Name>
  char* put_key(char* at, const Name& name) const {
    constexpr std::size_t length = std::extent_v<Name> - 1;
    assert(
        std::all_of(name, name + length, [](char c) { return c >= ' ' && c != '"' && c != '\\'; }));
    if (comma_) *at++ = ',';
    *at++ = '"';
    at = std::copy_n(name, length, at);
    *at++ = '"';
    *at++ = ':';
    return at;
  }
  template <std::size_t Size>
  void append(const std::array<char, Size>& text, const char* end) {
    out_.append(text.data(), static_cast<std::size_t>(end - text.data()));
  }
  void separate() {
    if (comma_) out_.push_back(',');
    comma_ = true;
  }

  json_writer& open(char bracket) {
    separate();
    out_.push_back(bracket);
    comma_ = false;
    return *this;
  }

  json_writer& close(char bracket) {
    out_.push_back(bracket);
    comma_ = true;
    return *this;
  }

  template <class T, class... Format>
  json_writer& number(T x, Format... format) {
    separate();
    std::array<char, number_chars_max> digits;
    append(digits, std::to_chars(digits.data(), digits.data() + digits.size(), x, format...).ptr);
    return *this;
  }

  std::string& out_;
  bool comma_ = false;  // whether the next key or value needs one before it
};

}  // namespace unscripted::gateway
