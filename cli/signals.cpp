#include "cli/signals.hpp"

#include "cli/failure.hpp"

#include <pthread.h>
#include <unistd.h>

namespace unscripted::cli {

namespace {

constexpr int wake_up = SIGUSR1;  // from the destructor

}  // namespace

signal_watch::signal_watch(std::function<void()> on_stop) : on_stop_(std::move(on_stop)) {
  sigemptyset(&awaited_);
  for (const int signal : {SIGINT, SIGTERM, wake_up}) sigaddset(&awaited_, signal);
  pthread_sigmask(SIG_BLOCK, &awaited_, &before_);
  thread_ = std::thread([this] { watch(); });
}

signal_watch::~signal_watch() {
  pthread_kill(thread_.native_handle(), wake_up);
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void signal_watch::watch() {
  for (bool is_asked = false;;) {
    int signal = 0;
    if (sigwait(&awaited_, &signal) != 0) continue;
    if (signal == wake_up) return;
    if (is_asked) _exit(exit_refused);
    is_asked = true;
    on_stop_();
  }
}

}  // namespace unscripted::cli
