// The framing of the TCP door: however bytes are cut into pieces, the lines are the same.
#include "gateway/line_buffer.hpp"
#include "tests/fuzz/target.hpp"

#include <simdjson.h>

#include <algorithm>
#include <string>

namespace unscripted::fuzz {
namespace {

using gateway::line_buffer;

constexpr std::size_t longest = 24;

struct outcome {
  std::vector<std::string> lines;
  bool is_too_long = false;

  friend bool operator==(const outcome&, const outcome&) = default;
};

// False where there will be no more.
bool take_lines(line_buffer& in, outcome& out) {
  for (;;) {
    const auto found = in.next();
    if (found == line_buffer::found::nothing) return true;
    if (found == line_buffer::found::too_long) return out.is_too_long = true, false;
    // A parser reads that far.
    std::size_t behind = 0;
    for (std::size_t i = 0; i < simdjson::SIMDJSON_PADDING; ++i)
      behind += in.line().data()[in.line().size() + i] != 0;
    hold(behind <= simdjson::SIMDJSON_PADDING, "there is padding behind a line");
    out.lines.emplace_back(in.line());
  }
}

// The pieces are as long as `cuts` says, one byte each, again and again.
outcome lines_in(std::string_view bytes, std::string_view cuts) {
  line_buffer in{longest};
  outcome out;
  for (std::size_t cut = 0; !bytes.empty(); ++cut) {
    const auto room = in.room();
    hold(!room.empty(), "there is always room");
    const std::size_t wanted =
        cuts.empty() ? bytes.size() : 1 + static_cast<unsigned char>(cuts[cut % cuts.size()]);
    const std::size_t size = std::min({wanted, bytes.size(), room.size()});
    std::copy_n(bytes.data(), size, room.data());
    bytes.remove_prefix(size);
    in.add(size);
    if (!take_lines(in, out)) break;
  }
  if (!out.is_too_long) {
    in.end();
    take_lines(in, out);
  }
  hold(in.empty(), "nothing is left at the end");
  return out;
}

// What framing means, said simply.
outcome expected(std::string_view bytes) {
  outcome out;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > longest) {
      out.is_too_long = true;
      return out;
    }
    if (!line.empty()) out.lines.emplace_back(line);
  }
  return out;
}

void run(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view all = text_of(bytes, size);
  const std::size_t cut_count = all.empty() ? 0 : std::min<std::size_t>(all[0] & 7, size - 1);
  const std::string_view cuts = all.substr(all.empty() ? 0 : 1, cut_count);
  const std::string_view stream = all.substr(std::min(size, cut_count + 1));
  const outcome right = expected(stream);
  hold(lines_in(stream, cuts) == right, "the lines of a stream in pieces are its lines");
  hold(lines_in(stream, {}) == right, "the lines of a stream in one piece are its lines");
}

const target here{"lines", run};

}  // namespace
}  // namespace unscripted::fuzz
