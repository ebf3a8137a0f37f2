// An act by the plain reader and by the general one. The input is a frame, and behind a line feed
// what happens to be in memory after it.
#include "tests/fuzz/target.hpp"
#include "tests/gateway/act_readers.hpp"

#include <algorithm>

namespace unscripted::fuzz {
namespace {

void run(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view all = text_of(bytes, size);
  const std::size_t end = std::min(all.find('\n'), all.size());
  const gateway::padded_frame frame(all.substr(0, end), all.substr(std::min(end + 1, all.size())));
  const auto plain = gateway::read_act_plainly(frame);
  if (!plain) return;
  const auto general = gateway::read_act_generally(frame);
  hold(general && gateway::is_same(*plain, *general), "both readers read the same act");
}

const target here{"acts", run};

}  // namespace
}  // namespace unscripted::fuzz
