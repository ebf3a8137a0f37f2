#include "tests/simulation/connection.hpp"

#include <algorithm>

namespace unscripted::simulation {

connection::connection(gateway::hub& shared)
  : with_(std::make_shared<gateway::conversation>(shared, *this)), in_(shared.limits.line_bytes) {
  with_->open();
}

connection::~connection() { with_->close(); }

std::vector<std::string> connection::read(std::size_t most) {
  const std::size_t size = std::min(most, to_client_.size());
  part_.append(to_client_, 0, size);
  to_client_.erase(0, size);
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (auto end = part_.find('\n'); end != part_.npos; end = part_.find('\n', begin)) {
    lines.push_back(part_.substr(begin, end - begin));
    begin = end + 1;
  }
  part_.erase(0, begin);
  return lines;
}

void connection::arrive(std::size_t most) {
  if (is_dropped_) return;
  if (!is_held_ && !to_server_.empty()) {
    const auto room = in_.room();
    const std::size_t size = std::min({most, to_server_.size(), room.size()});
    std::copy_n(to_server_.data(), size, room.data());
    in_.add(size);
    to_server_.erase(0, size);
  }
  take_lines();
}

// As the door does: what there is no room for waits, until the conversation resumes or what is
// unread was read.
void connection::take_lines() {
  is_held_ = false;
  while (!is_dropped_) {
    if (!with_->may_take()) {
      is_held_ = true;
      break;
    }
    if (in_.next() != gateway::line_buffer::found::line) break;
    with_->take(in_.line().data(), in_.line().size());
  }
  with_->flush();
}

}  // namespace unscripted::simulation
