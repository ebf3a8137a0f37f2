// From a predicate's text to its program: one function for each line of the grammar.
#include "core/predicate.hpp"
#include "core/predicate_lexer.hpp"
#include "core/predicate_parts.hpp"
#include "core/show.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <span>
#include <utility>

namespace unscripted::core {

namespace {

using op = predicate_step::op;
using token_type = predicate_token::type;

/// What an expression is, and where it begins.
struct expression {
  bool is_boolean = false;
  std::size_t at = 0;
};

/// Nothing where the text is wrong: then the parser knows the problem.
using parsed = std::optional<expression>;

struct word_op {
  std::string_view word;
  op what;
};

constexpr auto comparisons = std::to_array<word_op>({{"<", op::less},
                                                     {"<=", op::less_equal},
                                                     {">", op::greater},
                                                     {">=", op::greater_equal},
                                                     {"==", op::equal},
                                                     {"!=", op::not_equal}});
constexpr auto sums = std::to_array<word_op>({{"+", op::add}, {"-", op::subtract}});
constexpr auto products = std::to_array<word_op>({{"*", op::multiply}, {"/", op::divide}});
constexpr auto plain_readings =
    std::to_array<word_op>({{"tick", op::tick}, {"seq", op::seq}, {"actions", op::actions}});
constexpr auto aggregates = std::to_array<word_op>(
    {{"min", op::min}, {"max", op::max}, {"mean", op::mean}, {"sum", op::sum}});

std::optional<op> find(std::span<const word_op> all, std::string_view word) {
  for (const word_op& one : all)
    if (one.word == word) return one.what;
  return std::nullopt;
}

/// Characters up to a byte, from 1: the bytes that continue one in UTF-8 do not count.
std::size_t character_at(std::string_view text, std::size_t byte) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  return 1 + static_cast<std::size_t>(std::count_if(
                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(byte), begins));
}

problem wrong(std::string_view text, const std::string& expected, std::size_t byte) {
  const std::size_t at = character_at(text, byte);
  return problem{errc::invalid_params,
                 "expected " + expected + " at character " + std::to_string(at) + ": " +
                     quoted(text),
                 {}}
      .with("at", static_cast<std::int64_t>(at))
      .with("expected", expected);
}

class parser {
public:
  explicit parser(std::string_view text) : text_(text), lexer_(text) { advance(); }

  result<predicate_program> run() {
    const parsed whole = either();
    if (whole && now_.is != token_type::end) expected("an operator or the end");
    else if (whole) needs_boolean(*whole);
    if (why_) return *why_;
    return std::move(program_);
  }

private:
  // -- tokens -------------------------------------------------------------------------------------

  void advance() { now_ = lexer_.next(); }
  bool is_symbol(std::string_view s) const {
    return now_.is == token_type::symbol && now_.text == s;
  }
  bool is_word(std::string_view w) const { return now_.is == token_type::word && now_.text == w; }

  bool takes(std::string_view word, std::string_view symbol) {
    if (!is_word(word) && !is_symbol(symbol)) return false;
    advance();
    return true;
  }

  std::optional<op> take_one_of(std::span<const word_op> all) {
    if (now_.is != token_type::symbol) return std::nullopt;
    const auto what = find(all, now_.text);
    if (what) advance();
    return what;
  }

  /// Notes the first problem only. Always false, for the caller to hand on.
  bool expected(const std::string& what, std::size_t at) {
    if (!why_) why_ = wrong(text_, what, at);
    return false;
  }
  bool expected(const std::string& what) { return expected(what, now_.at); }

  bool needs_symbol(std::string_view s) {
    if (!is_symbol(s)) return expected("`" + std::string{s} + "`");
    advance();
    return true;
  }

  std::optional<std::string> needs_word(const std::string& what) {
    if (now_.is != token_type::word) {
      expected(what);
      return std::nullopt;
    }
    std::string word{now_.text};
    advance();
    return word;
  }

  // -- steps --------------------------------------------------------------------------------------

  predicate_step& push(op what) {
    program_.steps.emplace_back();
    program_.steps.back().what = what;
    return program_.steps.back();
  }

  bool needs_boolean(const expression& e) {
    return e.is_boolean || expected("a comparison rather than a number alone", e.at);
  }

  /// Runs one rule a level deeper.
  template <class Rule>
  parsed nested(const Rule& rule) {
    if (depth_ == predicate_nesting_max) {
      expected("at most " + std::to_string(predicate_nesting_max) + " levels of nesting");
      return std::nullopt;
    }
    ++depth_;
    const parsed inner = rule();
    --depth_;
    return inner;
  }

  // -- the grammar --------------------------------------------------------------------------------

  template <class Rule>
  parsed joined(const char* word, const char* symbol, op what, const Rule& operand) {
    parsed left = operand();
    while (left && takes(word, symbol)) {
      const parsed right = operand();
      if (!right || !needs_boolean(*left) || !needs_boolean(*right)) return std::nullopt;
      push(what);
      left->is_boolean = true;
    }
    return left;
  }

  parsed either() {
    return joined("or", "||", op::either, [&] { return both(); });
  }
  parsed both() {
    return joined("and", "&&", op::both, [&] { return denial(); });
  }

  parsed denial() {
    const std::size_t at = now_.at;
    if (!takes("not", "!")) return comparison();
    const parsed inner = nested([&] { return denial(); });
    if (!inner || !needs_boolean(*inner)) return std::nullopt;
    push(op::deny);
    return expression{true, at};
  }

  parsed comparison() {
    const parsed left = sum();
    if (!left) return std::nullopt;
    const auto what = take_one_of(comparisons);
    if (!what) return left;
    if (!sum()) return std::nullopt;
    push(*what);
    return expression{true, left->at};
  }

  template <class Rule>
  parsed chain(std::span<const word_op> operators, const Rule& operand) {
    parsed left = operand();
    while (left) {
      const auto what = take_one_of(operators);
      if (!what) return left;
      if (!operand()) return std::nullopt;
      push(*what);
      left->is_boolean = false;
    }
    return left;
  }

  parsed sum() {
    return chain(sums, [&] { return product(); });
  }
  parsed product() {
    return chain(products, [&] { return factor(); });
  }

  parsed factor() {
    const std::size_t at = now_.at;
    if (takes({}, "-")) {
      if (!nested([&] { return factor(); })) return std::nullopt;
      push(op::negate);
      return expression{false, at};
    }
    if (takes({}, "(")) {
      const parsed inner = nested([&] { return either(); });
      if (!inner || !needs_symbol(")")) return std::nullopt;
      return expression{inner->is_boolean, at};
    }
    if (now_.is == token_type::number) return number();
    if (now_.is == token_type::word) return named();
    expected("a number or a name");
    return std::nullopt;
  }

  parsed number() {
    const std::size_t at = now_.at;
    double x = 0;
    const char* const end = now_.text.data() + now_.text.size();
    const auto read = std::from_chars(now_.text.data(), end, x);
    if (read.ec != std::errc{} || read.ptr != end) {
      expected("a number that a double can hold");
      return std::nullopt;
    }
    push(op::number).operand = x;
    advance();
    return expression{false, at};
  }

  parsed named() {
    const std::string_view word = now_.text;
    const std::size_t at = now_.at;
    advance();
    if (const auto what = find(plain_readings, word)) push(*what);
    else if (const auto over = find(aggregates, word)) {
      if (!aggregate(*over)) return std::nullopt;
    } else if (word == "count" || word == "deaths") {
      if (!(word == "count" ? count() : deaths())) return std::nullopt;
    } else if (word == "world") {
      if (!property_of(world_serial)) return std::nullopt;
    } else if (word == "thing" || word == "alive") {
      if (!of_thing(word == "alive")) return std::nullopt;
    } else {
      expected("a name such as tick, count, deaths, world, thing, alive, min or sum", at);
      return std::nullopt;
    }
    return expression{word == "alive", at};
  }

  // -- what follows a name: false where it is wrong -----------------------------------------------

  bool count() {
    if (!needs_symbol("(")) return false;
    const auto kind = needs_word("the name of a kind");
    if (!kind) return false;
    if (*kind == "thing") push(op::count_all);
    else push(op::count).name = *kind;
    return needs_symbol(")");
  }

  bool deaths() {
    if (!takes({}, "(")) {
      push(op::deaths_all);
      return true;
    }
    if (now_.is != token_type::word && now_.is != token_type::quoted)
      return expected("a cause of death (a name or a quoted text)");
    push(op::deaths).name = now_.text;
    advance();
    return needs_symbol(")");
  }

  bool aggregate(op what) {
    if (!needs_symbol("(")) return false;
    auto kind = needs_word("the name of a kind");
    if (!kind || !needs_symbol(".")) return false;
    auto property = needs_word("the name of a property");
    if (!property) return false;
    predicate_step& s = push(what);
    s.name = std::move(*kind);
    s.property = std::move(*property);
    return needs_symbol(")");
  }

  bool property_of(serial id) {
    if (!needs_symbol(".")) return false;
    auto property = needs_word("the name of a property");
    if (!property) return false;
    predicate_step& s = push(op::property_of);
    s.id = id;
    s.property = std::move(*property);
    return true;
  }

  bool of_thing(bool alive) {
    if (!needs_symbol("(")) return false;
    const auto id = take_id();
    if (!id || !needs_symbol(")")) return false;
    if (!alive) return property_of(*id);
    push(op::alive).id = *id;
    return true;
  }

  std::optional<serial> take_id() {
    std::optional<serial> id;
    const bool has_text = now_.is == token_type::number || now_.is == token_type::word ||
                          now_.is == token_type::quoted;
    if (const auto whole = has_text ? parse_id(now_.text) : std::nullopt) id = whole->thing;
    else if (now_.is == token_type::number) {
      serial given = 0;
      const char* const end = now_.text.data() + now_.text.size();
      const auto read = std::from_chars(now_.text.data(), end, given);
      if (read.ec == std::errc{} && read.ptr == end) id = given;
    }
    if (id) advance();
    else expected("the serial of a thing or its id of 24 hex digits");
    return id;
  }

  std::string_view text_;
  predicate_lexer lexer_;
  predicate_token now_;
  predicate_program program_;
  std::optional<problem> why_;
  int depth_ = 0;
};

}  // namespace

result<predicate> parse_predicate(std::string_view text) {
  if (text.size() > predicate_bytes_max)
    return problem{errc::invalid_params,
                   "expected at most " + std::to_string(predicate_bytes_max) +
                       " bytes of predicate, not " + std::to_string(text.size()),
                   {}}
        .with("at", static_cast<std::int64_t>(character_at(text, predicate_bytes_max)));
  auto program = parser{text}.run();
  if (!program) return program.why();
  return predicate{std::string{text},
                   std::make_shared<const predicate_program>(std::move(*program))};
}

}  // namespace unscripted::core
