#include "core/predicate_lexer.hpp"

#include <algorithm>

namespace unscripted::core {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

predicate_token predicate_lexer::taken(predicate_token::type is, std::size_t length) {
  const predicate_token token{is, text_.substr(at_, length), at_};
  at_ += length;
  return token;
}

// Digits and letters: also an id, also a number with an exponent, which alone may have a sign.
std::size_t predicate_lexer::length_of_number() const {
  std::size_t end = at_;
  bool decimal = true;  // up to here
  for (; end < text_.size(); ++end) {
    const char c = text_[end];
    const bool after_e = end > at_ && (text_[end - 1] == 'e' || text_[end - 1] == 'E');
    if ((c == '+' || c == '-') && decimal && after_e) {
      decimal = false;
      continue;
    }
    if (!is_digit(c) && !is_letter(c) && c != '.') break;
    decimal = decimal && (is_digit(c) || c == '.' || c == 'e' || c == 'E');
  }
  return end - at_;
}

predicate_token predicate_lexer::next() {
  using type = predicate_token::type;
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  if (at_ == text_.size()) return taken(type::end, 0);
  const std::string_view rest = text_.substr(at_);
  const char c = rest.front();
  if (is_digit(c)) return taken(type::number, length_of_number());
  if (is_letter(c)) {
    const auto end = std::find_if_not(rest.begin(), rest.end(),
                                      [](char x) { return is_letter(x) || is_digit(x); });
    return taken(type::word, static_cast<std::size_t>(end - rest.begin()));
  }
  if (c == '"' || c == '\'') {
    const std::size_t close = rest.find(c, 1);
    if (close == std::string_view::npos) return taken(type::wrong, rest.size());
    predicate_token token = taken(type::quoted, close + 1);
    token.text = rest.substr(1, close - 1);
    return token;
  }
  for (const std::string_view two : {"<=", ">=", "==", "!=", "||", "&&"})
    if (rest.starts_with(two)) return taken(type::symbol, 2);
  constexpr std::string_view symbols = "<>!+-*/().";
  return taken(symbols.find(c) == std::string_view::npos ? type::wrong : type::symbol, 1);
}

}  // namespace unscripted::core
