// The requests of clients to one world, one function each.
#include "actors/world_keeper.hpp"
#include "core/mind.hpp"

#include <algorithm>
#include <utility>

namespace unscripted::actors {

namespace {

constexpr double interval_max = 86'400;  // seconds between two deltas, however few are wanted

core::problem no_thing_here(core::world_number number, core::serial thing) {
  const std::string id = core::to_string(core::thing_id{number, thing});
  return core::problem{core::errc::not_found, "there is no thing " + id + " in this world", {}}
      .with("id", id);
}

core::problem speaks_for_one() {
  return {core::errc::forbidden, "this token speaks for one bot, and makes no other", {}};
}

}  // namespace

core::problem gone(core::world_number number) {
  const std::string id = core::to_string(core::thing_id{number, core::world_serial});
  return core::problem{core::errc::not_found, "world " + id + " was deleted", {}}.with("id", id);
}

core::problem plugin_failed(const std::string& plugin, const std::string& action,
                            const std::string& reason, std::uint64_t seq) {
  return core::problem{core::errc::plugin_fault,
                       "plugin " + plugin + " failed in `" + action + "`: " + reason +
                           "; the world is unchanged",
                       {}}
      .with("plugin", plugin)
      .with("seq", static_cast<std::int64_t>(seq));
}

std::optional<core::serial> bot_of(const world_request& r) {
  if (const auto* act = std::get_if<act_request>(&r)) return act->wish.agent;
  if (const auto* see = std::get_if<see_request>(&r)) return see->bot;
  return std::nullopt;
}

// -- order ---------------------------------------------------------------------------------------

void world_keeper::submit(const client_ptr& from, connection_id who,
                          std::span<numbered_request> all) {
  session* s = nullptr;
  for (numbered_request& r : all) {
    if (!s) s = &sessions_[who];
    if (!s->peer) s->peer = from;
    if (!take_in_order(*s, who, std::move(r))) s = nullptr;
  }
}

// False where there may be no session any more.
bool world_keeper::take_in_order(session_ref s, connection_id who, numbered_request&& r) {
  if (r.order != s.next) {
    s.early.emplace(r.order, std::move(r));
    return true;
  }
  bool goes_on = carry_out_next(who, s, std::move(r));
  while (goes_on && !s.early.empty() && s.early.begin()->first == s.next) {
    numbered_request next = std::move(s.early.begin()->second);
    s.early.erase(s.early.begin());
    goes_on = carry_out_next(who, s, std::move(next));
  }
  drain_waiting();
  if (!commit_asked_ && !with_mail_.empty()) commit();
  return goes_on;
}

// False after the last one of the connection: there may be no session any more.
bool world_keeper::carry_out_next(connection_id who, session_ref s, numbered_request&& r) {
  ++s.next;
  const bool is_last = std::holds_alternative<closing>(r.what);
  carry_out(who, s, std::move(r));
  return !is_last;
}

void world_keeper::carry_out(connection_id who, session_ref s, numbered_request&& r) {
  if (auto* ask = std::get_if<request>(&r.what)) {
    if (s.waiting.empty() && !stands_behind_a_turn(s, *ask))
      return carry_out(who, s, std::move(*ask));
    return s.waiting.push_back(std::move(*ask));
  }
  if (std::get<closing>(r.what).awaits_answers) let_go(who, s);
  else close(who);
}

// The world is to be deleted: what was asked before is answered at the latest then.
void world_keeper::let_go(connection_id who, session_ref s) {
  s.is_leaving = true;
  if (!doomed_) return;
  commit();
  close(who);
}

void world_keeper::carry_out(connection_id who, session_ref s, request&& r) {
  if (doomed_) return answer_to(s, r.ticket, gone(parts_.number));
  asking_ = r.may;
  std::visit([&](auto& what) { perform(who, s, r.ticket, what); }, r.what);
  if (auto* act = std::get_if<act_request>(&r.what)) spare_values::give(std::move(act->wish.args));
}

// The actions of one tick are taken together; everything else is answered after them.
bool world_keeper::stands_behind_a_turn(const session& s, const request& r) {
  return s.turns > 0 && !std::holds_alternative<act_request>(r.what);
}

// The connection is gone: its bots live on, unspoken for.
void world_keeper::close(connection_id who) {
  subscriptions_.remove_all(who);
  std::vector<core::serial> silent;
  for (const auto& [bot, speaker] : speakers_)
    if (speaker == who) silent.push_back(bot);
  std::ranges::sort(silent);
  for (const core::serial bot : silent) fall_silent(bot);
  std::erase_if(turns_, [&](const auto& entry) { return entry.second.who == who; });
  sessions_.erase(who);
  run_tick_if_ready();
}

world_keeper::session* world_keeper::find_session(connection_id who) {
  const auto found = sessions_.find(who);
  return found == sessions_.end() ? nullptr : &found->second;
}

// -- answering -----------------------------------------------------------------------------------

void world_keeper::mark(session_ref s) {
  if (std::exchange(s.has_mail, true)) return;
  with_mail_.push_back(s.peer->id());
}

void world_keeper::answer_to(session_ref s, const ticket& t, const answer& a, bool reveals) {
  view shown = seen();
  shown.reveals = reveals;
  const view* in_sight = doomed_ ? nullptr : &shown;  // a world that was deleted shows nothing
  if (t.group) {
    outbox::part& part = s.mail.parts.emplace_back(outbox::part{t, {}});
    s.peer->encode(part.bytes, t, a, in_sight);
  } else {
    if (!t.id.empty()) {
      if (s.mail.bytes.empty()) s.mail.bytes = spare_text::take();
      s.peer->encode(s.mail.bytes, t, a, in_sight);
    }
    ++s.mail.answered;
    if (t.stamp != 0) s.mail.stamp = t.stamp;
  }
  mark(s);
}

void world_keeper::tell(session_ref s, const event& e) {
  s.peer->encode(s.mail.bytes, e, seen());
  mark(s);
}

// -- the world -----------------------------------------------------------------------------------

void world_keeper::perform(connection_id, session_ref s, const ticket& t, show_world_request&) {
  answer_to(s, t, world_shown{});
}

void world_keeper::perform(connection_id, session_ref s, const ticket& t, update_world_request& r) {
  auto command = core::resolve_configure(world_, r.wish);
  if (!command) return answer_to(s, t, command.why());
  const core::settings before = world_.settings();
  const bool was_paused = world_.paused();
  const bool renamed = r.wish.name && *r.wish.name != before.name;
  if (renamed && !around_.claim_name(*r.wish.name))
    return answer_to(
        s, t,
        core::problem{core::errc::conflict, "another world is named " + *r.wish.name, {}}.with(
            "name", *r.wish.name));
  if (auto why = record(std::move(*command), asked_for())) {
    if (renamed) around_.claim_name(before.name);
    return answer_to(s, t, *why);
  }
  if (renamed && parts_.store)
    if (const auto why = parts_.store->rename_world(parts_.number, *r.wish.name))
      fail(why->message);
  answer_to(s, t, world_shown{});
  const core::settings& now = world_.settings();
  if (now.pace != before.pace || now.speed != before.speed || world_.paused() != was_paused)
    restart_clock();
  settle_turns();
  owe_all();
  run_tick_if_ready();
}

void world_keeper::perform(connection_id, session_ref s, const ticket& t, flush_request& r) {
  commit();
  if (parts_.store && r.to_disk)
    if (const auto why = parts_.store->sync()) fail(why->message);
  answer_to(s, t, nothing{});
}

// -- things --------------------------------------------------------------------------------------

void world_keeper::perform(connection_id who, session_ref s, const ticket& t,
                           create_thing_request& r) {
  const auto& minds = core::mind_names();
  if (!r.wish.mind.empty() && std::find(minds.begin(), minds.end(), r.wish.mind) == minds.end())
    return answer_to(s, t, core::bad_param("mind", R"("remote" or "random")"));
  if (asking_.bot != core::no_thing) return answer_to(s, t, speaks_for_one());
  auto command = core::resolve_create(world_, r.wish);
  if (!command) return answer_to(s, t, command.why());
  const core::serial made = world_.next_serial();
  if (auto why = record(std::move(*command), asked_for())) return answer_to(s, t, *why);
  const bool is_bot = world_.find(made)->kind == world_.catalogue().bot_kind();
  if (is_bot && r.wish.mind.empty() && !r.in_passing) speak_for(made, who);
  answer_to(s, t, thing_shown{made}, is_bot);
}

void world_keeper::perform(connection_id who, session_ref s, const ticket& t,
                           show_thing_request& r) {
  if (!world_.find(r.thing)) return answer_to(s, t, no_thing_here(parts_.number, r.thing));
  if (r.thing == core::world_serial) return answer_to(s, t, world_shown{});
  answer_to(s, t, thing_shown{r.thing}, reveals(who, r.thing));
}

void world_keeper::perform(connection_id, session_ref s, const ticket& t, update_thing_request& r) {
  auto command = core::resolve_update(world_, parts_.number, r.thing, r.pos, r.props);
  if (!command) return answer_to(s, t, command.why());
  if (auto why = record(std::move(*command), asked_for())) return answer_to(s, t, *why);
  answer_to(s, t, thing_shown{r.thing});
}

void world_keeper::perform(connection_id, session_ref s, const ticket& t, delete_thing_request& r) {
  auto command = core::resolve_remove(world_, parts_.number, r.thing);
  if (!command) return answer_to(s, t, command.why());
  if (auto why = record(std::move(*command), asked_for())) return answer_to(s, t, *why);
  answer_to(s, t, deleted{1});
  run_tick_if_ready();
}

void world_keeper::perform(connection_id, session_ref s, const ticket& t, list_things_request& r) {
  const core::catalogue& c = world_.catalogue();
  std::optional<core::kind_index> kind;
  if (r.kind) {
    kind = c.find_kind(*r.kind);
    if (!kind) return answer_to(s, t, core::bad_param("kind", "a kind that this server knows"));
  }
  std::vector<core::serial> found;
  if (r.near)
    world_.near({*r.near, {}}, r.range,
                [&](const core::thing& x, core::micrometres) { found.push_back(x.id); });
  else found = world_.serials();
  std::erase_if(found, [&](core::serial id) {
    return id <= r.after || (kind && world_.find(id)->kind != *kind);
  });
  std::sort(found.begin(), found.end());
  std::optional<core::serial> next;
  if (found.size() > r.limit) {
    found.resize(r.limit);
    next = found.back();
  }
  answer_to(s, t, things_listed{std::move(found), next});
}

// -- whose it is ---------------------------------------------------------------------------------

void world_keeper::keep_owner(const storage::owned_bot& bot) {
  if (parts_.history) uncommitted_.note_owner(bot);
}

std::optional<core::problem> world_keeper::refuse_stranger(core::serial bot) const {
  if (asking_.most == rights::level::manage) return std::nullopt;
  if (owners_.may_play(asking_, bot)) return std::nullopt;
  const std::string id = core::to_string(core::thing_id{parts_.number, bot});
  return core::problem{
      core::errc::forbidden, "bot " + id + " is not yours: another token made it", {}}
      .with("id", id);
}

// Private properties are for the bot's own session and for those whom it belongs to.
bool world_keeper::reveals(connection_id who, core::serial thing) const {
  const connection_id* const speaker = speakers_.find(thing);
  if (speaker && *speaker == who) return true;
  if (asking_.principal == 0) return false;
  return asking_.most == rights::level::manage || owners_.may_play(asking_, thing);
}

// -- who speaks ----------------------------------------------------------------------------------

void world_keeper::perform(connection_id who, session_ref s, const ticket& t, attach_request& r) {
  const core::thing* bot = world_.find(r.bot);
  if (!bot || bot->kind != world_.catalogue().bot_kind())
    return answer_to(s, t, core::no_such_bot(world_, parts_.number, r.bot));
  if (const auto why = refuse_stranger(r.bot)) return answer_to(s, t, *why);
  if (r.take) speak_for(r.bot, who);
  else if (const auto why = may_act(who, r.bot)) return answer_to(s, t, *why);
  answer_to(s, t, thing_shown{r.bot}, true);
  run_tick_if_ready();
}

void world_keeper::perform(connection_id who, session_ref s, const ticket& t, detach_request& r) {
  const connection_id* const speaker = speakers_.find(r.bot);
  if (!speaker || *speaker != who) {
    if (!world_.find(r.bot))
      return answer_to(s, t, core::no_such_bot(world_, parts_.number, r.bot));
    return answer_to(
        s, t,
        core::problem{core::errc::forbidden, "this connection does not speak for that bot", {}});
  }
  fall_silent(r.bot);
  answer_to(s, t, nothing{});
  run_tick_if_ready();
}

void world_keeper::perform(connection_id who, session_ref s, const ticket& t, see_request& r) {
  const core::thing* bot = world_.find(r.bot);
  if (!bot || bot->kind != world_.catalogue().bot_kind())
    return answer_to(s, t, core::no_such_bot(world_, parts_.number, r.bot));
  const core::micrometres sight = core::sight_of(world_);
  answer_to(s, t, perceived{r.bot, std::min(r.range.value_or(sight), sight), r.ego},
            reveals(who, r.bot));
}

// -- watching ------------------------------------------------------------------------------------

void world_keeper::perform(connection_id who, session_ref s, const ticket& t,
                           subscribe_request& r) {
  auto place = take_subscription(s.peer, parts_.limits.subscriptions);
  if (!place)
    return answer_to(s, t,
                     core::problem{core::errc::over_capacity,
                                   "this connection already has " +
                                       std::to_string(parts_.limits.subscriptions) +
                                       " subscriptions: end one of them first",
                                   {}});
  if (r.bot) {
    const core::thing* bot = world_.find(*r.bot);
    if (!bot || bot->kind != world_.catalogue().bot_kind())
      return answer_to(s, t, core::no_such_bot(world_, parts_.number, *r.bot));
  }
  subscriptions::watcher fresh;
  fresh.who = who;
  fresh.peer = s.peer;
  fresh.place = std::move(place);
  fresh.bot = r.bot;
  const core::micrometres sight = core::sight_of(world_);
  fresh.range = std::min(r.range.value_or(sight), sight);
  fresh.interval = std::chrono::duration_cast<subscriptions::clock::duration>(
      std::chrono::duration<double>{std::min(1 / r.max_hz, interval_max)});
  std::optional<bool> resync;
  if (r.since) {
    fresh.needs_snapshot = r.bot.has_value() || !resume(fresh, *r.since);
    resync = fresh.needs_snapshot;
  }
  const auto& added = subscriptions_.add(std::move(fresh));
  answer_to(s, t, subscribed{added.sub, world_.seq(), world_.tick(), resync});
}

// What happened since that sequence becomes the watcher's first delta. False where that is not
// known.
bool world_keeper::resume(subscriptions::watcher& w, std::uint64_t since) {
  constexpr std::uint64_t records_max = 100'000;
  if (!parts_.history || since > world_.seq() || world_.seq() - since > records_max) return false;
  write_commit();
  bool is_whole = true;
  const auto note = [&](const core::record& r) {
    // Things had other properties before.
    if (core::chooses_catalogue(r.command)) return is_whole = false;
    for (const core::effect& e : r.effects) subscriptions::note(w, e);
    return true;
  };
  const auto read = parts_.history->read(since + 1, records_max, note);
  return read && is_whole && *read == world_.seq() - since;
}

void world_keeper::perform(connection_id who, session_ref s, const ticket& t,
                           unsubscribe_request& r) {
  if (subscriptions_.remove(who, r.sub)) return answer_to(s, t, nothing{});
  answer_to(
      s, t,
      core::problem{core::errc::not_found, "no such subscription on this connection", {}}.with(
          "sub", static_cast<std::int64_t>(r.sub)));
}

}  // namespace unscripted::actors
