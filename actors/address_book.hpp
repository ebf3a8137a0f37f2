// Where to find whom: the actors of worlds and bots, by the names and ids that clients use.
//
// Written by the directory (worlds) and by world actors (their bots); read by every connection. The
// one thing that actors and connections share; each call holds its lock for a look-up or an entry
// only, and no actor ends under it. [any thread]
#pragma once

#include "core/ids.hpp"
#include "core/problem.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace unscripted::actors {

class address_book {
public:
  struct world_entry {
    core::world_number number = 0;
    std::string name;
    caf::actor actor;         // null where the world could not be started
    std::string trouble;      // then: why
    std::uint64_t owner = 0;  // the number of the token that made it; 0: none did
  };

  /// False where another world has the name.
  bool add_world(world_entry entry);
  bool rename_world(core::world_number number, const std::string& name);
  void remove_world(core::world_number number);
  /// A world's actor was started anew, or could not be.
  void replace_world(core::world_number number, caf::actor actor, std::string trouble);
  /// How often a world lost its actor: as long as it stays, so do all that were found.
  std::uint64_t losses() const { return losses_.load(std::memory_order_acquire); }

  std::optional<world_entry> find_world(core::world_number number) const;
  std::optional<core::world_number> find_world(std::string_view name) const;
  /// Null where it is not there, or not running.
  caf::actor find_actor(core::world_number number) const;
  std::vector<world_entry> worlds() const;  // by number

  void add_bot(const core::thing_id& id, caf::actor actor);
  void remove_bot(const core::thing_id& id);
  /// Null where there is no such living bot.
  caf::actor find_bot(const core::thing_id& id) const;
  std::size_t bot_count() const;

  /// Lets go of all actors.
  void clear();

private:
  struct id_hash {
    std::size_t operator()(const core::thing_id& id) const {
      return std::hash<std::uint64_t>{}(id.thing * 0x9e3779b97f4a7c15u ^ id.world);
    }
  };

  mutable std::shared_mutex worlds_mutex_;
  std::map<core::world_number, world_entry> worlds_;
  std::atomic<std::uint64_t> losses_{0};
  mutable std::shared_mutex bots_mutex_;
  std::unordered_map<core::thing_id, caf::actor, id_hash> bots_;
};

/// What a request to a world without an actor is answered.
core::problem not_running(const std::string& world, const std::string& trouble);

}  // namespace unscripted::actors
