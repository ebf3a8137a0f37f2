#include "plugins/running.hpp"

#include <algorithm>
#include <csignal>
#include <deque>
#include <mutex>
#include <set>
#include <sys/mman.h>

namespace unscripted::plugins {

namespace {

constexpr std::size_t signal_stack_bytes = 64u << 10;

// Another stack for handlers of signals, unless the thread has one already (a sanitizer's).
void use_signal_stack(void*& stack) noexcept {
  stack_t old{};
  if (::sigaltstack(nullptr, &old) != 0 || !(old.ss_flags & SS_DISABLE)) return;
  if (!stack) {
    void* fresh = ::mmap(nullptr, signal_stack_bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (fresh == MAP_FAILED) return;  // then an overflow leaves no note
    stack = fresh;
  }
  stack_t own{};
  own.ss_sp = stack;
  own.ss_size = signal_stack_bytes;
  ::sigaltstack(&own, nullptr);
}

void leave_signal_stack(const void* stack) noexcept {
  stack_t used{};
  if (!stack || ::sigaltstack(nullptr, &used) != 0 || used.ss_sp != stack) return;
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  ::sigaltstack(&none, nullptr);
}

}  // namespace

/// All places that ever were, which are as many as threads that called plugins at the same time.
struct mark_list {
  std::mutex guard;
  std::deque<mark> marks;

  // Never destroyed: threads may outlive static objects.
  static mark_list& all() {
    static auto& list = *new mark_list;
    return list;
  }

  mark* take() {
    const std::lock_guard lock(guard);
    const auto free =
        std::find_if(marks.begin(), marks.end(), [](const mark& m) { return !m.taken_; });
    const bool is_new = free == marks.end();  // growing invalidates iterators
    mark& found = is_new ? marks.emplace_back() : *free;
    if (is_new) found.call_ = marks.size();
    found.taken_ = true;
    use_signal_stack(found.signal_stack_);
    return &found;
  }

  void give_back() noexcept {
    mark* const mine = mark::here;
    // A thread that ends inside a plugin's function ends the process: exit() was called there.
    if (!mine || mark::running_here()) return;
    mark::here = nullptr;
    leave_signal_stack(mine->signal_stack_);
    const std::lock_guard lock(guard);
    mine->taken_ = false;
  }
};

mark* mark::take() noexcept {
  struct at_end {
    ~at_end() { mark_list::all().give_back(); }
  };
  thread_local const at_end gives_back;
  static_cast<void>(gives_back);
  return mark_list::all().take();
}

const function_name* keep_for_ever(function_name name) {
  static auto& guard = *new std::mutex;
  static auto& kept = *new std::set<function_name>;
  const std::lock_guard lock(guard);
  return &*kept.insert(std::move(name)).first;
}

std::vector<long_call> call_watch::look(clock::time_point now) {
  std::map<std::uint64_t, clock::time_point> running;
  std::vector<long_call> out;
  mark_list& list = mark_list::all();
  const std::lock_guard lock(list.guard);
  for (const mark& m : list.marks) {
    const function_name* what = m.function_.load(std::memory_order_acquire);
    const std::uint64_t call = m.call_.load(std::memory_order_acquire);
    // Another function by now: so it is another call, and one that has only begun.
    if (!what || m.function_.load(std::memory_order_acquire) != what) continue;
    const auto seen = seen_.find(call);
    const auto since = seen == seen_.end() ? now : seen->second;
    running.emplace(call, since);
    if (seen == seen_.end()) continue;
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(now - since);
    out.push_back({what->plugin, what->function, time, call, what->hash});
  }
  seen_ = std::move(running);
  return out;
}

}  // namespace unscripted::plugins
