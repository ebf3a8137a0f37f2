// Follows what one bot could reach while it lives. Internal to storage.
#pragma once

#include "core/world.hpp"
#include "storage/explain.hpp"

#include <vector>

namespace unscripted::storage {

/// Looks anew only after records that moved the bot, or things of a kind that it could act on.
class reach_watch {
public:
  explicit reach_watch(core::serial thing) : thing_(thing) {}

  /// With the state before each record.
  void before(const core::world& w, const core::record& r);
  /// With the state after it.
  void after(const core::world& w);
  /// With the last state in which the bot is: nothing changes any more.
  void close(const core::world& w);

  std::vector<reach_story> take();

private:
  struct watched {
    core::kind_index kind = core::world_kind;
    reach_story story;
  };

  bool is_about(const core::world& w, const core::effect& e, core::kind_index kind) const;
  void learn(const core::world& w);
  void look(const core::world& w, const core::thing& self, watched& one) const;
  watched carry_over(const core::action& a, const std::string& kind) const;

  core::serial thing_;
  core::catalogue_ptr known_;  // of which `all_` are actions
  std::vector<watched> all_;
  std::vector<bool> changed_;  // by index in all_
};

}  // namespace unscripted::storage
