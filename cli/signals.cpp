#include "cli/signals.hpp"

#include "cli/failure.hpp"

#include <chrono>
#include <optional>
#include <pthread.h>
#include <unistd.h>
#include <utility>

namespace unscripted::cli {

namespace {

using steady = std::chrono::steady_clock;

constexpr int wake_up = SIGUSR1;  // from the destructor
// A signal to the process and one to its group are one wish; only a later one is impatience.
constexpr auto same_wish = std::chrono::seconds(1);

}  // namespace

signal_watch::signal_watch(std::function<void()> on_stop, std::function<void()> on_hangup)
  : on_stop_(std::move(on_stop)), on_hangup_(std::move(on_hangup)) {
  sigemptyset(&awaited_);
  for (const int signal : {SIGINT, SIGTERM, wake_up}) sigaddset(&awaited_, signal);
  if (on_hangup_) {
    struct sigaction present {};
    sigaction(SIGHUP, nullptr, &present);
    outlives_terminal_ = present.sa_handler == SIG_IGN;
    sigaddset(&awaited_, SIGHUP);
  }
  pthread_sigmask(SIG_BLOCK, &awaited_, &before_);
  thread_ = std::thread([this] { watch(); });
}

signal_watch::~signal_watch() {
  pthread_kill(thread_.native_handle(), wake_up);
  thread_.join();
  // Where a stop was asked for the process is ending: a signal that comes late must not kill it.
  if (!is_asked_) pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool signal_watch::is_wish_to_stop(const siginfo_t& news) const {
  if (news.si_signo != SIGHUP) return true;
  const bool is_terminal_gone = news.si_code == SI_KERNEL;
  if (!is_terminal_gone) on_hangup_();
  return is_terminal_gone && !outlives_terminal_;
}

void signal_watch::watch() {
  for (std::optional<steady::time_point> asked;;) {
    siginfo_t news{};
    if (sigwaitinfo(&awaited_, &news) < 0) continue;
    if (news.si_signo == wake_up) return;
    if (!is_wish_to_stop(news)) continue;
    if (asked && steady::now() - *asked > same_wish) _exit(exit_refused);
    if (std::exchange(asked, asked.value_or(steady::now()))) continue;
    is_asked_ = true;
    on_stop_();
  }
}

}  // namespace unscripted::cli
