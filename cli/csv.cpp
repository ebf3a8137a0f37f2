#include "cli/csv.hpp"

#include "cli/document.hpp"
#include "cli/table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

constexpr std::array axes = {".x", ".y", ".z"};

/// Null is nothing, a text is itself, all else its JSON.
std::string cell_text(dom::element value) {
  if (value.is_null()) return {};
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(value);
}

bool is_place(dom::element value) {
  dom::array parts;
  return value.get(parts) == simdjson::SUCCESS && parts.size() == 3;
}

using cells = std::vector<std::pair<std::string, std::string>>;  // column, text

cells cells_of(dom::element object) {
  cells all;
  dom::object members;
  if (object.get(members) != simdjson::SUCCESS) return all;
  for (const auto [key, value] : members) {
    if (!is_place(value)) {
      all.emplace_back(key, cell_text(value));
      continue;
    }
    std::size_t axis = 0;
    for (const auto part : dom::array(value)) {
      all.emplace_back(std::string(key) + axes[axis++], cell_text(part));
    }
  }
  return all;
}

std::string member_text(dom::element object, std::string_view name) {
  dom::element value;
  return object[name].get(value) == simdjson::SUCCESS ? cell_text(value) : std::string();
}

}  // namespace

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_row(const std::vector<std::string>& cells) {
  std::string line;
  for (const auto& cell : cells) {
    if (&cell != &cells.front()) line += ',';
    line += csv_cell(cell);
  }
  return line + "\r\n";
}

csv_rows csv_rows::of_records() {
  csv_rows rows;
  rows.is_records_ = true;
  return rows;
}

std::string csv_rows::header(const std::vector<std::string>& names) {
  is_begun_ = true;
  columns_ = names;
  return csv_row(columns_);
}

std::string csv_rows::lines(dom::element object) {
  if (is_records_) return record_lines(object);
  const auto found = cells_of(object);
  std::string text;
  if (!is_begun_) {
    std::vector<std::string> names;
    for (const auto& [column, value] : found) names.push_back(column);
    text = header(names);
  }
  std::vector<std::string> row(columns_.size());
  for (const auto& [column, value] : found) {
    const auto at = std::ranges::find(columns_, column);
    if (at != columns_.end()) {
      row[static_cast<std::size_t>(at - columns_.begin())] = value;
    } else if (std::ranges::find(left_out_, column) == left_out_.end()) {
      left_out_.push_back(column);
    }
  }
  return text + csv_row(row);
}

std::string csv_rows::record_lines(dom::element record) {
  std::string text;
  if (!is_begun_) {
    text = header({"seq", "tick", "command", "agent", "action", "target", "outcome", "reason",
                   "draws", "effects"});
  }
  dom::element command;
  if (record["command"].get(command) != simdjson::SUCCESS) return text;
  dom::array effects;
  const auto count = record["effects"].get(effects) == simdjson::SUCCESS ? effects.size() : 0;
  return text + csv_row({member_text(record, "seq"), member_text(record, "tick"),
                         member_text(command, "type"), member_text(command, "agent"),
                         member_text(command, "action"), member_text(command, "target"),
                         member_text(record, "outcome"), member_text(record, "reason"),
                         member_text(record, "draws"), std::to_string(count)});
}

}  // namespace unscripted::cli
