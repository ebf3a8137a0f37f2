#include "tests/fuzz/talk.hpp"

#include "gateway/line_buffer.hpp"

#include <algorithm>
#include <utility>

namespace unscripted::fuzz {

talk::talk(gateway::hub& shared) : with_(std::make_shared<gateway::conversation>(shared, *this)) {
  with_->open();
}

talk::~talk() { with_->close(); }

template <class Condition>
void talk::wait_until(Condition holds) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return is_dropped_ || holds(); });
}

std::string talk::say(std::string_view lines) {
  gateway::line_buffer in{std::size_t{64} * 1024};
  while (!lines.empty()) {
    const auto room = in.room();
    const std::size_t size = std::min(room.size(), lines.size());
    std::copy_n(lines.data(), size, room.data());
    in.add(size);
    lines.remove_prefix(size);
    if (lines.empty()) in.end();
    while (in.next() == gateway::line_buffer::found::line) {
      if (!with_->may_take()) with_->flush();
      wait_until([this] { return with_->may_take(); });
      owed_ += with_->take(in.line().data(), in.line().size());
    }
  }
  with_->flush();
  with_->end_when_idle();
  wait_until([this] { return with_->is_idle(); });
  const std::lock_guard lock{mutex_};
  return std::exchange(said_, {});
}

void talk::write(std::string&& frames) {
  const std::lock_guard lock{mutex_};
  said_ += frames;
}

void talk::drop(std::string_view) {
  const std::lock_guard lock{mutex_};
  is_dropped_ = true;
  changed_.notify_all();
}

void talk::resume() {
  const std::lock_guard lock{mutex_};
  changed_.notify_all();
}

}  // namespace unscripted::fuzz
