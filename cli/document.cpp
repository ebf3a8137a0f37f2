#include "cli/document.hpp"

#include <charconv>

namespace unscripted::cli {

namespace dom = simdjson::dom;

document::document(std::string text)
  : text_(std::move(text)), parser_(std::make_unique<dom::parser>()) {
  if (const auto error = parser_->parse(text_).get(root_)) {
    throw failed(std::string("the server sent what is not JSON: ") +
                 simdjson::error_message(error));
  }
}

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::size_t skip_spaces(std::string_view json, std::size_t i) {
  while (i < json.size() && is_space(json[i])) ++i;
  return i;
}

/// From an opening quote to behind the closing one.
std::size_t skip_text(std::string_view json, std::size_t i) {
  for (++i; i < json.size() && json[i] != '"'; ++i) {
    if (json[i] == '\\') ++i;
  }
  return i + 1;
}

/// From the beginning of a value to behind it.
std::size_t skip_value(std::string_view json, std::size_t i) {
  std::size_t depth = 0;
  while (i < json.size()) {
    const char c = json[i];
    if (c == '"') {
      i = skip_text(json, i);
      if (depth == 0) return i;
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}' || c == ']' || is_space(c))) return i;
    if (c == '{' || c == '[') ++depth;
    ++i;
    if ((c == '}' || c == ']') && --depth == 0) return i;
  }
  return i;
}

}  // namespace

std::string_view raw_member(std::string_view json, std::string_view name) {
  auto i = skip_spaces(json, 0);
  if (i >= json.size() || json[i] != '{') return {};
  for (i = skip_spaces(json, i + 1); i < json.size() && json[i] == '"';) {
    const auto key_end = skip_text(json, i);
    const auto key = json.substr(i + 1, key_end - i - 2);
    const auto begin = skip_spaces(json, skip_spaces(json, key_end) + 1);  // behind the colon
    const auto end = skip_value(json, begin);
    if (key == name) return json.substr(begin, end - begin);
    i = skip_spaces(json, skip_spaces(json, end) + 1);  // behind the comma
  }
  return {};
}

std::vector<std::string_view> raw_items(std::string_view json) {
  std::vector<std::string_view> items;
  auto i = skip_spaces(json, 0);
  if (i >= json.size() || json[i] != '[') return items;
  for (i = skip_spaces(json, i + 1); i < json.size() && json[i] != ']';) {
    const auto end = skip_value(json, i);
    items.push_back(json.substr(i, end - i));
    const auto comma = skip_spaces(json, end);
    if (comma >= json.size() || json[comma] != ',') break;
    i = skip_spaces(json, comma + 1);
  }
  return items;
}

std::uint64_t answer_id(dom::element line) {
  std::uint64_t id = 0;
  if (line["id"].get(id) != simdjson::SUCCESS) return 0;
  return id;
}

refusal read_refusal(dom::element error) {
  refusal why;
  why.code = static_cast<int>(number_at(error, "code"));
  why.message = text_at(error, "message");
  dom::element data;
  if (error["data"].get(data) == simdjson::SUCCESS) {
    why.reason = text_at(data, "reason");
    why.data = simdjson::minify(data);
  }
  return why;
}

answer read_answer(std::string_view line) {
  const document whole{std::string(line)};
  dom::element error;
  if (whole.root()["error"].get(error) == simdjson::SUCCESS) return read_refusal(error);
  const auto result = raw_member(line, "result");
  if (result.empty()) throw failed("the server sent an answer without result: " + whole.text());
  return document(std::string(result));
}

dom::array items_at(dom::element object, std::string_view name) {
  static dom::parser parser;
  static const dom::array none = parser.parse(std::string_view("[]"));
  dom::array items;
  return object[name].get(items) == simdjson::SUCCESS ? items : none;
}

std::string_view text_at(dom::element object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS) return {};
  return text;
}

double number_at(dom::element object, std::string_view name, double fallback) {
  double x = 0;
  return object[name].get(x) == simdjson::SUCCESS ? x : fallback;
}

std::uint64_t count_at(dom::element object, std::string_view name, std::uint64_t fallback) {
  std::uint64_t x = 0;
  if (object[name].get(x) == simdjson::SUCCESS) return x;

  const auto text = text_at(object, name);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  const bool is_count = !text.empty() && error == std::errc{} && end == text.data() + text.size();
  return is_count ? x : fallback;
}

bool flag_at(dom::element object, std::string_view name, bool fallback) {
  bool x = false;
  return object[name].get(x) == simdjson::SUCCESS ? x : fallback;
}

}  // namespace unscripted::cli
