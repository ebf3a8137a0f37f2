#include "tests/simulation/counted_env.hpp"

namespace unscripted::simulation {

/// What RocksDB wants done, or, where it takes that back, done instead.
struct counted_env::job {
  counted_env& at;
  void (*work)(void*);
  void (*instead)(void*);
  void* argument;

  static void end(void* given, bool is_taken_back) {
    const std::unique_ptr<job> mine(static_cast<job*>(given));
    if (auto* what = is_taken_back ? mine->instead : mine->work) what(mine->argument);
    mine->at.note_done();
  }
};

void counted_env::await_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return begun_ == 0; });
}

void counted_env::Schedule(void (*work)(void*), void* argument, Priority priority, void* tag,
                           void (*instead)(void*)) {
  {
    const std::lock_guard guard(mutex_);
    ++begun_;
  }
  target()->Schedule([](void* j) { job::end(j, false); }, new job{*this, work, instead, argument},
                     priority, tag, [](void* j) { job::end(j, true); });
}

void counted_env::note_done() {
  const std::lock_guard guard(mutex_);
  --begun_;
  changed_.notify_all();
}

}  // namespace unscripted::simulation
