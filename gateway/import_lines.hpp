// The lines of a file that is imported, one after the other, each a JSON object. Internal to
// history_import.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <istream>
#include <optional>
#include <string>

namespace unscripted::gateway {

/// Used by one thread; must not outlive the stream. Memory: the longest line, and what the parser
/// needs for it.
class import_lines {
public:
  explicit import_lines(std::istream& file) : file_(file) {}

  /// The next object, valid until the next call; nothing at the end of the file, or where why()
  /// says what is wrong.
  std::optional<simdjson::dom::object> next();
  /// Whether the file is at its end, looking ahead.
  bool at_end();
  const std::string& why() const { return why_; }
  /// From 1; of the line that was read last.
  std::uint64_t number() const { return number_; }

private:
  bool read(std::size_t bytes_max);

  std::istream& file_;
  simdjson::dom::parser parser_;
  std::string line_, why_;
  std::uint64_t number_ = 0;
};

}  // namespace unscripted::gateway
