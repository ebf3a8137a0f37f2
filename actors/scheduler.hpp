// The scheduler: CAF's `sharing` policy (one queue for all workers, whose rate holds with many busy
// actors; CAF's default falls to a fortieth with 30,000), and guests.
#pragma once

#include <caf/all.hpp>
#include <caf/policy/unprofiled.hpp>
#include <caf/scheduler/coordinator.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>

namespace unscripted::actors {

/// Where messages of the calling thread set actors going, unless it is a worker. Null: the workers.
class job_taker {
public:
  virtual ~job_taker() = default;
  /// False where the workers are to have it.
  virtual bool take(caf::resumable* job) = 0;

  static job_taker*& present();  // of this thread
};

struct sharing_policy : caf::policy::unprofiled {
  struct coordinator_data {
    explicit coordinator_data(caf::scheduler::abstract_coordinator*) {}

    std::deque<caf::resumable*> queue;
    std::mutex mutex;
    std::condition_variable filled;

    void push(caf::resumable* job) {
      const std::lock_guard lock(mutex);
      queue.push_back(job);
      filled.notify_one();
    }
  };
  struct worker_data {
    explicit worker_data(caf::scheduler::abstract_coordinator*) {}
  };

  template <class Coordinator>
  void central_enqueue(Coordinator* self, caf::resumable* job) {
    job_taker* here = job_taker::present();
    if (!here || !here->take(job)) d(self).push(job);
  }
  template <class Worker>
  void external_enqueue(Worker* self, caf::resumable* job) {
    d(self->parent()).push(job);
  }
  template <class Worker>
  void internal_enqueue(Worker* self, caf::resumable* job) {
    d(self->parent()).push(job);
  }
  template <class Worker>
  void resume_job_later(Worker* self, caf::resumable* job) {
    d(self->parent()).push(job);
  }
  template <class Worker>
  caf::resumable* dequeue(Worker* self) {
    coordinator_data& all = d(self->parent());
    std::unique_lock lock(all.mutex);
    all.filled.wait(lock, [&] { return !all.queue.empty(); });
    caf::resumable* job = all.queue.front();
    all.queue.pop_front();
    return job;
  }
  template <class Worker, class Function>
  void foreach_resumable(Worker*, Function) {}
  template <class Coordinator, class Function>
  void foreach_central_resumable(Coordinator* self, Function f) {
    coordinator_data& all = d(self);
    const std::lock_guard lock(all.mutex);
    for (caf::resumable* job : std::exchange(all.queue, {})) f(job);
  }
};

using sharing_scheduler = caf::scheduler::coordinator<sharing_policy>;

}  // namespace unscripted::actors
