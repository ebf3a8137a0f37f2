// What a connection brought, cut into lines: the framing of the TCP door, free of sockets.
//
// A line ends with '\n', or '\r' and '\n'; blank ones are passed over. However the bytes were cut
// into pieces on their way, the lines are the same. Memory: about twice the longest line.
// Not thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace unscripted::gateway {

class line_buffer {
public:
  enum class found { line, nothing, too_long };

  /// `most`: bytes of a line without its end.
  explicit line_buffer(std::size_t most) : most_(most) {}

  /// From now on a line may have so many bytes.
  void allow(std::size_t most) { most_ = most; }
  /// Where the next bytes go; never empty. Valid until the next call of anything here.
  std::span<char> room();
  /// So many bytes were put there.
  void add(std::size_t size) { end_ += size; }
  /// No more bytes will come: a last line without its end counts. Call it once, add nothing after.
  void end();

  /// Takes the next whole line; see line(). After a line that is too long there are no more: the
  /// rest is dropped.
  found next();
  /// The line that next() found, with simdjson's padding behind it. Valid until room() or end().
  std::string_view line() const { return line_; }
  /// Whether everything was taken.
  bool empty() const { return begin_ == end_; }

private:
  bool is_too_long(std::size_t end) const;

  std::size_t most_;
  std::vector<char> bytes_;
  std::size_t begin_ = 0, end_ = 0;  // of what was not taken
  std::size_t searched_ = 0;         // no newline before this
  std::string_view line_;
};

}  // namespace unscripted::gateway
