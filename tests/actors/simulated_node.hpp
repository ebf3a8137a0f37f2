// All actors of a server on one thread, in an order that the test chooses, with a clock of its own.
#pragma once

#include "actors/directory.hpp"
#include "actors/engine.hpp"
#include "actors/world_actor.hpp"
#include "core/random.hpp"
#include "tests/actors/stage.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>

namespace unscripted::actors::test {

inline caf::actor_system_config& with_testing_policy(caf::actor_system_config& config) {
  config.config_file_path = "";
  config.set("scheduler.policy", caf::atom("testing"));
  return config;
}

class simulated_node {
public:
  explicit simulated_node(storage::store* store = nullptr,
                          core::catalogue_ptr catalogue = small_catalogue())
    : system(with_testing_policy(config)),
      scheduler(dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())) {
    common.store = store;
    common.durability = store ? storage::durability::wal : storage::durability::memory;
    common.warn = [this](const std::string& line) { warnings.push_back(line); };
    common.fatal = [this](const std::string& line) { last_words.push_back(line); };
    directory = system.spawn(directory_actor, &common, deciders{std::move(catalogue)});
    caf::scoped_actor self{system};
    self->send(directory, start_all{});
    run();
    self->receive([](const all_started&) {});
  }

  ~simulated_node() {
    stop();
    CHECK(system.registry().running() == 0);
  }

  /// As the engine ends.
  void stop() {
    if (!directory) return;
    caf::anon_send(directory, stopping{});
    directory = nullptr;
    run();
    common.book.clear();
    run();
  }

  /// Until nobody has anything to do. Returns how many messages were handled.
  std::size_t run() {
    std::size_t done = 0;
    for (; scheduler.try_run_once(); ++done) REQUIRE(done < 1'000'000);
    return done;
  }
  /// One message, of whoever is drawn by lot. False where there is none.
  bool run_any(core::keyed_random& chance) {
    auto& jobs = scheduler.jobs;
    if (jobs.empty()) return false;
    const auto chosen = jobs.begin() + static_cast<std::ptrdiff_t>(chance.below(jobs.size()));
    std::rotate(jobs.begin(), chosen, chosen + 1);
    return scheduler.try_run_once();
  }
  void pass_time(std::chrono::milliseconds duration) {
    scheduler.advance_time(duration);
    run();
  }

  /// Creates a world; the answer.
  std::string create(const std::shared_ptr<recorder>& from, core::world_wish wish) {
    caf::anon_send(directory, world_creation{from, {"create", 0, {}, 0}, std::move(wish)});
    run();
    return from->wait_for("create");
  }
  std::string remove(const std::shared_ptr<recorder>& from, core::world_number number) {
    caf::anon_send(directory, world_deletion{from, {"delete", 0, {}, 0}, number});
    run();
    return from->wait_for("delete");
  }
  std::size_t actors() { return system.registry().running(); }

  node common;  // outlives the system
  std::vector<std::string> warnings, last_words;
  caf::actor_system_config config;
  caf::actor_system system;
  caf::scheduler::test_coordinator& scheduler;
  caf::actor directory;
};

/// A client with its way to the worlds.
class visitor {
public:
  visitor(simulated_node& at, connection_id id)
    : at_(at), client_(std::make_shared<recorder>(id)),
      port_(std::make_unique<port>(at.common, client_)) {}

  recorder& client() { return *client_; }
  const std::shared_ptr<recorder>& shared() const { return client_; }
  void submit(core::world_number world, const std::string& id, world_request what) {
    port_->submit(world, {id, 0, {}, 0}, std::move(what));
  }
  /// Submits, and lets it leave.
  void ask(core::world_number world, const std::string& id, world_request what) {
    submit(world, id, std::move(what));
    flush();
  }
  void flush() { port_->flush(); }
  /// Asks, runs everything; the answer, or nothing.
  std::string answer(core::world_number world, world_request what) {
    ask(world, "?", std::move(what));
    at_.run();
    std::string found;
    for (const std::string& line : client_->take_answers())
      if (line.starts_with("?: ")) found = line.substr(3);
    return found;
  }
  void close() { port_.reset(); }

private:
  simulated_node& at_;
  std::shared_ptr<recorder> client_;
  std::unique_ptr<port> port_;
};

}  // namespace unscripted::actors::test
