#include "cli/place.hpp"

#include "cli/failure.hpp"

#include <charconv>

namespace unscripted::cli {

namespace {

constexpr double world_height = 10;  // m, where none is given

std::vector<double> parse_numbers(const std::string& text) {
  std::vector<double> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at <= end) {
    double x = 0;
    const auto read = std::from_chars(at, end, x);
    if (read.ec != std::errc{} || !std::isfinite(x)) return {};
    numbers.push_back(x);
    if (read.ptr == end) return numbers;
    if (*read.ptr != ',') return {};
    at = read.ptr + 1;
  }
  return {};
}

std::vector<double> parse(const std::string& option, const std::string& text, double height) {
  auto metres = parse_numbers(text);
  if (metres.size() == 2) metres.insert(metres.begin() + 1, height);
  if (metres.size() == 3) return metres;
  throw wrong_usage(option + ": \"" + text + "\" is not X,Y,Z or X,Z in metres");
}

}  // namespace

std::vector<double> parse_place(const std::string& option, const std::string& text) {
  return parse(option, text, 0);
}

std::vector<double> parse_dims(const std::string& option, const std::string& text) {
  return parse(option, text, world_height);
}

std::vector<double> parse_size(const std::string& option, const std::string& text) {
  auto metres = parse_numbers(text);
  if (metres.size() == 3) return metres;
  throw wrong_usage(option + ": \"" + text + "\" is not X,Y,Z in metres");
}

void write_place(gateway::json_writer& json, const std::vector<double>& metres) {
  json.begin_array();
  for (const double x : metres) json.value(x);
  json.end_array();
}

}  // namespace unscripted::cli
