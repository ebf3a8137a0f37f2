#include "cli/table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

constexpr std::string_view gap = "  ";

// Beyond this an id in hexadecimal digits may look like a number.
constexpr std::size_t number_length_max = 20;

bool looks_numeric(std::string_view cell) {
  if (cell.size() > number_length_max) return false;
  return cell == "-" || (!cell.empty() && cell.find_first_not_of("0123456789.,+-e%") == cell.npos);
}

void append_cell(std::string& out, std::string_view cell, std::size_t columns, bool to_right) {
  const std::string padding(columns - std::min(columns, width(cell)), ' ');
  if (to_right) out += padding;
  out += cell;
  if (!to_right) out += padding;
}

void end_line(std::string& out) {
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out += '\n';
}

std::string plain_array(dom::array items) {
  std::string out;
  for (const auto item : items) {
    if (!out.empty()) out += ", ";
    std::string_view action;
    const bool is_action = item["action"].get(action) == simdjson::SUCCESS;
    out += is_action ? std::string(action) : plain(item);
  }
  return out;
}

}  // namespace

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string table::text() const {
  std::vector<std::size_t> widths;
  std::vector<bool> to_right;
  for (std::size_t c = 0; c < heading_.size(); ++c) {
    auto widest = width(heading_[c]);
    bool numeric = !rows_.empty();
    for (const auto& row : rows_) {
      widest = std::max(widest, width(row[c]));
      numeric = numeric && looks_numeric(row[c]);
    }
    widths.push_back(widest);
    to_right.push_back(numeric);
  }

  std::string out;
  const auto append_row = [&](const std::vector<std::string>& row) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c > 0) out += gap;
      append_cell(out, row[c], widths[c], to_right[c]);
    }
    end_line(out);
  };
  append_row(heading_);
  for (const auto& row : rows_) append_row(row);
  return out;
}

void field_list::add_all(dom::element object, const std::string& prefix) {
  dom::object members;
  if (object.get(members) != simdjson::SUCCESS) return;
  for (const auto [key, value] : members) {
    auto name = prefix;
    name += printable(key);
    if (value.is_object()) {
      add_all(value, name + '.');
    } else {
      add(name, plain(value));
    }
  }
}

std::string field_list::text() const {
  std::size_t widest = 0;
  for (const auto& [name, value] : fields_) widest = std::max(widest, width(name));
  std::string out;
  for (const auto& [name, value] : fields_) {
    append_cell(out, name, widest, false);
    out += gap;
    out += value;
    end_line(out);
  }
  return out;
}

std::string printable(std::string_view text) {
  // In UTF-8: C1 controls; marks and overrides of direction, separators; isolates; the byte order
  // mark.
  struct range {
    std::string_view first, last;
  };
  constexpr auto hidden = std::to_array<range>({{"\xC2\x80", "\xC2\x9F"},
                                                {"\xE2\x80\x8B", "\xE2\x80\x8F"},
                                                {"\xE2\x80\xA8", "\xE2\x80\xAE"},
                                                {"\xE2\x81\xA0", "\xE2\x81\xAF"},
                                                {"\xEF\xBB\xBF", "\xEF\xBB\xBF"}});
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto* const found = std::ranges::find_if(hidden, [&](const range& r) {
      const auto code = text.substr(i, r.first.size());
      return r.first <= code && code <= r.last;
    });
    const bool is_hidden = found != std::end(hidden);
    if (is_hidden || byte < 0x20 || byte == 0x7F) out += '?';
    else out += text[i];
    i += is_hidden ? found->first.size() : 1;
  }
  return out;
}

std::string plain(dom::element value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return printable(text);
  dom::array items;
  if (value.get(items) == simdjson::SUCCESS) return plain_array(items);
  if (value.is_null()) return "-";
  return printable(simdjson::minify(value));
}

std::string plain_at(dom::element object, std::string_view name) {
  dom::element value;
  if (object[name].get(value) != simdjson::SUCCESS) return "-";
  return plain(value);
}

std::string props_of(dom::element thing) {
  std::string text;
  dom::object members;
  if (thing["props"].get(members) != simdjson::SUCCESS) return text;
  for (const auto [key, value] : members) {
    text += (text.empty() ? "" : ", ") + printable(key) + ' ' + plain(value);
  }
  return text;
}

std::string grouped(std::uint64_t count) {
  auto digits = std::to_string(count);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<std::size_t>(i), 1, ',');
  }
  return digits;
}

std::string grouped(double number) {
  if (!std::isfinite(number) || number < 0) return "-";
  if (number >= 99.95) return grouped(static_cast<std::uint64_t>(std::llround(number)));
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.3g", number);
  return text.data();
}

}  // namespace unscripted::cli
