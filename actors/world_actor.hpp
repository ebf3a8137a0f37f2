// A world as an actor: a shell around its keeper, which knows nothing of actors.
//
// Hosted minds think here, side by side on all threads that are free: for as long as they look, the
// world stands still. Its order stays its own, so threads decide how soon and never what.
//
// An actor without a keeper is a world that is not running. It lives until everybody let go of it,
// and answers them, so that no request is ever left without an answer.
#pragma once

#include "actors/messages.hpp"
#include "actors/node.hpp"
#include "actors/thinking.hpp"
#include "core/serial_map.hpp"

#include <caf/stateful_actor.hpp>

#include <memory>
#include <optional>

namespace unscripted::actors {

struct world_state;

/// Waits for `founding` or `recovery` first; `directory` hears `started`, `doomed` and `failed`.
caf::behavior world_actor(caf::stateful_actor<world_state>* self, node* common,
                          core::world_number number, caf::actor directory);

/// The keeper's surroundings, made of actors.
class world_surroundings final : public surroundings {
public:
  world_surroundings(caf::stateful_actor<world_state>* self, node* common,
                     core::world_number number)
    : self_(self), common_(common), number_(number), out_(common->post.get()) {}
  /// Its bots can't be found any more.
  ~world_surroundings() override;

  std::chrono::steady_clock::time_point now() override;
  bool has_room() override { return !common_->store || common_->store->has_room(); }
  void bot_started(core::serial bot, const std::string& mind) override;
  void bot_ended(core::serial bot) override;
  void ask_minds(std::vector<core::serial> bots) override;
  void commit_soon() override;
  void wake_in(std::chrono::microseconds delay, alarm a) override;
  void send(std::vector<letter>& letters) override { out_.send(letters); }
  void settle_mail() { out_.settle(); }
  bool claim_name(const std::string& name) override;
  void count(const tally& t) override { common_->so_far.add(t); }
  void storage_failed(const std::string& message) override { common_->fatal(message); }

private:
  caf::stateful_actor<world_state>* self_;
  node* common_;
  core::world_number number_;
  mail_route out_;
  struct resident {
    caf::actor actor;
    std::optional<core::mind> mind;  // none where only clients speak for it
  };
  core::serial_map<resident> bots_;
};

struct world_state {
  static inline const char* name = "world";

  std::unique_ptr<world_surroundings> around;
  std::unique_ptr<world_keeper> keeper;  // outlived by `around`
  std::vector<delivery> early;           // before it was founded or recovered
  std::string trouble;                   // why it is not running
};

}  // namespace unscripted::actors
