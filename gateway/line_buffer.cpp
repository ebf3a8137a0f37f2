#include "gateway/line_buffer.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

namespace unscripted::gateway {

namespace {

constexpr std::size_t first_bytes = 4096;
constexpr std::size_t padding = simdjson::SIMDJSON_PADDING;

}  // namespace

std::span<char> line_buffer::room() {
  constexpr std::size_t wanted = first_bytes / 2;
  if (begin_ == end_) begin_ = end_ = searched_ = 0;
  if (bytes_.size() < end_ + padding + wanted && begin_ > 0) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    searched_ -= begin_;
    begin_ = 0;
  }
  if (bytes_.size() < end_ + padding + wanted)
    bytes_.resize(std::max(first_bytes, bytes_.size() * 2) + padding);
  return std::span{bytes_}.subspan(end_, bytes_.size() - end_ - padding);
}

void line_buffer::end() {
  if (bytes_.size() < end_ + padding + 1) bytes_.resize(end_ + padding + 1);
  if (end_ > begin_ && bytes_[end_ - 1] != '\n') bytes_[end_++] = '\n';
}

// Of the line, or its beginning, from begin_ to `end`. A '\r' at the end may be a part of its end.
bool line_buffer::is_too_long(std::size_t end) const {
  const std::size_t size = end - begin_;
  return size > most_ && (size > most_ + 1 || bytes_[end - 1] != '\r');
}

line_buffer::found line_buffer::next() {
  while (searched_ < end_) {
    const char* from = bytes_.data() + searched_;
    const void* newline = std::memchr(from, '\n', end_ - searched_);
    const std::size_t stop =
        newline ? searched_ + static_cast<std::size_t>(static_cast<const char*>(newline) - from)
                : end_;
    if (is_too_long(stop)) {
      begin_ = end_ = searched_ = 0;
      return found::too_long;
    }
    searched_ = newline ? stop + 1 : stop;
    if (!newline) break;
    line_ = {bytes_.data() + begin_, stop - begin_};
    begin_ = searched_;
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    if (!line_.empty()) return found::line;
  }
  return found::nothing;
}

}  // namespace unscripted::gateway
