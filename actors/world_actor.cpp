#include "actors/world_actor.hpp"

#include "actors/bot_actor.hpp"

#include <exception>

namespace unscripted::actors {

namespace {

using world_self = caf::stateful_actor<world_state>*;

std::string describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an unknown exception";
  }
}

// Opens the history and makes the keeper. Returns what stood in the way.
std::string prepare(world_state& state, node& common, core::world_number number) {
  world_keeper::parts parts;
  parts.number = number;
  parts.durability = common.durability;
  parts.catalogue = common.catalogue;
  parts.store = common.store;
  if (common.store) {
    auto history = storage::history::open(*common.store, number);
    if (!history) return history.why().message;
    parts.history.emplace(std::move(*history));
  }
  state.keeper = std::make_unique<world_keeper>(std::move(parts), *state.around);
  return {};
}

std::string found(world_state& state, node& common, core::world_number number, const founding& f) {
  if (auto trouble = prepare(state, common, number); !trouble.empty()) return trouble;
  if (const auto why = state.keeper->found(f.first)) return why->message;
  outbox mail;
  const view seen = state.keeper->seen();
  if (!f.ticket.id.empty()) f.from->encode(mail.bytes, f.ticket, world_shown{}, &seen);
  mail.answered = 1;
  f.from->send(std::move(mail));
  return {};
}

std::string recover(world_state& state, node& common, core::world_number number) {
  if (auto trouble = prepare(state, common, number); !trouble.empty()) return trouble;
  auto recovered = state.keeper->recover();
  if (!recovered) return recovered.why().message;
  for (const std::string& line : recovered->passed_over) common.warn(line);
  if (const auto why = state.keeper->go_on(std::move(recovered->world))) return why->message;
  return {};
}

}  // namespace

// -- surroundings --------------------------------------------------------------------------------

void world_surroundings::bot_started(core::serial bot, const std::string& mind) {
  const std::uint64_t seed = self_->state.keeper->world().settings().seed;
  auto actor = self_->spawn<caf::lazy_init>(bot_actor, caf::actor{self_}, bot, mind, seed);
  common_->book.add_bot({number_, bot}, actor);
  bots_.emplace(bot, std::move(actor));
}

void world_surroundings::bot_ended(core::serial bot) {
  common_->book.remove_bot({number_, bot});
  bots_.erase(bot);
}

void world_surroundings::give_turn(core::serial bot, mind_turn turn) {
  const auto found = bots_.find(bot);
  if (found != bots_.end()) self_->send(found->second, std::move(turn));
}

void world_surroundings::commit_soon() { self_->send(self_, commit_now{}); }

void world_surroundings::wake_in(std::chrono::microseconds delay, alarm a) {
  self_->delayed_send(self_, delay, a);
}

bool world_surroundings::claim_name(const std::string& name) {
  return common_->book.rename_world(number_, name);
}

// -- the actor -----------------------------------------------------------------------------------

caf::behavior world_actor(caf::stateful_actor<world_state>* self, node* common,
                          core::world_number number, caf::actor directory) {
  self->set_default_handler(caf::drop);
  self->state.around = std::make_unique<world_surroundings>(self, common, number);
  self->set_exception_handler([=](std::exception_ptr& error) -> caf::error {
    common->warn("world " + std::to_string(number) + " failed: " + describe(error));
    if (self->state.keeper) self->state.keeper->abort_all("the world failed and is started anew");
    self->state.keeper.reset();
    return caf::sec::runtime_error;
  });
  return {
      [=](delivery& d) {
    for (numbered_request& r : d.requests) self->state.keeper->submit(d.from, d.who, std::move(r));
      },
      [=](mind_choice& c) { self->state.keeper->chosen(c.bot, std::move(c.act)); },
      [=](commit_now) { self->state.keeper->commit(); },
      [=](const alarm& a) { self->state.keeper->wake(a); },
      [=](const founding& f) {
    self->send(directory, started{number, found(self->state, *common, number, f)});
  },
      [=](recovery) {
    self->send(directory, started{number, recover(self->state, *common, number)});
      },
      [=](dooming) {
    self->state.keeper->doom();
    self->send(directory, doomed{number});
      },
      [=](stopping) {
    if (self->state.keeper) self->state.keeper->commit();
    self->quit();
      },
      };
}

}  // namespace unscripted::actors
