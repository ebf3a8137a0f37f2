#include "gateway/import_lines.hpp"

namespace unscripted::gateway {

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t mib = std::size_t{1} << 20;

// The first line may hold a whole world. Of the others the longest that a world can make is a
// record of 4,096 texts of 1 KiB, each byte of which is escaped in six.
constexpr std::size_t first_line_bytes_max = 256 * mib, line_bytes_max = 32 * mib;

// More than this is given back after the line.
constexpr std::size_t kept_bytes_max = mib;

constexpr int no_more = std::istream::traits_type::eof();

}  // namespace

bool import_lines::at_end() { return !file_.rdbuf() || file_.rdbuf()->sgetc() == no_more; }

/// Reads one line without its end. False where it is too long, or there is none.
bool import_lines::read(std::size_t bytes_max) {
  if (line_.capacity() > kept_bytes_max) line_ = {};
  line_.clear();
  if (at_end()) return false;
  ++number_;
  std::streambuf& bytes = *file_.rdbuf();
  for (int c = bytes.sbumpc(); c != no_more && c != '\n'; c = bytes.sbumpc()) {
    if (line_.size() == bytes_max) {
      why_ = "is longer than " + std::to_string(bytes_max / mib) + " MiB";
      return false;
    }
    line_.push_back(static_cast<char>(c));
  }
  return true;
}

std::optional<dom::object> import_lines::next() {
  if (!read(number_ == 0 ? first_line_bytes_max : line_bytes_max)) return std::nullopt;
  if (parser_.capacity() > kept_bytes_max && line_.size() < kept_bytes_max) parser_ = dom::parser{};
  line_.reserve(line_.size() + simdjson::SIMDJSON_PADDING);
  dom::element all;
  if (const auto error = parser_.parse(line_).get(all); error != simdjson::SUCCESS) {
    why_ = "should be a JSON object: " + std::string{simdjson::error_message(error)};
    return std::nullopt;
  }
  dom::object object;
  if (all.get_object().get(object) == simdjson::SUCCESS) return object;
  why_ = "should be a JSON object, is something else";
  return std::nullopt;
}

}  // namespace unscripted::gateway
