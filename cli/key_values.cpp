#include "cli/key_values.hpp"

#include "cli/failure.hpp"

#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <set>

namespace unscripted::cli {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t i) {
  while (i < text.size() && is_digit(text[i])) ++i;
  return i;
}

/// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_json_number(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto whole = i;
  i = skip_digits(text, i);
  if (i == whole || (text[whole] == '0' && i > whole + 1)) return false;
  if (i < text.size() && text[i] == '.') {
    const auto fraction = ++i;
    i = skip_digits(text, i);
    if (i == fraction) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    const auto exponent = i;
    i = skip_digits(text, i);
    if (i == exponent) return false;
  }
  return i == text.size();
}

/// False where it is no array, object or null.
bool write_json_value(gateway::json_writer& json, std::string_view text) {
  if (text != "null" && !text.starts_with('[') && !text.starts_with('{')) return false;
  simdjson::dom::parser parser;
  simdjson::dom::element parsed;
  if (parser.parse(text.data(), text.size()).get(parsed) != simdjson::SUCCESS) {
    throw wrong_usage("\"" + std::string(text) + "\" begins like JSON, and is none");
  }
  json.raw(simdjson::minify(parsed));
  return true;
}

}  // namespace

void write_loose_value(gateway::json_writer& json, std::string_view text) {
  if (text == "true" || text == "false") {
    json.raw(text);
  } else if (is_json_number(text)) {
    double x = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), x);
    const bool is_too_large = read.ec == std::errc::result_out_of_range || !std::isfinite(x);
    if (is_too_large) throw wrong_usage(std::string(text) + ": no number holds this");
    json.raw(text);
  } else if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    json.value(text.substr(1, text.size() - 2));
  } else {
    json.value(text);
  }
}

void write_key_values(gateway::json_writer& json, const std::vector<std::string>& pairs,
                      loose_values values) {
  std::set<std::string_view> seen;
  json.begin_object();
  for (const std::string_view pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == 0 || equals == std::string_view::npos) {
      throw wrong_usage("\"" + std::string(pair) + "\": expected key=value");
    }
    const auto key = pair.substr(0, equals);
    if (!seen.insert(key).second) throw wrong_usage(std::string(key) + ": given twice");
    json.key(key);
    const auto text = pair.substr(equals + 1);
    if (values == loose_values::or_json && write_json_value(json, text)) continue;
    write_loose_value(json, text);
  }
  json.end_object();
}

}  // namespace unscripted::cli
