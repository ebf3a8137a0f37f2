// A world as an actor: a shell around its keeper, which knows nothing of actors.
#pragma once

#include "actors/messages.hpp"
#include "actors/node.hpp"

#include <caf/stateful_actor.hpp>

#include <memory>
#include <unordered_map>

namespace unscripted::actors {

struct world_state;

/// Waits for `founding` or `recovery` first; `directory` hears `started` and `doomed`.
caf::behavior world_actor(caf::stateful_actor<world_state>* self, node* common,
                          core::world_number number, caf::actor directory);

/// The keeper's surroundings, made of actors.
class world_surroundings final : public surroundings {
public:
  world_surroundings(caf::stateful_actor<world_state>* self, node* common,
                     core::world_number number)
    : self_(self), common_(common), number_(number) {}

  void bot_started(core::serial bot, const std::string& mind) override;
  void bot_ended(core::serial bot) override;
  void give_turn(core::serial bot, mind_turn turn) override;
  void commit_soon() override;
  void wake_in(std::chrono::microseconds delay, alarm a) override;
  bool claim_name(const std::string& name) override;
  void storage_failed(const std::string& message) override { common_->fatal(message); }

private:
  caf::stateful_actor<world_state>* self_;
  node* common_;
  core::world_number number_;
  std::unordered_map<core::serial, caf::actor> bots_;
};

struct world_state {
  static inline const char* name = "world";

  std::unique_ptr<world_surroundings> around;
  std::unique_ptr<world_keeper> keeper;  // outlived by `around`
};

}  // namespace unscripted::actors
