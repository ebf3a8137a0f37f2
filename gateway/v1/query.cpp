#include "gateway/v1/query.hpp"

#include <simdjson.h>

#include <algorithm>
#include <optional>

namespace unscripted::gateway::v1 {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing where a percent sign is not followed by two hex digits, or the bytes are not UTF-8.
std::optional<std::string> decoded(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out.push_back(' ');
    } else if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  if (!simdjson::validate_utf8(out.data(), out.size())) return std::nullopt;
  return out;
}

// The text before the next `mark`; `rest` begins behind it.
std::string_view cut(std::string_view& rest, char mark) {
  const std::size_t end = std::min(rest.find(mark), rest.size());
  const std::string_view head = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return head;
}

failure wrong_encoding(std::string_view where) {
  return {400, "The " + std::string{where} +
                   " is not percent-encoded UTF-8: each `%` needs two hex digits behind it"};
}

std::optional<failure> read_path(query& q, std::string_view path) {
  while (!path.empty()) {
    const std::string_view part = cut(path, '/');
    if (part.empty()) continue;
    if (q.path.size() == path_parts_max)
      return failure{400, "A path has at most " + std::to_string(path_parts_max) + " parts"};
    auto text = decoded(part, false);
    if (!text) return wrong_encoding("path");
    q.path.push_back(*std::move(text));
  }
  return std::nullopt;
}

void add_value(query& q, std::string name, std::string value) {
  const auto known = std::ranges::find(q.params, name, &parameter::name);
  if (known != q.params.end()) known->values.push_back(std::move(value));
  else q.params.push_back({std::move(name), {std::move(value)}});
}

std::optional<failure> read_params(query& q, std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    std::string_view value = cut(text, '&');
    if (value.empty()) continue;
    if (++count > values_max)
      return failure{400, "A query has at most " + std::to_string(values_max) + " parameters"};
    auto name = decoded(cut(value, '='), true);
    auto content = decoded(value, true);
    if (!name || !content) return wrong_encoding("query");
    add_value(q, *std::move(name), *std::move(content));
  }
  return std::nullopt;
}

}  // namespace

const parameter* query::find(std::string_view name) const {
  const auto found = std::ranges::find(params, name, &parameter::name);
  return found == params.end() ? nullptr : &*found;
}

const std::string* query::value(std::string_view name) const {
  const parameter* p = find(name);
  return p ? &p->values.front() : nullptr;
}

std::variant<query, failure> parse_query(std::string_view target) {
  if (target.size() > target_bytes_max)
    return failure{414, "A request has at most " + std::to_string(target_bytes_max) + " bytes"};
  query q;
  const std::string_view path = cut(target, '?');
  if (auto why = read_path(q, path)) return *std::move(why);
  if (auto why = read_params(q, target)) return *std::move(why);
  return q;
}

}  // namespace unscripted::gateway::v1
