#include "actors/world_actor.hpp"

#include "actors/bot_actor.hpp"

#include <exception>
#include <span>
#include <utility>

namespace unscripted::actors {

namespace {

using world_self = caf::stateful_actor<world_state>*;

// A piece of thinking: some ten microseconds, much longer than it takes to hand it over.
constexpr std::size_t minds_together = 32;

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
std::string prepare(world_state& state, node& common, core::world_number number,
                    const deciders& with) {
  world_keeper::parts parts;
  parts.number = number;
  parts.durability = common.durability;
  parts.with = with;
  parts.limits = common.limits;
  parts.store = common.store;
  if (common.store) {
    auto history = storage::history::open(*common.store, number);
    if (!history) return history.why().message;
    parts.history.emplace(std::move(*history));
  }
  state.keeper = std::make_unique<world_keeper>(std::move(parts), *state.around);
  return {};
}

// Founds the world and answers the client, also where that can't be.
started found(world_state& state, node& common, core::world_number number, const founding& f) {
  const auto refuse = [&](const core::problem& why) {
    state.keeper.reset();
    answer_alone(*f.from, f.ticket, why);
    return started{number, why.message, false};
  };
  if (auto trouble = prepare(state, common, number, f.with); !trouble.empty())
    return refuse({core::errc::conflict, std::move(trouble), {}});
  if (const auto why = state.keeper->found(f.first, f.things, f.principal)) return refuse(*why);
  const view seen = state.keeper->seen();
  answer_alone(*f.from, f.ticket, world_shown{}, &seen);
  return {number, {}, true};
}

started recover(world_state& state, node& common, core::world_number number, const recovery& r) {
  const auto refuse = [&](const std::string& why, bool is_founded = true) {
    state.keeper.reset();
    if (r.from) answer_alone(*r.from, r.ticket, core::problem{core::errc::conflict, why, {}});
    return started{number, why, is_founded};
  };
  if (auto trouble = prepare(state, common, number, r.with); !trouble.empty())
    return refuse(trouble);
  auto recovered = state.keeper->recover();
  if (!recovered) return refuse(recovered.why().message);
  for (const std::string& line : recovered->passed_over) common.warn(line);
  // The process was killed between entering the world in the list and its first record.
  if (recovered->world->seq() == 0) return refuse("its history is empty", false);
  if (const auto why = state.keeper->go_on(std::move(recovered->world), r.name))
    return refuse(why->message);
  const view seen = state.keeper->seen();
  if (r.from) answer_alone(*r.from, r.ticket, world_shown{}, &seen);
  return {number, {}, true};
}

// What the handlers of a world have at hand.
struct shell {
  world_self self;
  node* common;
  core::world_number number;
  caf::actor directory;

  world_state& state() const { return self->state; }
  std::string name() const;
  void give_up(const std::exception_ptr& error) const;
  void take(delivery& d) const;
  void refuse(const delivery& d) const;
  void begin(const started& s) const;
  void doom() const;
  void consider(const plugin_offer& offer) const;

  /// Does something that may throw: it calls clients and libraries.
  template <class Work>
  void guarded(Work work) const {
    try {
      work();
    } catch (...) {
      give_up(std::current_exception());
    }
  }
  template <class Work>
  void with_keeper(Work work) const {
    if (state().keeper) guarded([&] { work(*state().keeper); });
  }
};

std::string shell::name() const {
  const auto entry = common->book.find_world(number);
  return entry ? entry->name : core::to_string(core::thing_id{number, core::world_serial});
}

// Nothing of this incarnation is trusted any more.
void shell::give_up(const std::exception_ptr& error) const {
  common->warn("world " + name() + " failed: " + describe(error));
  if (state().keeper) state().keeper->abort_all("the world failed and is started anew");
  state().keeper.reset();
  state().around.reset();
  state().trouble = "it failed and is started anew; ask again";
  self->send(directory, failed{number});
}

void shell::take(delivery& d) const {
  if (state().keeper)
    return with_keeper([&](world_keeper& keeper) {
      keeper.submit(d.from, d.who, d.requests);
      spare_requests::give(std::move(d.requests));
    });
  if (state().trouble.empty()) state().early.push_back(std::move(d));
  else refuse(d);
}

void shell::refuse(const delivery& d) const {
  try {
    for (const numbered_request& r : d.requests)
      if (const auto* ask = std::get_if<request>(&r.what))
        answer_alone(*d.from, ask->ticket, not_running(name(), state().trouble));
  } catch (...) {
    d.from->abort(describe(std::current_exception()));
  }
}

void shell::begin(const started& s) const {
  self->send(directory, s);
  state().trouble = s.trouble;
  for (delivery& d : std::exchange(state().early, {})) take(d);
}

// What was answered before leaves before its deletion is told, by the directory.
void shell::doom() const {
  with_keeper([](world_keeper& keeper) { keeper.doom(); });
  if (state().around) state().around->settle_mail();
  if (!state().keeper) state().trouble = "it was deleted";
  self->send(directory, doomed{number});
}

// Where it does not run there is nothing to change: the directory starts it with what is present.
void shell::consider(const plugin_offer& offer) const {
  plugin_verdict verdict{number, 0, {}};
  with_keeper([&](world_keeper& keeper) {
    if (!offer.is_question) verdict = keeper.take(offer.next);
    else if (auto why = keeper.would_take(offer.next.catalogue)) verdict.trouble = why->message;
  });
  self->send(directory, plugin_answer{offer.round, std::move(verdict)});
}

}  // namespace

// -- surroundings --------------------------------------------------------------------------------

world_surroundings::~world_surroundings() {
  for (const auto& [bot, who] : bots_) common_->book.remove_bot({number_, bot});
}

std::chrono::steady_clock::time_point world_surroundings::now() { return self_->clock().now(); }

void world_surroundings::bot_started(core::serial bot, const std::string& mind) {
  const std::uint64_t seed = self_->state.keeper->world().settings().seed;
  auto actor = self_->spawn<caf::lazy_init>(bot_actor, caf::actor{self_});
  common_->book.add_bot({number_, bot}, actor);
  bots_.insert(bot, {std::move(actor), core::make_mind(mind, seed, bot)});
}

void world_surroundings::bot_ended(core::serial bot) {
  common_->book.remove_bot({number_, bot});
  bots_.erase(bot);
}

// The world stands still meanwhile: its own thread is here. What the minds chose comes back as a
// message, behind what waits for the world already.
void world_surroundings::ask_minds(std::vector<core::serial> bots) {
  const core::world& w = self_->state.keeper->world();
  mind_choices chosen{std::vector<core::act_command>(bots.size()), w.shared_catalogue()};
  common_->helpers.side_by_side(bots.size(), minds_together, [&](auto first, auto last) {
    thread_local thinking thoughts;
    thoughts.begin(w, std::span{bots}.subspan(first, last - first));
    for (auto i = first; i < last; ++i)
      chosen.acts[i] = thoughts.choose(*bots_.find(bots[i])->mind);
  });
  self_->send(self_, std::move(chosen));
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
  const shell s{self, common, number, std::move(directory)};
  return {
      [=](delivery& d) { s.take(d); },
      [=](mind_choices& c) {
    s.with_keeper([&](world_keeper& keeper) { keeper.chosen(std::move(c.acts), c.catalogue); });
      },
      [=](commit_now) { s.with_keeper([](world_keeper& keeper) { keeper.commit_in_turn(); }); },
      [=](const alarm& a) { s.with_keeper([&](world_keeper& keeper) { keeper.wake(a); }); },
      [=](const founding& f) {
    bool is_told = false;
    s.guarded([&] {
      const started news = found(s.state(), *common, number, f);
      is_told = true;
      s.begin(news);
    });
    if (!is_told) f.from->abort("the world failed and is started anew");
  },
      [=](const recovery& r) {
    s.guarded([&] { s.begin(recover(s.state(), *common, number, r)); });
      }, [=](dooming) { s.doom(); }, [=](const plugin_offer& o) { s.consider(o); },
      [=](stopping) {
    s.with_keeper([](world_keeper& keeper) { keeper.commit(); });
    self->quit();
      },
      };
}

}  // namespace unscripted::actors
