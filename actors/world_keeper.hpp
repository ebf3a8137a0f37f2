// The keeper of one world: takes requests in order, has them decided, applied and recorded, answers
// once they are durable, runs the world's clock, and tells the watchers.
//
// It is everything that a world actor does, without an actor: no threads, no timers of its own.
//
//   submit() -> resolve -> decide -> history -> apply -> answer kept back -> commit() -> answers
//   leave
//
// Order: the requests of one connection arrive numbered, possibly by two ways (through a bot's
// actor or straight); they are carried out and answered in that order. Group commit: the first
// record after a commit asks for the next one behind everything that waits; what came by then is
// one write, with what came before where only a few hosted minds act. Used by one thread at a time.
#pragma once

#include "actors/bot_owners.hpp"
#include "actors/client.hpp"
#include "actors/limits.hpp"
#include "actors/rate.hpp"
#include "actors/shadow.hpp"
#include "actors/spare.hpp"
#include "actors/subscriptions.hpp"
#include "actors/surroundings.hpp"
#include "actors/told_answers.hpp"
#include "core/decide.hpp"
#include "core/mirror.hpp"
#include "core/serial_map.hpp"
#include "storage/history.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace unscripted::actors {

using client_ptr = std::shared_ptr<client>;

struct request {
  request(actors::ticket&& t, world_request&& w, rights m = {})
    : ticket(std::move(t)), what(std::move(w)), may(m) {}

  actors::ticket ticket;
  world_request what;
  rights may;
};

/// The last request of every connection: it is gone or, while it stays, has learned that the world
/// is, and still awaits the answers to what it asked before.
struct closing {
  bool awaits_answers = false;
};

/// A request with its place in the connection's order, from 0 without gaps per world.
struct numbered_request {
  numbered_request(std::uint64_t place, ticket&& t, world_request&& w, const rights& may = {})
    : order(place), what(std::in_place_type<request>, std::move(t), std::move(w), may) {}
  numbered_request(std::uint64_t place, closing last) : order(place), what(last) {}

  std::uint64_t order;
  std::variant<request, closing> what;
};

/// Answers that several of the keeper's sources give.
core::problem storage_full();
core::problem gone(core::world_number number);  // the world was deleted

/// How many hosted minds of so many think at a time. Clients are heard in between, and a thousand
/// minds think for a millisecond; but each time costs a commit and wakes the other threads, so of a
/// large crowd, whose own turn takes many times as long, more think together.
std::size_t minds_at_once(std::size_t minds);

class world_keeper {
public:
  struct parts {
    core::world_number number = 0;
    storage::durability durability = storage::durability::wal;
    storage::store* store = nullptr;          // null with durability memory
    std::optional<storage::history> history;  // likewise
    deciders with;                            // of this process
    world_limits limits;
  };

  world_keeper(parts with, surroundings& around);

  /// The state at the end of the history, for go_on().
  storage::result<storage::recovered> recover();
  /// Begins a new world with its first record, and with these things. Commits them. `principal`:
  /// whoever wished it.
  std::optional<core::problem> found(const core::command& first,
                                     const std::vector<core::thing_wish>& things = {},
                                     std::uint64_t principal = 0);
  /// Goes on with a world from its history. A catalogue that differs from the recorded one is
  /// recorded, and so is another name (of an import); an empty one is that which it has.
  std::optional<core::problem> go_on(std::unique_ptr<core::world> recovered,
                                     const std::string& name = {});

  /// Requests of one connection.
  void submit(const client_ptr& from, connection_id who, std::span<numbered_request> all);
  /// What hosted minds chose, in the words of `catalogue`, in the order in which they were asked.
  /// Too late where the bot died, another speaks for it, or other plugins were loaded meanwhile.
  void chosen(std::vector<core::act_command> acts, const core::catalogue_ptr& catalogue);
  /// Whether take() would be refused: the world has things that nobody would bring.
  std::optional<core::problem> would_take(const core::catalogue_ptr& next) const;
  /// Other plugins decide from now on. Recorded where they describe themselves otherwise; commits.
  plugin_verdict take(const deciders& next);
  void commit();
  /// What commit_soon() asked for. Commits, unless nobody waits for that: what a few hosted minds
  /// did is written down with what they do next.
  void commit_in_turn();
  void wake(const alarm& a);
  /// Everything after this is answered `not_found`: the world was deleted.
  void doom();
  /// Closes all connections that talk to this world: it failed.
  void abort_all(std::string_view why);

  const core::world& world() const { return world_; }
  view seen() const { return {world_, parts_.number, parts_.durability, false}; }

private:
  struct session {
    client_ptr peer;
    std::uint64_t next = 0;                           // in order
    std::map<std::uint64_t, numbered_request> early;  // arrived before their turn
    std::deque<request> waiting;                      // behind actions that wait for their tick
    std::size_t turns = 0;                            // actions that wait for their tick
    outbox mail;                                      // leaves at the next commit
    bool has_mail = false;
    bool is_leaving = false;  // gone once the world is, which is decided
  };
  /// How a client named its action, and what it asked for.
  struct naming {
    core::origin from;
    std::uint64_t wish = 0;  // its digest; 0 without a key
  };
  struct turn {
    core::command command;
    connection_id who = 0;
    actors::ticket ticket;
    bool see = false;
    naming name = {};
    std::uint64_t arrival = 0;                  // in the order in which turns came
    core::record result = {};                   // once decided
    std::optional<core::problem> refusal = {};  // why it was not
  };
  /// The turn of a living bot's own mind.
  enum class mind_state : std::uint8_t { resting, owed, asked, acted };
  using spare_text = spare<std::string, 64, 64UL * 1024>;  // of answers: 4 MiB a thread
  static inline const core::origin nobody;  // no token, no key: what a world does by itself
  using session_ref = session&;
  using turn_table = std::map<core::serial, turn>;
  using time_point = std::chrono::steady_clock::time_point;

  // requests (world_requests.cpp)
  bool take_in_order(session_ref s, connection_id who, numbered_request&& r);
  bool carry_out_next(connection_id who, session_ref s, numbered_request&& r);
  void carry_out(connection_id who, session_ref s, numbered_request&& r);
  void carry_out(connection_id who, session_ref s, request&& r);
  static bool stands_behind_a_turn(const session& s, const request& r);
  void let_go(connection_id who, session_ref s);
  void close(connection_id who);
  void perform(connection_id who, session_ref s, const ticket& t, act_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, see_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, show_world_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, update_world_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, create_thing_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, show_thing_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, update_thing_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, delete_thing_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, list_things_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, attach_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, detach_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, subscribe_request& r);
  bool resume(subscriptions::watcher& w, std::uint64_t since);
  void perform(connection_id who, session_ref s, const ticket& t, unsubscribe_request& r);
  void perform(connection_id who, session_ref s, const ticket& t, flush_request& r);
  void answer_to(session_ref s, const ticket& t, const answer& a, bool reveals = false);
  void tell(session_ref s, const event& e);
  session* find_session(connection_id who);
  void mark(session_ref s);

  // what would be too much (world_limits.cpp)
  std::optional<core::problem> why_no_room();
  void charge_history(std::size_t bytes);
  std::optional<core::problem> why_too_often(core::serial bot);

  // deciding and recording (world_keeper.cpp)
  std::optional<core::problem> call_itself(const std::string& name);
  std::optional<core::problem> record(core::command&& c, const core::origin& from = nobody);
  std::optional<core::problem> record(const core::origin& from);
  std::optional<core::problem> record_in_tick(core::command&& c, const core::origin& from = nobody);
  std::optional<core::problem> record_in_tick(const core::origin& from);
  core::origin asked_for() const { return {asking_.principal, {}}; }
  void keep_owner(const storage::owned_bot& bot);
  std::optional<core::problem> refuse_stranger(core::serial bot) const;
  bool reveals(connection_id who, core::serial thing) const;
  void follow_births_and_deaths();
  void bury(core::serial bot, const std::string& cause, core::serial heir);
  void welcome(const core::thing& bot);
  std::optional<core::problem> change_catalogue(const core::catalogue_ptr& next);
  void restart_mirror();
  void decide_beside();
  void ask_for_commit();
  bool may_commit_later() const;
  void write_if_large();
  void write_commit();
  void release();
  void fail(const std::string& message);
  void count_from_here();
  void tell_counts();

  // actions that their clients named (world_answers.cpp)
  bool answer_again(connection_id who, session_ref s, const ticket& t, const act_request& r);
  naming name_of(act_request& r) const;
  void remember(const naming& name, const core::record& done, core::serial bot);
  const core::vec3* place_of(core::serial bot) const;

  // who speaks for whom, and turns (world_turns.cpp)
  std::optional<core::problem> may_act(connection_id who, core::serial bot,
                                       bool in_passing = false);
  core::serial successor_of(core::serial bot) const;
  void replace_the_dead(core::act_wish& wish) const;
  std::size_t spoken_for() const;
  void speak_for(core::serial bot, connection_id who);
  void name_speaker(core::serial bot, connection_id who);
  void fall_silent(core::serial bot);
  void act_now(session_ref s, const ticket& t, core::serial bot, act_request& r);
  void await_tick(session_ref s, turn&& t, core::serial bot);
  void run_tick_if_ready();
  bool nobody_acted() const { return turns_.empty() && minds_acted_ == 0; }
  bool everyone_acted() const;
  void await_the_absent();
  void ring_at_the_deadline();
  void end_waiting_for_the_absent();
  void run_tick();
  void decide_turns(turn_table& turns, bool pass_for_absent);
  void decide_turn(core::serial bot, turn& t);
  void pass_for(core::serial bot);
  void answer_turn(core::serial bot, turn& t);
  void answer_turns(turn_table& turns);
  void refuse_turn(turn& t, core::problem why);
  void refuse_all_turns(const core::problem& why);
  void settle_turns();
  void take_turn(core::serial bot, turn t);
  void drain_waiting();
  void await_room();
  void owe_turn(core::serial bot);
  void owe_turn(core::serial bot, mind_state& mind);
  bool pay_turns();
  void chosen(core::act_command&& act, bool is_late);
  void owe_all();
  core::act_command* take_act_of(core::serial bot);
  void drop_act(core::serial bot);
  void restart_clock();

  parts parts_;
  surroundings& around_;
  core::world world_;
  core::record record_;                 // reused; its command is put here to be recorded
  std::optional<core::mirror> mirror_;  // where others decide beside
  storage::commit_builder uncommitted_;
  told_answers told_;
  std::unordered_map<connection_id, session> sessions_;
  std::vector<connection_id> with_mail_;
  std::vector<letter> letters_;  // reused
  rights asking_;                // of the request that is carried out now
  bot_owners owners_;
  core::serial_map<connection_id> speakers_;  // connections; hosted minds are not here
  core::serial_map<mind_state> minds_;
  core::serial_map<core::act_command> mind_acts_;  // the last of each: counts where it acted
  std::size_t minds_acted_ = 0;                    // whose action waits for the tick
  std::deque<core::serial> owed_;                  // minds to be asked after the commit, in order
  turn_table turns_;                               // actions of clients that wait for the tick
  subscriptions subscriptions_;
  rate_gate history_rate_;  // of bytes
  std::map<core::serial, rate_gate>
      act_rates_;                   // of bots that clients act for, where it is limited
  tally counts_;                    // not told yet
  std::uint64_t counted_tick_ = 0;  // when they were told last, and how many bots lived then
  std::size_t counted_bots_ = 0;
  std::uint64_t clock_ = 0;                 // which alarm of the clock still counts
  std::uint64_t deltas_ = 0;                // which alarm for deltas still counts
  std::optional<time_point> deltas_due_;    // when it comes
  std::uint64_t deadlines_ = 0;             // which alarm for a deadline still counts
  std::optional<time_point> deadline_due_;  // when it comes
  std::optional<time_point> deadline_;      // of this tick; absent while nobody waits for anybody
  bool deadline_passed_ = false;            // of this tick: connections are not waited for
  bool room_alarm_ = false;                 // one is on its way
  std::uint64_t arrivals_ = 0;              // of turns
  bool unblocked_ = false;                  // an action that requests may stand behind was answered
  bool commit_asked_ = false;               // since the last one
  bool turn_is_coming_ = false;             // commit_soon() is under way
  bool failed_ = false;                     // a write failed: nothing is sent any more
  bool doomed_ = false;
};

}  // namespace unscripted::actors
