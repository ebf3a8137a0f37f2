// Ctrl-C and its kin, turned into a call.
#pragma once

#include <csignal>
#include <functional>
#include <thread>

namespace unscripted::cli {

/// While it lives, SIGINT and SIGTERM call `on_stop`, from a thread of its own; another one a
/// second later or more ends the process at once (nothing acknowledged is lost by that). SIGHUP
/// calls `on_hangup`, where there is one; a terminal that is gone is a wish to stop all the same,
/// unless it was to be ignored (nohup). Must be made before any other thread is, since only threads
/// begun later leave these signals to it.
class signal_watch {
public:
  explicit signal_watch(std::function<void()> on_stop, std::function<void()> on_hangup = nullptr);
  ~signal_watch();
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;

private:
  void watch();
  bool is_wish_to_stop(const siginfo_t& news) const;

  std::function<void()> on_stop_, on_hangup_;
  bool outlives_terminal_ = false;
  bool is_asked_ = false;  // of the thread, and of the destructor once it has ended
  sigset_t awaited_, before_;
  std::thread thread_;
};

}  // namespace unscripted::cli
