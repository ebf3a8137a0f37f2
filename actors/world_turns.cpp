// Who speaks for whom, whose turn it is, and the world's clock.
#include "actors/world_keeper.hpp"
#include "core/look_ahead.hpp"

#include <algorithm>
#include <utility>

namespace unscripted::actors {

namespace {

constexpr double tick_seconds_max = 1e7;  // of realtime, however slow: a third of a year

core::problem paused_problem(const core::world& w) {
  return core::problem{core::errc::busy,
                       "the world is paused at tick " + std::to_string(w.tick()) +
                           "; world.update with another pause_at, or null, lets it go on",
                       {}}
      .with("paused", std::int64_t{1})
      .with("tick", static_cast<std::int64_t>(w.tick()));
}

}  // namespace

// -- who speaks ----------------------------------------------------------------------------------

std::size_t world_keeper::spoken_for() const {
  const auto silenced = std::count_if(speakers_.begin(), speakers_.end(), [&](const auto& entry) {
    return minds_.contains(entry.first);
  });
  return speakers_.size() + minds_.size() - static_cast<std::size_t>(silenced);
}

// From now on `who` speaks for the bot; whoever did before is told.
void world_keeper::speak_for(core::serial bot, connection_id who) {
  const connection_id* const before = speakers_.find(bot);
  if (before && *before != who)
    if (session* s = find_session(*before)) tell(*s, detached_event{bot});
  const auto pending = turns_.find(bot);
  if (pending != turns_.end() && pending->second.who != who) {
    refuse_turn(pending->second,
                {core::errc::conflict, "another connection took the bot over", {}});
    turns_.erase(pending);
  }
  drop_act(bot);  // what its own mind chose counts no more
  name_speaker(bot, who);
}

void world_keeper::name_speaker(core::serial bot, connection_id who) {
  if (connection_id* const speaker = speakers_.find(bot)) *speaker = who;
  else speakers_.insert(bot, who);
}

// Nobody speaks for the bot any more, but for its own mind where it has one.
void world_keeper::fall_silent(core::serial bot) {
  speakers_.erase(bot);
  if (minds_.contains(bot)) owe_turn(bot);
}

// A world that waits for those who are spoken for waits for who acts in passing, too.
std::optional<core::problem> world_keeper::may_act(connection_id who, core::serial bot,
                                                   bool in_passing) {
  if (auto why = refuse_stranger(bot)) return why;
  const connection_id* const speaker = speakers_.find(bot);
  if (speaker && *speaker == who) return std::nullopt;
  const std::string id = core::to_string(core::thing_id{parts_.number, bot});
  if (!speaker && !minds_.contains(bot)) {
    const bool attaches = !in_passing || world_.settings().pace != core::pace::free;
    if (attaches && world_.find(bot)) speak_for(bot, who);
    return std::nullopt;
  }
  const std::string speaks = speaker ? "another connection" : "its hosted mind";
  return core::problem{core::errc::conflict,
                       speaks + " speaks for bot " + id +
                           "; bot.attach with take:true takes it over",
                       {}}
      .with("id", id);
}

// Whoever lives in its place, as far as that is remembered; else the last one of the line.
core::serial world_keeper::successor_of(core::serial bot) const {
  while (!world_.find(bot)) {
    const core::grave* g = world_.find_grave(bot);
    if (!g || g->heir == core::no_thing) break;
    bot = g->heir;
  }
  return bot;
}

void world_keeper::replace_the_dead(core::act_wish& wish) const {
  wish.agent = successor_of(wish.agent);
  if (wish.target && wish.target->world == parts_.number)
    wish.target->thing = successor_of(wish.target->thing);
}

// -- hosted minds --------------------------------------------------------------------------------

void world_keeper::owe_turn(core::serial bot) {
  if (mind_state* const mind = minds_.find(bot)) owe_turn(bot, *mind);
}

void world_keeper::owe_turn(core::serial bot, mind_state& mind) {
  if (mind == mind_state::resting) {
    mind = mind_state::owed;
    owed_.push_back(bot);
  }
  ask_for_commit();
}

void world_keeper::owe_all() {
  if (minds_.empty()) return;
  for (const core::serial bot : world_.bots()) owe_turn(bot);
}

std::size_t minds_at_once(std::size_t minds) {
  constexpr std::size_t least = 1024, most = 4096;  // most: what goes into one commit
  constexpr std::size_t groups = 32;
  return std::clamp(minds / groups, least, most);
}

// Asks the minds whose turn it is, so many at once: whether any. Those of a paused world stay owed.
bool world_keeper::pay_turns() {
  if (world_.paused() || doomed_ || owed_.empty()) return false;
  const std::size_t at_once = minds_at_once(minds_.size());
  std::vector<core::serial> bots;
  bots.reserve(std::min(owed_.size(), at_once));
  auto next = owed_.begin();
  for (; next != owed_.end() && bots.size() < at_once; ++next) {
    mind_state* const mind = minds_.find(*next);
    if (!mind || *mind != mind_state::owed) continue;
    const bool may = !speakers_.contains(*next);
    *mind = may ? mind_state::asked : mind_state::resting;
    if (may) bots.push_back(*next);
  }
  owed_.erase(owed_.begin(), next);
  if (bots.empty()) return false;  // so nobody is left either
  around_.ask_minds(std::move(bots));
  if (!owed_.empty()) ask_for_commit();
  return true;
}

void world_keeper::chosen(std::vector<core::act_command> acts,
                          const core::catalogue_ptr& catalogue) {
  const bool is_late = catalogue != world_.shared_catalogue();
  const bool decides_at_once = world_.settings().pace == core::pace::free;
  const auto turn_at = [&](auto i) { return core::turn_to_come{acts[i].agent, acts[i].target}; };
  for (std::size_t i = 0; i < acts.size(); ++i) {
    if (decides_at_once) core::look_ahead(world_, i, acts.size(), turn_at);
    chosen(std::move(acts[i]), is_late);
  }
  if (decides_at_once) return;
  run_tick_if_ready();
  drain_waiting();
}

void world_keeper::chosen(core::act_command&& act, bool is_late) {
  const core::serial bot = act.agent;
  mind_state* const mind = minds_.find(bot);
  if (!mind || *mind != mind_state::asked) return;
  *mind = mind_state::resting;
  if (speakers_.contains(bot) || doomed_) return;
  if (world_.paused() || is_late) return owe_turn(bot, *mind);
  if (world_.settings().pace != core::pace::free) {
    *mind = mind_state::acted;
    if (auto* before = mind_acts_.find(bot)) *before = std::move(act);
    else mind_acts_.insert(bot, std::move(act));
    ++minds_acted_;
    return;
  }
  core::act_in(record_.command) = std::move(act);
  const auto why = record(nobody);
  const bool is_full =
      why && (why->code == core::errc::storage_full || why->code == core::errc::rate_limited);
  if (is_full) return await_room();
  // Where the chosen target is gone by now the mind is simply asked again.
  owe_turn(bot);
}

// What its mind has the bot do in this tick, or null: valid until a bot dies or a mind acts.
core::act_command* world_keeper::take_act_of(core::serial bot) {
  mind_state* const mind = minds_.find(bot);
  if (!mind || *mind != mind_state::acted) return nullptr;
  *mind = mind_state::resting;
  --minds_acted_;
  return mind_acts_.find(bot);
}

void world_keeper::drop_act(core::serial bot) { static_cast<void>(take_act_of(bot)); }

// The minds rest while nothing can be recorded.
void world_keeper::await_room() {
  if (std::exchange(room_alarm_, true)) return;
  around_.wake_in(std::chrono::seconds{1}, {alarm::purpose::room, 0});
}

// -- actions of clients --------------------------------------------------------------------------

void world_keeper::perform(connection_id who, session_ref s, const ticket& t, act_request& r) {
  if (r.in_passing) replace_the_dead(r.wish);
  if (!r.key.empty() && answer_again(who, s, t, r)) return;
  const core::serial bot = r.wish.agent;
  core::act_command& act = core::act_in(record_.command);
  if (const auto why = core::resolve_act(world_, parts_.number, r.wish, act))
    return answer_to(s, t, *why);
  if (const auto why = may_act(who, bot, r.in_passing)) return answer_to(s, t, *why);
  if (world_.paused()) return answer_to(s, t, paused_problem(world_));
  if (const auto why = why_too_often(bot)) return answer_to(s, t, *why);
  if (world_.settings().pace == core::pace::free) return act_now(s, t, bot, r);
  await_tick(s, {std::move(act), who, t, r.see, name_of(r)}, bot);
}

// What the record at hand has for a command.
void world_keeper::act_now(session_ref s, const ticket& t, core::serial bot, act_request& r) {
  if (const auto full = why_no_room()) return answer_to(s, t, *full);
  const naming name = name_of(r);
  if (const auto why = record_in_tick(name.from)) return answer_to(s, t, *why);
  remember(name, record_, bot);
  answer_to(s, t, acted{record_, bot, place_of(bot), r.see}, true);
  write_if_large();
}

void world_keeper::await_tick(session_ref s, turn&& t, core::serial bot) {
  if (turns_.contains(bot)) {
    const std::string id = core::to_string(core::thing_id{parts_.number, bot});
    return answer_to(s, t.ticket,
                     core::problem{core::errc::busy,
                                   "bot " + id + " already acts in this tick; wait for the answer",
                                   {}}
                         .with("id", id));
  }
  ++s.turns;
  take_turn(bot, std::move(t));
}

void world_keeper::take_turn(core::serial bot, turn t) {
  t.arrival = ++arrivals_;
  turns_.insert_or_assign(bot, std::move(t));
  run_tick_if_ready();
}

// -- ticks of lockstep and realtime --------------------------------------------------------------

void world_keeper::run_tick_if_ready() {
  if (nobody_acted()) {
    deadline_.reset();
    deadline_passed_ = false;
    return;
  }
  if (world_.settings().pace != core::pace::lockstep || world_.paused()) return;
  if (everyone_acted()) run_tick();
  else await_the_absent();
}

// Hosted minds are always waited for: how fast this machine is must not change what happens.
bool world_keeper::everyone_acted() const {
  if (deadline_passed_)
    return std::all_of(minds_.begin(), minds_.end(), [&](const auto& mind) {
      return speakers_.contains(mind.first) || mind.second == mind_state::acted;
    });
  const std::size_t acted = turns_.size() + minds_acted_;
  // The first comparison is cheap, and false until the last ones act.
  return acted >= std::max(speakers_.size(), minds_.size()) && acted >= spoken_for();
}

// From the first action of a tick on the others have so long. One alarm at most is on its way, so
// that quick ticks leave none behind.
void world_keeper::await_the_absent() {
  if (deadline_ || speakers_.empty()) return;
  deadline_ = around_.now() + std::chrono::milliseconds{world_.settings().deadline_ms};
  if (!deadline_due_ || *deadline_ < *deadline_due_) ring_at_the_deadline();
}

void world_keeper::ring_at_the_deadline() {
  deadline_due_ = deadline_;
  const auto wait = std::chrono::ceil<std::chrono::microseconds>(*deadline_ - around_.now());
  around_.wake_in(wait, {alarm::purpose::deadline, ++deadlines_});
}

void world_keeper::end_waiting_for_the_absent() {
  deadline_due_.reset();
  if (!deadline_ || nobody_acted()) return deadline_.reset();
  if (around_.now() < *deadline_) return ring_at_the_deadline();  // it was that of an earlier tick
  deadline_passed_ = true;
  run_tick_if_ready();
}

// Decides what came in, in id order; in lockstep those who did not act pass. Then time moves on,
// and everybody is answered with what follows.
void world_keeper::run_tick() {
  deadline_.reset();
  deadline_passed_ = false;
  if (const auto full = why_no_room()) {
    refuse_all_turns(*full);
    return await_room();
  }
  turn_table decided = std::exchange(turns_, {});
  decide_turns(decided, world_.settings().pace == core::pace::lockstep);
  static_cast<void>(
      record_in_tick(core::advance_command{}));  // there is always something to record
  answer_turns(decided);
  owe_all();
  write_if_large();
}

void world_keeper::decide_turns(turn_table& turns, bool pass_for_absent) {
  const std::vector<core::serial> bots = world_.bots();  // those born now act in the next tick
  for (const core::serial bot : bots) {
    const auto mine = turns.find(bot);
    if (mine != turns.end()) decide_turn(bot, mine->second);
    else if (core::act_command* act = take_act_of(bot))
      static_cast<void>(record_in_tick(std::move(*act)));
    else if (pass_for_absent) pass_for(bot);
  }
}

void world_keeper::decide_turn(core::serial bot, turn& t) {
  if (!world_.find(bot)) t.refusal = core::no_such_bot(world_, parts_.number, bot);
  else t.refusal = record_in_tick(std::move(t.command), t.name.from);
  if (!t.refusal) t.result = record_;
}

// In the order in which they were asked for, which need not be that of the ids.
void world_keeper::answer_turns(turn_table& turns) {
  std::vector<turn_table::value_type*> asked;
  for (auto& entry : turns)
    if (entry.second.who != 0) asked.push_back(&entry);
  std::sort(asked.begin(), asked.end(),
            [](const auto* a, const auto* b) { return a->second.arrival < b->second.arrival; });
  for (auto* entry : asked) answer_turn(entry->first, entry->second);
}

void world_keeper::answer_turn(core::serial bot, turn& t) {
  t.result.tick = world_.tick();
  if (!t.refusal) remember(t.name, t.result, bot);
  session* s = find_session(t.who);
  if (!s) return;
  --s->turns;
  unblocked_ = true;
  if (t.refusal) return answer_to(*s, t.ticket, *t.refusal);
  answer_to(*s, t.ticket, acted{t.result, bot, place_of(bot), t.see}, true);
}

void world_keeper::refuse_turn(turn& t, core::problem why) {
  t.refusal = std::move(why);
  answer_turn(core::no_thing, t);
}

void world_keeper::refuse_all_turns(const core::problem& why) {
  for (const auto& [bot, mind] : minds_) drop_act(bot);
  turn_table refused = std::exchange(turns_, {});
  for (auto& [bot, t] : refused) t.refusal = why;
  answer_turns(refused);
}

// The world was configured: actions that wait for a tick that is not to come wait no longer.
void world_keeper::settle_turns() {
  if (world_.paused()) return refuse_all_turns(paused_problem(world_));
  if (world_.settings().pace == core::pace::free) {
    turn_table decided = std::exchange(turns_, {});
    decide_turns(decided, false);
    answer_turns(decided);
  }
}

void world_keeper::pass_for(core::serial bot) {
  const core::catalogue& c = world_.catalogue();
  const auto pass = c.bot_kind() ? c.find_action(*c.bot_kind(), "pass") : std::nullopt;
  if (!pass || !world_.find(bot)) return;
  static_cast<void>(record_in_tick(core::act_command{bot, *pass, bot, {}, true}));
}

// Requests that stood behind actions which were answered by now. Called last, when nothing is half
// done: what they ask for may make the next tick ready, and so set others free.
void world_keeper::drain_waiting() {
  while (std::exchange(unblocked_, false)) {
    std::vector<connection_id> blocked;
    for (auto& [who, s] : sessions_)
      if (!s.waiting.empty()) blocked.push_back(who);
    std::sort(blocked.begin(), blocked.end());
    for (const connection_id who : blocked) {
      session& s = sessions_.at(who);
      while (!s.waiting.empty() && !stands_behind_a_turn(s, s.waiting.front())) {
        request next = std::move(s.waiting.front());
        s.waiting.pop_front();
        carry_out(who, s, std::move(next));
      }
    }
  }
}

// The clock of realtime: each alarm carries a key, so that those of an earlier pace don't count.
void world_keeper::restart_clock() {
  ++clock_;
  if (world_.settings().pace != core::pace::realtime || world_.paused()) return;
  const double seconds = std::min(core::tick_seconds / world_.settings().speed, tick_seconds_max);
  around_.wake_in(std::chrono::microseconds{static_cast<std::int64_t>(seconds * 1e6)},
                  {alarm::purpose::clock, clock_});
}

}  // namespace unscripted::actors
