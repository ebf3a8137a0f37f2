// A world in which everything happens: commands of every type at random, decided with any
// catalogue, and a test plugin of which many builds can be made, wrong ones among them.
#pragma once

#include "tests/storage/test_world.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace unscripted::storage::testing {

/// One build of the plugin `busy`: kinds bot (steps, heading, diary, luck) and stone, the actions
/// `stride` (dx, dz) and `say` (text), the rule `wear`, which lets bots die after 80 steps.
struct build {
  std::string id = "busy", version = "1";
  std::int64_t step = 1;  // what a stride adds to the steps
  int draws = 2;          // of a stride
  bool says = true;       // has the action `say`
  bool stones = true;     // has the kind `stone`
  bool more = false;      // has the action `dance`, and as first property of bots `mood`
  bool leaks = false;     // now and then a stride sets `luck` to what no world knows
};

core::catalogue_ptr catalogue_of(const build& how);
/// Of the shipped plugins.
core::catalogue_ptr shipped_catalogue();

class busy_world {
public:
  /// Opens the history; a new world has no record yet.
  busy_world(store& in, core::world_number number, std::uint64_t seed, core::catalogue_ptr with);

  /// The first record, and two things of each kind.
  void found(const std::string& name);
  /// Goes on where the history ends.
  void recover();
  /// Decides `count` commands at random, in commits of at most `commit_records`.
  void live(std::uint64_t count, std::uint64_t commit_records = 20);
  /// Another catalogue from here on.
  void load(core::catalogue_ptr next);
  void commit();
  void snapshot();

  const core::world& state() const { return *world_; }
  /// The state hash after each sequence since found() or recover(), which is the first.
  const std::vector<std::uint64_t>& hashes() const { return hashes_; }

private:
  bool decide(core::command c);
  core::command any_command();
  core::command any_action();
  core::command any_creation();
  core::command any_update();
  core::command any_configuration();
  core::serial any_thing();
  template <class Slot>
  core::value any_value(const Slot& slot);

  history history_;
  core::catalogue_ptr catalogue_;
  std::unique_ptr<core::world> world_ = std::make_unique<core::world>();
  commit_builder builder_;
  core::record record_;
  core::keyed_random random_;
  std::vector<std::uint64_t> hashes_{0};
};

}  // namespace unscripted::storage::testing
