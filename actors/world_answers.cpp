// Actions that their clients named with a key, to be able to ask again: across connections, and
// across restarts.
#include "actors/world_keeper.hpp"

#include <utility>

namespace unscripted::actors {

namespace {

core::problem other_wish(const std::string& key, std::uint64_t seq) {
  return core::problem{core::errc::conflict,
                       "another action of this bot has the key `" + key + "`, see record " +
                           std::to_string(seq) + ": choose a new key for each action",
                       {}}
      .with("key", key)
      .with("seq", static_cast<std::int64_t>(seq));
}

core::record to_record(const storage::kept_answer& told) {
  core::record r;
  r.seq = told.seq;
  r.tick = told.tick;
  r.outcome = told.outcome;
  r.reason = told.reason;
  return r;
}

}  // namespace

const core::vec3* world_keeper::place_of(core::serial bot) const {
  const core::thing* t = world_.find(bot);
  return t ? &t->pos : nullptr;
}

// Where the action is known already. Whoever has a right to the bot is told what came of it then,
// and speaks for it as after any action, unless another connection does: that may be the asker's
// own former one, whose end was not noticed yet. A bot that died since needs nobody to speak for
// it.
bool world_keeper::answer_again(connection_id who, session_ref s, const ticket& t,
                                const act_request& r) {
  const core::serial bot = r.wish.agent;
  const storage::kept_answer* told = told_.find(bot, r.key);
  if (!told) return false;
  const bool lives = world_.find(bot) != nullptr;
  const auto why = lives ? refuse_stranger(bot) : std::nullopt;
  const core::vec3* const pos = told->pos ? &*told->pos : nullptr;
  if (lives && !why) static_cast<void>(may_act(who, bot, r.in_passing));
  if (why) answer_to(s, t, *why);
  else if (told->wish != digest_of(r.wish)) answer_to(s, t, other_wish(r.key, told->seq));
  else if (told->outcome == core::outcome::fault)
    answer_to(s, t, plugin_failed(told->plugin, r.wish.action, told->reason, told->seq));
  else answer_to(s, t, acted{to_record(*told), bot, pos, r.see}, true);
  return true;
}

world_keeper::naming world_keeper::name_of(act_request& r) const {
  if (r.key.empty()) return {asked_for(), 0};
  return {{asking_.principal, std::move(r.key)}, digest_of(r.wish)};
}

// What is about to be answered, in the world as it is after the action, or after its tick; before
// the record is written, so that both become durable together.
void world_keeper::remember(const naming& name, const core::record& done, core::serial bot) {
  if (name.from.key.empty()) return;
  storage::kept_answer told;
  told.seq = done.seq;
  told.tick = done.tick;
  told.bot = bot;
  told.key = name.from.key;
  told.wish = name.wish;
  told.outcome = done.outcome;
  told.reason = done.reason;
  if (const core::vec3* pos = place_of(bot)) told.pos = *pos;
  if (done.outcome == core::outcome::fault) {
    const core::catalogue& c = world_.catalogue();
    const auto& act = std::get<core::act_command>(done.command);
    told.plugin = c.plugins()[c.actions()[act.action].plugin].id;
  }
  if (parts_.history) uncommitted_.keep(told);
  const auto oldest = told_.add(std::move(told));
  if (oldest && parts_.history) uncommitted_.forget_answer(*oldest);
}

}  // namespace unscripted::actors
