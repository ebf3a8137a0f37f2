// The directory: starts worlds (each recovers itself from its history), finds them a name, watches
// them, starts one that failed anew, deletes and stops them.
#pragma once

#include "actors/messages.hpp"
#include "actors/node.hpp"

#include <caf/stateful_actor.hpp>

#include <map>
#include <set>

namespace unscripted::actors {

struct directory_state {
  static inline const char* name = "directory";

  /// Worlds were offered other plugins.
  struct round {
    std::set<core::world_number> missing;  // their answers
    std::vector<plugin_verdict> verdicts;
    std::function<void(std::vector<plugin_verdict>)> then;
  };

  deciders present;
  std::map<std::uint64_t, round> rounds;
  std::uint64_t last_round = 0;

  std::map<caf::actor_addr, core::world_number> living;
  std::set<caf::actor_addr> retired;  // of worlds that failed or were deleted: they still answer
  std::map<core::world_number, int> failures;  // how often a world was started anew
  std::map<core::world_number, world_deletion> deleting;
  std::set<core::world_number> starting;  // those that `start_all` waits for
  std::vector<std::string> troubles;
  caf::actor starter;                  // who sent `start_all`
  core::world_number last_number = 0;  // with durability memory
};

caf::behavior directory_actor(caf::stateful_actor<directory_state>* self, node* common,
                              deciders present);

}  // namespace unscripted::actors
