#include "gateway/line_buffer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace unscripted::gateway {

namespace {

using found = line_buffer::found;

void put(line_buffer& in, std::string_view bytes) {
  const auto room = in.room();
  REQUIRE(room.size() >= bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  in.add(bytes.size());
}

std::vector<std::string> lines_in(line_buffer& in) {
  std::vector<std::string> lines;
  while (in.next() == found::line) lines.emplace_back(in.line());
  return lines;
}

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("lines end with a newline, maybe behind a carriage return, and blank ones are none") {
  line_buffer in{9};
  put(in, "a\n\r\n\nb\r\nc\rd\n\r\r\nrest");
  CHECK(lines_in(in) == lines{"a", "b", "c\rd", "\r"});
  CHECK_FALSE(in.empty());
  put(in, "\n");
  CHECK(lines_in(in) == lines{"rest"});
  CHECK(in.empty());
}

TEST_CASE("a last line needs no end") {
  line_buffer in{9};
  put(in, "a\nlast");
  CHECK(lines_in(in) == lines{"a"});
  in.end();
  CHECK(lines_in(in) == lines{"last"});
  CHECK(in.empty());
}

TEST_CASE("a line that is too long is the last, however much of it is there") {
  for (const char* bytes : {"a\n0123456789\nb\n", "a\n0123456789", "a\n0123456789\r\n"}) {
    line_buffer in{9};
    put(in, bytes);
    CHECK(in.next() == found::line);
    CHECK(in.next() == found::too_long);
    CHECK(in.next() == found::nothing);
    CHECK(in.empty());
  }
}

// It was refused where its end arrived in two pieces, and taken where it came in one.
TEST_CASE("the longest line is taken, also where its end is cut in two") {
  line_buffer in{9};
  put(in, "012345678\r");
  CHECK(in.next() == found::nothing);
  put(in, "\n");
  CHECK(lines_in(in) == lines{"012345678"});
}

TEST_CASE("a stream that is longer than the buffer ever was comes through whole") {
  line_buffer in{std::size_t{64} * 1024};
  lines sent, came;
  std::string stream;
  for (std::size_t i = 0; i < 300; ++i) {
    sent.emplace_back(1 + i * 37 % 5000, static_cast<char>('a' + i % 26));
    stream += sent.back() + '\n';
  }
  for (std::string_view rest = stream; !rest.empty();) {
    const std::size_t size = std::min(in.room().size(), rest.size());
    put(in, rest.substr(0, size));
    rest.remove_prefix(size);
    for (std::string& line : lines_in(in)) came.push_back(std::move(line));
  }
  CHECK(came == sent);
}

}  // namespace unscripted::gateway
