// The living part of a server: all worlds and bots as actors, and the way in for connections.
//
// No CAF type is seen here. The scheduler (actors/scheduler.hpp) has an explicit number of threads;
// or, to simulate, none, and what is to be done is done by whoever calls step().
#pragma once

#include "actors/activity.hpp"
#include "actors/client.hpp"
#include "actors/guest.hpp"
#include "actors/limits.hpp"
#include "actors/world_keeper.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::actors {

struct node;

struct engine_options {
  storage::store* store = nullptr;  // null with durability memory; must outlive the engine
  storage::durability durability = storage::durability::wal;
  core::catalogue_ptr catalogue;  // with behaviours
  world_limits limits;
  unsigned threads = 0;                           // of the scheduler; 0: as many as the machine has
  bool is_simulated = false;                      // see engine::step()
  std::function<void(const std::string&)> fatal;  // a write failed; must not return
  std::function<void(const std::string&)> warn;   // a line for the log
};

/// One connection's way to the worlds. Used by the connection's thread. What is submitted to one
/// world is carried out and answered in order.
class port {
public:
  /// Made by engine::open_port().
  port(node& common, client_ptr from);
  ~port();  // tells the worlds that the connection is gone: its bots fall silent

  /// Queues a request; it leaves with flush(). A world that is not there is answered at once.
  void submit(core::world_number world, ticket&& t, world_request&& what, const rights& may = {});
  void flush();

private:
  struct route;

  route* find_route(core::world_number world) const;  // null where it was not used yet
  route& route_to(core::world_number world);
  void refuse(core::world_number world, const ticket& t);
  void take_leave(const route& r, bool awaits_answers);
  template <class IsOver>
  void forget(IsOver is_over);

  node& common_;
  client_ptr from_;
  std::vector<std::unique_ptr<route>> routes_;  // by the order in which they were first used
  std::size_t routes_max_ = 16;                 // before it is asked which of them lead anywhere
};

class engine {
public:
  struct world_summary {
    core::world_number number = 0;
    std::string name;
    std::string trouble;  // why it is not running; empty otherwise
  };
  struct counts {
    std::size_t worlds = 0, bots = 0;
  };

  /// Starts all worlds of the store, each recovered from its history; returns when they live or
  /// have said why not (see `warn`). None, where the store is open to read only. [blocking]
  explicit engine(engine_options options);
  /// Commits everything and ends all actors. All ports must be gone. [blocking]
  ~engine();

  std::unique_ptr<port> open_port(client_ptr from);
  /// For a thread that brings requests, and shall carry out itself what they set off.
  std::unique_ptr<guest> open_guest(std::function<void()> call_soon);

  /// By name or by id (24 hex digits). [any thread]
  std::optional<core::world_number> find_world(std::string_view name_or_id) const;
  std::vector<world_summary> worlds() const;  // [any thread]
  /// The number of the token that made it; 0: none did, or there is no such world. [any thread]
  std::uint64_t owner_of(core::world_number number) const;
  counts count() const;  // [any thread]
  /// Of all worlds since the start, also of those that were deleted. [any thread]
  tally so_far() const;

  /// Answered to the client once done. [any thread]
  void create_world(client_ptr from, ticket t, core::world_wish wish,
                    std::vector<core::thing_wish> things = {}, std::uint64_t owner = 0);
  void delete_world(client_ptr from, ticket t, core::world_number number);
  /// A world whose history is in the store already begins to live: a fork, an import. Where its
  /// name is taken its history goes again.
  void adopt_world(client_ptr from, ticket t, core::world_number number, std::string name,
                   std::uint64_t owner = 0);

  /// Called once, on a thread of the engine, with what each living world made of it.
  using verdicts_handler = std::function<void(std::vector<plugin_verdict>)>;
  /// Which worlds would refuse these plugins. [any thread]
  void ask_worlds(core::catalogue_ptr next, verdicts_handler then);
  /// From now on these decide, in worlds that begin later as well. A world that refuses them keeps
  /// those that it had. [any thread]
  void change_plugins(deciders next, verdicts_handler then);

  // -- of an engine that is simulated: it has no threads, and everything is done in these calls ---

  /// Lets one of the actors that have something to do handle a message: `draw` says which. False
  /// where none has. The same draws, and the same calls between them, lead to the same end.
  bool step(std::uint64_t draw);
  /// The clock by which worlds tick and wait goes on. What falls due is done by step().
  void pass_time(std::chrono::nanoseconds duration);

private:
  struct machinery;
  std::unique_ptr<machinery> machinery_;
};

}  // namespace unscripted::actors
