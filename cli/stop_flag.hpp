// Whether a run was asked to stop: by a signal, by the server, by its own end. [any thread]
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace unscripted::cli {

class stop_flag {
public:
  void set() {
    const std::scoped_lock lock(mutex_);
    if (is_set_) return;
    is_set_ = true;
    changed_.notify_all();
    if (on_set_) on_set_();
  }

  bool is_set() const {
    const std::scoped_lock lock(mutex_);
    return is_set_;
  }

  /// Whether it is set, after at most `time`. [blocking]
  bool wait_for(std::chrono::milliseconds time) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return is_set_; });
  }

  /// Calls `action`, which must not call back here, once set: at once if it is already. Null:
  /// nothing.
  void on_set(std::function<void()> action) {
    const std::scoped_lock lock(mutex_);
    on_set_ = std::move(action);
    if (is_set_ && on_set_) on_set_();
  }

private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::function<void()> on_set_;
  bool is_set_ = false;
};

}  // namespace unscripted::cli
