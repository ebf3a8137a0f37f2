#include "actors/guest.hpp"

#include "actors/node.hpp"

#include <atomic>
#include <mutex>
#include <utility>

namespace unscripted::actors {

namespace {

using clock = std::chrono::steady_clock;

// Much longer than what one read brings takes; much shorter than anybody notices.
constexpr std::chrono::microseconds patience{500};

// A thread that ran an actor keeps hold of the system's logger, for which the system waits when it
// ends.
void forget_system() { caf::logger::set_current_actor_system(nullptr); }

}  // namespace

job_taker*& job_taker::present() {
  thread_local job_taker* here = nullptr;
  return here;
}

struct guest::machinery final : job_taker {
  /// What a job that runs here takes for its worker.
  struct unit final : caf::execution_unit {
    unit(machinery& all) : caf::execution_unit(&all.scheduler.system()), owner(all) {}
    void exec_later(caf::resumable* job) override {
      if (!owner.take(job)) owner.scheduler.data().push(job);
    }
    machinery& owner;
  };

  machinery(sharing_scheduler& workers, std::function<void()> call)
    : scheduler(workers), call_soon(std::move(call)), place(*this) {}

  bool take(caf::resumable* job) override;
  caf::resumable* next();
  void run(caf::resumable* job);
  void give_rest_to_workers();

  sharing_scheduler& scheduler;
  std::function<void()> call_soon;
  unit place;
  std::mutex mutex;
  std::deque<caf::resumable*> jobs;
  bool is_called = false;
  bool is_stuck = false;
  bool has_left = false;
  std::atomic<clock::rep> since{0};  // when the present job began; 0: there is none
};

bool guest::machinery::take(caf::resumable* job) {
  const std::lock_guard lock(mutex);
  if (is_stuck || has_left) return false;
  jobs.push_back(job);
  if (!std::exchange(is_called, true)) call_soon();
  return true;
}

// Null where nothing is left.
caf::resumable* guest::machinery::next() {
  const std::lock_guard lock(mutex);
  if (jobs.empty()) {
    is_called = false;
    return nullptr;
  }
  caf::resumable* job = jobs.front();
  jobs.pop_front();
  return job;
}

void guest::machinery::run(caf::resumable* job) {
  switch (job->resume(&place, scheduler.max_throughput())) {
    case caf::resumable::resume_later: return scheduler.data().push(job);
    default: return caf::intrusive_ptr_release(job);
  }
}

void guest::machinery::give_rest_to_workers() {
  const std::lock_guard lock(mutex);
  for (caf::resumable* job : std::exchange(jobs, {})) scheduler.data().push(job);
}

guest::guest(node& host, std::function<void()> call_soon)
  : machinery_(std::make_unique<machinery>(*host.scheduler, std::move(call_soon))) {}

guest::~guest() = default;

bool guest::run() {
  machinery& m = *machinery_;
  const clock::time_point began = clock::now();
  clock::time_point now = began;
  while (caf::resumable* job = m.next()) {
    m.since = now.time_since_epoch().count();
    m.run(job);
    m.since = 0;
    {
      const std::lock_guard lock(m.mutex);
      if (std::exchange(m.is_stuck, false)) return m.is_called = false;
    }
    now = clock::now();
    if (now - began > patience) m.give_rest_to_workers();
  }
  return true;
}

clock::duration guest::busy_for() const {
  const clock::rep since = machinery_->since;
  return since == 0 ? clock::duration{0} : clock::now() - clock::time_point{clock::duration{since}};
}

bool guest::hand_over() {
  {
    const std::lock_guard lock(machinery_->mutex);
    if (machinery_->since == 0) return false;  // it came back just now
    machinery_->is_stuck = true;
  }
  machinery_->give_rest_to_workers();
  return true;
}

void guest::leave() {
  {
    const std::lock_guard lock(machinery_->mutex);
    machinery_->has_left = true;
  }
  machinery_->give_rest_to_workers();
  forget_system();
}

guest::presence::presence(guest& who) { job_taker::present() = who.machinery_.get(); }
guest::presence::~presence() {
  job_taker::present() = nullptr;
  forget_system();
}

}  // namespace unscripted::actors
