#include "actors/world_keeper.hpp"

#include "core/mind.hpp"

#include <algorithm>
#include <utility>

namespace unscripted::actors {

namespace {

// A commit is written at once when it holds this much, whatever still waits.
constexpr std::uint64_t commit_records_max = 4096;
constexpr std::size_t commit_bytes_max = 1 << 20;

// Whether this process can think for the bot: a history may name a mind that is gone since.
bool has_mind(const core::thing& bot) {
  const auto& known = core::mind_names();
  return std::find(known.begin(), known.end(), bot.mind) != known.end();
}

}  // namespace

core::problem storage_full() {
  return {core::errc::storage_full,
          "the disk of the data folder is nearly full: nothing new is recorded; free some space",
          {}};
}

world_keeper::world_keeper(parts with, surroundings& around)
  : parts_(std::move(with)), around_(around), subscriptions_(parts_.number) {}

std::optional<core::problem> world_keeper::found(const core::command& first,
                                                 const std::vector<core::thing_wish>& things,
                                                 std::uint64_t principal) {
  if (auto why = record(core::command{first}, {principal, {}})) return why;
  for (const core::thing_wish& wish : things) {
    auto command = core::resolve_create(world_, wish);
    if (!command) return command.why();
    if (auto why = record(std::move(*command), {principal, {}})) return why;
  }
  restart_mirror();
  commit();
  restart_clock();
  return std::nullopt;
}

storage::result<storage::recovered> world_keeper::recover() {
  auto told = parts_.history->answers();
  if (!told) return std::move(told.why());
  for (storage::kept_answer& one : *told)
    if (const auto old = told_.add(std::move(one))) uncommitted_.forget_answer(*old);
  return parts_.history->recover();
}

std::optional<core::problem> world_keeper::go_on(std::unique_ptr<core::world> recovered,
                                                 const std::string& name) {
  world_ = std::move(*recovered);
  count_from_here();
  if (parts_.store) {
    const auto owned = parts_.store->owned_bots(parts_.number);
    if (!owned) return core::problem{core::errc::damaged, owned.why().message, {}};
    for (const storage::owned_bot& bot : *owned)
      if (world_.find(bot.bot)) owners_.remember(bot);
  }
  const core::catalogue_ptr& present = parts_.with.catalogue;
  if (world_.catalogue().same_description(*present)) world_.bind(present);
  else if (auto why = record(core::load_command{present})) return why;
  restart_mirror();
  if (auto why = call_itself(name)) return why;
  for (const core::serial bot : world_.bots()) welcome(*world_.find(bot));
  commit();
  restart_clock();
  return std::nullopt;
}

std::optional<core::problem> world_keeper::call_itself(const std::string& name) {
  if (name.empty() || name == world_.settings().name) return std::nullopt;
  core::world_wish wish;
  wish.name = name;
  auto command = core::resolve_configure(world_, wish);
  if (!command) return command.why();
  return record(std::move(*command));
}

// -- deciding and recording ----------------------------------------------------------------------

std::optional<core::problem> world_keeper::record(core::command&& c, const core::origin& from) {
  core::put(std::move(c), record_.command);
  return record(from);
}

// What was put into the place of the record's command.
std::optional<core::problem> world_keeper::record(const core::origin& from) {
  if (auto full = why_no_room()) return full;
  auto why = record_in_tick(from);
  write_if_large();
  return why;
}

std::optional<core::problem> world_keeper::record_in_tick(core::command&& c,
                                                          const core::origin& from) {
  core::put(std::move(c), record_.command);
  return record_in_tick(from);
}

// A tick that has begun is finished, however full the disk is, and never torn into two commits: a
// crash in between would have the first of its bots act twice.
std::optional<core::problem> world_keeper::record_in_tick(const core::origin& from) {
  record_.from = from;
  if (auto why = core::decide(world_, record_)) return why;
  ++counts_.records;
  if (std::holds_alternative<core::act_command>(record_.command))
    ++counts_.actions[static_cast<std::size_t>(record_.outcome)];
  // The pointer is not copied: all worlds would count its owners at one place, at each record.
  if (parts_.history) uncommitted_.add(record_, world_.shared_catalogue());
  if (mirror_) decide_beside();
  world_.apply(record_);
  if (!subscriptions_.empty())
    for (const core::effect& e : record_.effects) subscriptions_.note(e);
  follow_births_and_deaths();
  ask_for_commit();
  return std::nullopt;
}

void world_keeper::ask_for_commit() {
  commit_asked_ = true;
  if (!std::exchange(turn_is_coming_, true)) around_.commit_soon();
}

void world_keeper::follow_births_and_deaths() {
  for (const core::effect& e : record_.effects) {
    if (e.type == core::effect_type::removed) bury(e.thing, e.text(), e.bits);
    if (e.type != core::effect_type::created || e.thing == core::world_serial) continue;
    const core::thing* t = world_.find(e.thing);
    if (!t || t->kind != world_.catalogue().bot_kind()) continue;
    ++counts_.births;
    const bool is_made = std::holds_alternative<core::create_command>(record_.command);
    if (is_made && record_.from.principal != 0)
      keep_owner(owners_.add(t->id, record_.from.principal));
    welcome(*t);
  }
}

void world_keeper::welcome(const core::thing& bot) {
  around_.bot_started(bot.id, bot.mind);
  if (!has_mind(bot)) return;
  minds_.insert(bot.id, {});
  owe_turn(bot.id);
}

// The one who spoke for the dead is told, and speaks for the heir.
void world_keeper::bury(core::serial bot, const std::string& cause, core::serial heir) {
  const auto pending = turns_.find(bot);
  if (pending != turns_.end()) {
    refuse_turn(pending->second, core::no_such_bot(world_, parts_.number, bot));
    turns_.erase(pending);
  }
  if (const connection_id* const speaker = speakers_.find(bot)) {
    const connection_id who = *speaker;
    speakers_.erase(bot);
    if (heir != core::no_thing) name_speaker(heir, who);
    if (session* s = find_session(who))
      tell(*s, died_event{bot, cause.empty() ? "deleted" : cause, heir});
  }
  drop_act(bot);
  minds_.erase(bot);
  mind_acts_.erase(bot);
  for (const storage::owned_bot& changed : owners_.bury(bot, heir)) keep_owner(changed);
  act_rates_.erase(bot);
  around_.bot_ended(bot);
}

// -- committing ----------------------------------------------------------------------------------

void world_keeper::commit_in_turn() {
  turn_is_coming_ = false;
  if (may_commit_later() && pay_turns()) return ask_for_commit();
  commit();
}

// Where nobody waits a commit is not written before it holds what a larger crowd does between two:
// a write takes as long as ten turns of hosted minds, and the worlds of a store write one after the
// other.
bool world_keeper::may_commit_later() const {
  const std::size_t enough = minds_at_once(0);
  const bool nobody_waits = with_mail_.empty() && subscriptions_.empty();
  return nobody_waits && parts_.history && !failed_ && uncommitted_.count() < enough &&
         world_.settings().pace == core::pace::free;
}

void world_keeper::commit() {
  commit_asked_ = false;
  write_commit();
  if (failed_) return;
  tell_counts();
  release();
  pay_turns();
}

void world_keeper::write_if_large() {
  if (uncommitted_.count() >= commit_records_max || uncommitted_.bytes().size() >= commit_bytes_max)
    write_commit();
}

void world_keeper::write_commit() {
  if (!parts_.history || uncommitted_.empty() || failed_) return;
  ++counts_.commits;
  counts_.commit_bytes += uncommitted_.bytes().size();
  charge_history(uncommitted_.bytes().size());
  if (const auto why = parts_.history->append(uncommitted_, world_)) return fail(why->message);
  if (!parts_.history->snapshot_due(world_)) return;
  if (const auto why = parts_.history->snapshot(world_)) fail(why->message);
}

void world_keeper::count_from_here() {
  counts_ = {};
  counted_tick_ = world_.tick();
  counted_bots_ = world_.bots().size();
}

void world_keeper::tell_counts() {
  counts_.ticks = world_.tick() - counted_tick_;
  counts_.deaths = counted_bots_ + counts_.births - world_.bots().size();
  around_.count(counts_);
  count_from_here();
}

void world_keeper::fail(const std::string& message) {
  failed_ = true;
  around_.storage_failed(message);
}

// Everything that was kept back leaves: it is durable now.
void world_keeper::release() {
  const auto told = [this](const subscriptions::watcher& w, const event& e) {
    if (session* s = find_session(w.who)) tell(*s, e);
  };
  const auto now = around_.now();
  const auto again = subscriptions_.tell(world_, now, told);
  if (again && (!deltas_due_ || *again < *deltas_due_)) {  // else an alarm is on its way
    deltas_due_ = again;
    around_.wake_in(std::chrono::ceil<std::chrono::microseconds>(*again - now),
                    {alarm::purpose::deltas, ++deltas_});
  }
  for (const connection_id who : with_mail_) {
    session* s = find_session(who);
    if (!s) continue;
    s->has_mail = false;
    letters_.push_back({s->peer, std::exchange(s->mail, {})});
  }
  with_mail_.clear();
  around_.send(letters_);
  for (letter& l : letters_) spare_text::give(std::move(l.mail.bytes));
  letters_.clear();
}

void world_keeper::wake(const alarm& a) {
  switch (a.what) {
    case alarm::purpose::deltas:
      if (a.key != deltas_) return;
      deltas_due_.reset();
      return commit();
    case alarm::purpose::deadline:
      if (a.key != deadlines_) return;
      end_waiting_for_the_absent();
      break;
    case alarm::purpose::clock:
      if (a.key != clock_) return;
      if (!world_.paused()) run_tick();
      restart_clock();
      break;
    case alarm::purpose::room:
      room_alarm_ = false;
      owe_all();
      break;
  }
  drain_waiting();
}

void world_keeper::doom() {
  commit();
  doomed_ = true;
  parts_.history.reset();
  for (const core::serial bot : world_.bots()) around_.bot_ended(bot);
  refuse_all_turns(gone(parts_.number));
  drain_waiting();
  speakers_.clear();
  minds_.clear();
  mind_acts_.clear();
  minds_acted_ = 0;
  owed_.clear();
  told_.clear();
  act_rates_.clear();
  subscriptions_ = subscriptions{parts_.number};
  ++clock_;
  world_ = core::world{};
  count_from_here();
  commit();
  std::erase_if(sessions_, [](const auto& entry) { return entry.second.is_leaving; });
}

void world_keeper::abort_all(std::string_view why) {
  for (auto& [who, s] : sessions_) s.peer->abort(why);
  sessions_.clear();
}

}  // namespace unscripted::actors
