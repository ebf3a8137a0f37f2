#include "gateway/http/metrics_writer.hpp"

#include <array>
#include <charconv>

namespace unscripted::gateway {

namespace {

void append_number(std::string& out, double x) {
  std::array<char, 32> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), x).ptr);
}

void append_label(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\n') out += "\\n";
    else if (c == '"' || c == '\\') out.append({'\\', c});
    else out.push_back(c);
  }
}

}  // namespace

void metrics_writer::begin(std::string_view name, std::string_view type, std::string_view help) {
  name_ = "unscripted_" + std::string{name};
  out_.append("# HELP ").append(name_).append(" ").append(help);
  out_.append("\n# TYPE ").append(name_).append(" ").append(type).append("\n");
}

void metrics_writer::sample(double x, labels of, std::string_view suffix) {
  out_.append(name_).append(suffix);
  char before = '{';
  for (const auto& [label, value] : of) {
    out_.push_back(std::exchange(before, ','));
    out_.append(label).append("=\"");
    append_label(out_, value);
    out_.push_back('"');
  }
  if (of.size() > 0) out_.push_back('}');
  out_.push_back(' ');
  append_number(out_, x);
  out_.push_back('\n');
}

void metrics_writer::histogram(std::string_view name, std::string_view help,
                               const duration_histogram& h) {
  begin(name, "histogram", help);
  std::uint64_t below = 0;
  const auto& bounds = duration_histogram::bounds_us;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    below += h.in_bucket(i);
    std::string bound;
    append_number(bound, static_cast<double>(bounds[i]) / 1e6);
    sample(static_cast<double>(below), {{"le", bound}}, "_bucket");
  }
  below += h.in_bucket(bounds.size());
  sample(static_cast<double>(below), {{"le", "+Inf"}}, "_bucket");
  sample(static_cast<double>(h.sum_ns()) / 1e9, {}, "_sum");
  sample(static_cast<double>(below), {}, "_count");
}

}  // namespace unscripted::gateway
