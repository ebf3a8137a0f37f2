// The bot protocol, from frames to a living world and back. Each frame is answered once, unless it
// is a notification, with one line of JSON.
#include "tests/fuzz/small_server.hpp"
#include "tests/fuzz/talk.hpp"
#include "tests/fuzz/target.hpp"

namespace unscripted::fuzz {
namespace {

void check(std::string_view said, std::size_t owed) {
  std::size_t answers = 0;
  while (!said.empty()) {
    const std::size_t end = said.find('\n');
    hold(end != said.npos, "what is said ends with a newline");
    const std::string_view line = said.substr(0, end);
    said.remove_prefix(end + 1);
    hold(is_json(line), "what is said is JSON");
    answers += !line.starts_with("{\"method\":");
  }
  hold(answers == owed, "each frame that wants an answer has one");
}

void run(const std::uint8_t* bytes, std::size_t size) {
  small_server server;
  talk client{server.hub()};
  const std::string said = client.say(text_of(bytes, size));
  check(said, client.owed());
}

const target here{"frames", run};

}  // namespace
}  // namespace unscripted::fuzz
