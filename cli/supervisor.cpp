#include "cli/supervisor.hpp"

#include "cli/failure.hpp"
#include "gateway/log.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace unscripted::cli {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// From sysexits.h on: the program's own account of what broke. Below: it was told to end, or never
// began.
constexpr int exit_broken = 64;
constexpr std::size_t ends_max = 10;
constexpr auto ends_window = 60s;
constexpr auto short_life = 1s;

std::vector<std::string> own_arguments() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> all;
  for (std::string one; std::getline(in, one, '\0');) all.push_back(one);
  return all;
}

[[noreturn]] void become_server(const std::vector<std::string>& arguments, const sigset_t& before,
                                pid_t supervisor) {
  // A SIGHUP that comes before the server looks out for it waits, and does not kill it.
  sigset_t blocked = before;
  sigaddset(&blocked, SIGHUP);
  sigprocmask(SIG_SETMASK, &blocked, nullptr);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != supervisor) _exit(EXIT_FAILURE);  // it ended before that was set
  setenv(supervised_variable, "1", 1);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& one : arguments) argv.push_back(const_cast<char*>(one.c_str()));
  argv.push_back(nullptr);
  execv("/proc/self/exe", argv.data());
  std::fprintf(stderr, "unscripted: cannot start itself anew: %s\n", std::strerror(errno));
  _exit(EXIT_FAILURE);
}

std::string in_words(int status) {
  if (WIFSIGNALED(status)) return std::string("by SIG") + sigabbrev_np(WTERMSIG(status));
  return "with exit code " + std::to_string(WEXITSTATUS(status));
}

bool is_crash(int status) {
  return WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) >= exit_broken);
}

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// One server after another.
class supervisor {
public:
  supervisor() : arguments_(own_arguments()) {
    sigemptyset(&awaited_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&awaited_, signal);
    sigprocmask(SIG_BLOCK, &awaited_, &before_);
  }
  supervisor(const supervisor&) = delete;
  supervisor& operator=(const supervisor&) = delete;
  ~supervisor() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

  int run() {
    for (;;) {
      const auto began = clock::now();
      start();
      const int status = wait();
      if (is_told_to_end_ || !is_crash(status)) return exit_code_of(status);
      const bool may_start = may_start_again(clock::now());
      tell_of_end(status, may_start);
      if (!may_start) return exit_code_of(status);
      if (clock::now() - began < short_life && !rest()) return exit_code_of(status);
    }
  }

private:
  void start() {
    const pid_t self = getpid();
    child_ = fork();
    if (child_ < 0) throw failed("cannot start the server: " + std::string(std::strerror(errno)));
    if (child_ == 0) become_server(arguments_, before_, self);
  }

  int wait() {
    for (;;) {
      siginfo_t news{};
      if (sigwaitinfo(&awaited_, &news) < 0) continue;
      int status = 0;
      if (news.si_signo != SIGCHLD) hand_on(news);
      else if (waitpid(child_, &status, WNOHANG) == child_) return status;
    }
  }

  // A terminal has told the child already. What SIGHUP means the child knows.
  void hand_on(const siginfo_t& news) {
    if (news.si_signo != SIGHUP) is_told_to_end_ = true;
    if (news.si_code != SI_KERNEL) kill(child_, news.si_signo);
  }

  bool may_start_again(clock::time_point now) {
    ends_.push_back(now);
    while (now - ends_.front() > ends_window) ends_.pop_front();
    return ends_.size() < ends_max;
  }

  void tell_of_end(int status, bool may_start) const {
    using gateway::log_level;
    gateway::process_log().write(
        may_start ? log_level::error : log_level::critical,
        "the server ended " + in_words(status) +
            (may_start ? "; it is started anew"
                       : " too often; it is not started anew: `plugin list`, `doctor` and the "
                         "lines above say more"),
        {{"ends_within_a_minute", std::to_string(ends_.size())}});
  }

  // False where it was told to end meanwhile.
  bool rest() {
    const timespec second{1, 0};
    sigset_t ends = awaited_;
    sigdelset(&ends, SIGCHLD);
    sigdelset(&ends, SIGHUP);  // the next server is told
    return sigtimedwait(&ends, nullptr, &second) < 0;
  }

  const std::vector<std::string> arguments_;
  sigset_t awaited_{}, before_{};
  pid_t child_ = 0;
  bool is_told_to_end_ = false;
  std::deque<clock::time_point> ends_;  // crashes within the window
};

}  // namespace

bool is_supervised() { return std::getenv(supervised_variable) != nullptr; }

int supervise() { return supervisor().run(); }

}  // namespace unscripted::cli
