// One thing after the other, without a thread of its own: what is handed over runs on the thread
// that brought it, or on the one that is at work just then. Nobody ever waits.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace unscripted::gateway::v1 {

/// Work may hand over more work; it runs afterwards. Work must not throw. [any thread]
class strand {
public:
  void post(std::function<void()> work) {
    {
      const std::lock_guard lock{mutex_};
      waiting_.push_back(std::move(work));
      if (std::exchange(is_busy_, true)) return;
    }
    while (auto next = take()) next();
  }

private:
  std::function<void()> take() {
    const std::lock_guard lock{mutex_};
    if (waiting_.empty()) {
      is_busy_ = false;
      return nullptr;
    }
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    return next;
  }

  std::mutex mutex_;
  std::deque<std::function<void()>> waiting_;
  bool is_busy_ = false;
};

}  // namespace unscripted::gateway::v1
