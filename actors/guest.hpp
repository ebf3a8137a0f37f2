// A thread that is no worker of the scheduler, and carries out itself what it sets off.
//
// A request that comes to an idle world would wake a worker, which answers while the thread that
// brought it goes to sleep: two switches between threads an action, and more time than all the rest
// takes. So the doors' thread is the scheduler's guest: what its messages set going waits in a
// queue of the guest's own, and is run after all that had arrived together was read. The workers
// get what is left when that takes too long: many worlds, many messages, a world that thinks.
//
// A job may be stuck (a plugin's call that does not return). Then the queue is handed to the
// workers, and goes to them from then on, until the job came back.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace unscripted::actors {

struct node;

class guest {
public:
  /// Made by engine::open_guest(). `call_soon` must lead to a call of run() on a thread that is
  /// present; it is called again only after run() returned. The engine must outlive the guest's
  /// last run() that finds something.
  guest(node& host, std::function<void()> call_soon);
  ~guest();
  guest(const guest&) = delete;
  guest& operator=(const guest&) = delete;

  /// The calling thread's messages go by this guest, as long as this lives.
  class presence {
  public:
    explicit presence(guest& who);
    ~presence();
    presence(const presence&) = delete;
    presence& operator=(const presence&) = delete;
  };

  /// Runs what waits. False where the job that it ran was taken for stuck meanwhile.
  bool run();

  /// How long the present job runs already; zero where there is none. [any thread]
  std::chrono::steady_clock::duration busy_for() const;
  /// The present job is stuck: the workers take over the rest. False where it came back just now.
  /// [any thread]
  bool hand_over();
  /// Takes nothing from now on, and leaves what waits to the workers. [a thread that is present,
  /// before the engine ends]
  void leave();

private:
  struct machinery;

  std::unique_ptr<machinery> machinery_;
};

}  // namespace unscripted::actors
