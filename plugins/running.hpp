// Which plugin's function each thread runs right now: a mark that the thread leaves before it
// enters the function and takes away after it. Read by a watchdog (here) and by the handler of a
// crash (crash_note.hpp). Three stores a call: no clock, no lock.
//
// A thread gets its place for marks at its first call, together with a stack for handlers of
// signals, so that an overflow of its own stack can be told; both are reused once the thread ended.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace unscripted::plugins {

/// A function of one build of a plugin.
struct function_name {
  std::string plugin;  // its id
  std::string version;
  std::string hash;
  std::string function;  // the name of the action or rule

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy takes the 0 of `<=> 0` for a pointer
  friend auto operator<=>(const function_name&, const function_name&) = default;
};

/// The same name at a place where it stays until the process ends. Grows with the builds of plugins
/// that were loaded, which are never unloaded either. [any thread]
const function_name* keep_for_ever(function_name name);

/// Where one thread leaves its mark: on a cache line of its own, since it does so at each call.
/// Never freed.
class alignas(64) mark {
public:
  /// Of this thread.
  static mark& mine() noexcept {
    if (!here) [[unlikely]]
      here = take();
    return *here;
  }
  /// What this thread runs; null where it is in no plugin's function. Safe in a signal's handler.
  static const function_name* running_here() noexcept {
    return here ? here->function_.load(std::memory_order_relaxed) : nullptr;
  }

  /// Calls don't nest.
  void enter(const function_name* what) noexcept {
    const std::uint64_t next = call_.load(std::memory_order_relaxed) + calls_apart;
    call_.store(next, std::memory_order_release);
    function_.store(what, std::memory_order_release);
  }
  void leave() noexcept { function_.store(nullptr, std::memory_order_release); }

private:
  friend class call_watch;
  friend struct mark_list;

  // Each place counts in steps of its own, so that no two calls have one number.
  static constexpr std::uint64_t calls_apart = std::uint64_t{1} << 16;

  static mark* take() noexcept;

  static thread_local constinit inline mark* here = nullptr;

  std::atomic<const function_name*> function_{nullptr};
  std::atomic<std::uint64_t> call_{0};
  void* signal_stack_ = nullptr;  // of the place; used by whichever thread has it
  bool taken_ = false;            // guarded by the list's mutex
};

/// A call that was running at an earlier look already.
struct long_call {
  std::string plugin;  // its id
  std::string function;
  std::chrono::milliseconds time{0};  // it runs at least that long
  std::uint64_t call = 0;             // a number that no other call has
  std::string hash;                   // of the plugin's bytes
};

/// Finds calls that don't end. Looks from outside, so it costs the calls nothing; it sees a call at
/// the second look during it at the earliest. One thread at a time.
class call_watch {
public:
  using clock = std::chrono::steady_clock;

  /// `now` must not go back. Each long call is told at each look, with the time since the first.
  std::vector<long_call> look(clock::time_point now);

private:
  std::map<std::uint64_t, clock::time_point> seen_;  // running calls, and when they were seen first
};

}  // namespace unscripted::plugins
