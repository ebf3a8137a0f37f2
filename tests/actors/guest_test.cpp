// A thread that is the scheduler's guest, and what becomes of its jobs where one is stuck.
#include "actors/guest.hpp"
#include "actors/node.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace unscripted;
using namespace unscripted::actors;

namespace {

/// A scheduler with one worker, and a guest whose calls are counted.
struct with_guest {
  with_guest() {
    common.scheduler = &dynamic_cast<sharing_scheduler&>(system.scheduler());
    visitor = std::make_unique<guest>(common, [this] { ++calls; });
  }
  ~with_guest() { visitor->leave(); }

  /// An actor that does that at a message. (The 1: without any argument CAF binds a reference to
  /// nothing.)
  template <class Work>
  caf::actor spawn_doer(Work work) {
    return system.spawn<caf::lazy_init>(
        [work](caf::event_based_actor*, int) -> caf::behavior { return {[work](int) { work(); }}; },
        1);
  }
  /// An actor that keeps which thread ran it.
  caf::actor spawn_witness(std::promise<std::thread::id>& seen) {
    return spawn_doer([&seen] { seen.set_value(std::this_thread::get_id()); });
  }

  struct config : caf::actor_system_config {
    config() {
      load<sharing_scheduler>();
      set("scheduler.max-threads", std::size_t{1});
    }
  };

  node common;
  config how;
  caf::actor_system system{how};
  std::atomic<int> calls{0};
  std::unique_ptr<guest> visitor;
};

}  // namespace

TEST_CASE_METHOD(with_guest, "what a guest's message sets off is run by the guest, when it runs") {
  std::promise<std::thread::id> seen;
  auto ran_by = seen.get_future();
  const caf::actor witness = spawn_witness(seen);
  const guest::presence here(*visitor);

  caf::anon_send(witness, 1);
  CHECK(calls == 1);
  CHECK(visitor->run());

  CHECK(ran_by.get() == std::this_thread::get_id());
}

TEST_CASE_METHOD(with_guest, "without a guest's presence a message goes to the workers") {
  std::promise<std::thread::id> seen;
  auto ran_by = seen.get_future();
  caf::anon_send(spawn_witness(seen), 1);
  CHECK(ran_by.get() != std::this_thread::get_id());
  CHECK(calls == 0);
}

TEST_CASE_METHOD(with_guest, "behind a stuck job the workers take over, until it comes back") {
  std::promise<void> begun, released;
  std::promise<std::thread::id> seen, seen_later;
  const caf::actor stuck = spawn_doer([&] {
    begun.set_value();
    released.get_future().wait();
  });
  const caf::actor behind = spawn_witness(seen), later = spawn_witness(seen_later);
  std::atomic<bool> came_back_in_time{true};
  std::thread leader([&] {
    const guest::presence here(*visitor);
    caf::anon_send(stuck, 1);
    caf::anon_send(behind, 1);
    came_back_in_time = visitor->run();
  });
  begun.get_future().wait();
  CHECK(visitor->busy_for() > std::chrono::nanoseconds{0});

  REQUIRE(visitor->hand_over());

  CHECK(seen.get_future().get() != leader.get_id());
  released.set_value();
  leader.join();
  CHECK_FALSE(came_back_in_time);
  CHECK(visitor->busy_for() == std::chrono::nanoseconds{0});
  CHECK_FALSE(visitor->hand_over());
  const int before = calls;
  const guest::presence here(*visitor);
  caf::anon_send(later, 1);
  CHECK(calls == before + 1);
  CHECK(visitor->run());
  CHECK(seen_later.get_future().get() == std::this_thread::get_id());
}

TEST_CASE_METHOD(with_guest, "a guest that left takes nothing, and leaves what it had") {
  std::promise<std::thread::id> seen, seen_later;
  const caf::actor waiting = spawn_witness(seen), later = spawn_witness(seen_later);
  const guest::presence here(*visitor);
  caf::anon_send(waiting, 1);
  visitor->leave();
  caf::anon_send(later, 1);
  CHECK(seen.get_future().get() != std::this_thread::get_id());
  CHECK(seen_later.get_future().get() != std::this_thread::get_id());
}
