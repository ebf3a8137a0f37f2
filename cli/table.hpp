// What a person reads: tables and lists of fields.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::cli {

/// Rows under a heading, columns as wide as their widest cell. A column whose cells are all numbers
/// is set to the right.
class table {
public:
  explicit table(std::vector<std::string> heading) : heading_(std::move(heading)) {}

  /// As many cells as the heading has.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }

  /// Lines, each ended by a line feed.
  std::string text() const;

private:
  std::vector<std::string> heading_;
  std::vector<std::vector<std::string>> rows_;
};

/// Names and values, one a line, values in one column.
class field_list {
public:
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  /// All members of an object; those of objects inside it as `outer.inner`.
  void add_all(simdjson::dom::element object, const std::string& prefix = {});

  std::string text() const;

private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Text that a terminal shows and never obeys: what controls it (escapes, line feeds) or turns the
/// direction of writing is a question mark.
std::string printable(std::string_view text);

/// A JSON value as a person writes it: printable text without quotes, arrays with commas, actions
/// by name.
std::string plain(simdjson::dom::element value);

/// The member of an object as plain() has it, or a dash.
std::string plain_at(simdjson::dom::element object, std::string_view name);

/// The properties of a thing, in one cell.
std::string props_of(simdjson::dom::element thing);

/// With thin groups of three: 1,234,567.
std::string grouped(std::uint64_t count);
/// The nearest whole number, grouped; below 100 with three significant digits.
std::string grouped(double number);

/// Code points, which is the width of what we print.
std::size_t width(std::string_view text);

}  // namespace unscripted::cli
