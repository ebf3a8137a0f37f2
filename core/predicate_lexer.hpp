// The words of a predicate's text. Works on a text that outlives it; owned by the parser.
#pragma once

#include <cstddef>
#include <string_view>

namespace unscripted::core {

struct predicate_token {
  enum class type { end, word, number, quoted, symbol, wrong };

  type is = type::end;
  std::string_view text;  // of a quoted one without its quotes
  std::size_t at = 0;     // where it begins, in bytes from 0
};

class predicate_lexer {
public:
  explicit predicate_lexer(std::string_view text) : text_(text) {}

  /// The next token. `wrong` for a byte that begins none, or a quote that is not closed; `end`
  /// again and again after the last.
  predicate_token next();

private:
  predicate_token taken(predicate_token::type is, std::size_t length);
  std::size_t length_of_number() const;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace unscripted::core
