#include "actors/directory.hpp"

#include "actors/world_actor.hpp"
#include "storage/clock.hpp"

#include <algorithm>
#include <random>

namespace unscripted::actors {

namespace {

using directory_self = caf::stateful_actor<directory_state>*;

// After so many failures a world stays down: its state is suspect.
constexpr int failures_max = 3;

std::uint64_t random_seed() {
  std::random_device entropy;
  const std::uint64_t high = entropy();
  // 53 bits, so that it survives a trip through any client's numbers.
  return ((high << 32) | entropy()) & ((std::uint64_t{1} << 53) - 1);
}

void answer(const client_ptr& to, const ticket& t, const actors::answer& a) {
  answer_alone(*to, t, a);
}

core::problem name_taken(const std::string& name) {
  return core::problem{core::errc::conflict, "there is already a world named " + name, {}}.with(
      "name", name);
}

core::problem enough_worlds(const char* whose, std::size_t most, const char* option) {
  return core::problem{core::errc::over_capacity,
                       whose + std::to_string(most) +
                           " worlds that it may have: delete one, or let the server's owner start "
                           "it with more (" +
                           option + ")",
                       {}}
      .with("limit", static_cast<std::int64_t>(most));
}

// Those that are there, whether they run or not. `owner`: the token of the next one; 0 is nobody's.
std::optional<core::problem> why_no_more_worlds(const node& common, std::uint64_t owner) {
  const std::size_t all = common.limits.worlds, of_token = common.limits.worlds_per_token;
  if (all == 0 && of_token == 0) return std::nullopt;
  const auto worlds = common.book.worlds();
  if (all != 0 && worlds.size() >= all)
    return enough_worlds("this server has the ", all, "--max-worlds");
  if (of_token == 0 || owner == 0) return std::nullopt;
  const auto own = std::ranges::count(worlds, owner, &address_book::world_entry::owner);
  if (static_cast<std::size_t>(own) < of_token) return std::nullopt;
  return enough_worlds("your token has the ", of_token, "--max-worlds-per-token");
}

// As where a commit fails: what a failed write has left on the disk is not known, so nothing goes
// on. All other failures have written nothing.
core::problem problem_of(const node& common, const storage::failure& why) {
  if (why.kind == storage::failure_kind::broken) common.fatal(why.message);
  return core::problem{core::errc::conflict, why.message, {}};
}

std::optional<core::problem> delete_history(const node& common, core::world_number number) {
  if (!common.store) return std::nullopt;
  const auto why = common.store->delete_world(number);
  return why ? std::optional{problem_of(common, *why)} : std::nullopt;
}

caf::actor spawn_world(directory_self self, node* common, core::world_number number) {
  auto world = self->spawn(world_actor, common, number, caf::actor{self});
  self->monitor(world);
  self->state.living[world.address()] = number;
  return world;
}

core::result<core::world_number> new_number(directory_self self, node& common,
                                            const core::settings& s, std::uint64_t owner) {
  if (!common.store) return static_cast<core::world_number>(++self->state.last_number);
  if (!common.store->has_room()) return storage_full();  // before a world is entered in vain
  auto number = common.store->create_world(s.name, s.created_ms, owner);
  if (number) return *number;
  return problem_of(common, number.why());
}

void create(directory_self self, node* common, world_creation& c) {
  if (const auto why = why_no_more_worlds(*common, c.principal))
    return answer(c.from, c.ticket, *why);
  if (!c.wish.seed) c.wish.seed = random_seed();
  if (c.wish.name && common->book.find_world(*c.wish.name))
    return answer(c.from, c.ticket, name_taken(*c.wish.name));
  if (!c.wish.name) {
    std::size_t n = common->book.worlds().size() + 1;
    while (common->book.find_world("world-" + std::to_string(n))) ++n;
    c.wish.name = "world-" + std::to_string(n);
  }
  auto first = core::resolve_found(self->state.present.catalogue, c.wish, storage::unix_ms());
  if (!first) return answer(c.from, c.ticket, first.why());
  auto number =
      new_number(self, *common, std::get<core::found_command>(*first).settings, c.principal);
  if (!number) return answer(c.from, c.ticket, number.why());
  if (!common->book.add_world(
          {*number, *c.wish.name, nullptr, "it is being created", c.principal})) {
    // Another world took the name meanwhile.
    static_cast<void>(delete_history(*common, *number));
    return answer(c.from, c.ticket, name_taken(*c.wish.name));
  }
  const auto world = spawn_world(self, common, *number);
  common->book.replace_world(*number, world, {});
  self->send(world, founding{std::move(*first), std::move(c.things), self->state.present, c.from,
                             c.ticket, c.principal});
}

// Where the world cannot live its history goes: it was made for this.
void adopt(directory_self self, node* common, world_adoption& a) {
  auto why = why_no_more_worlds(*common, a.principal);
  if (!why &&
      !common->book.add_world({a.number, a.name, nullptr, "it is being started", a.principal}))
    why = name_taken(a.name);
  if (why) {
    static_cast<void>(delete_history(*common, a.number));
    return answer(a.from, a.ticket, *why);
  }
  const auto world = spawn_world(self, common, a.number);
  common->book.replace_world(a.number, world, {});
  self->send(world, recovery{self->state.present, a.from, a.ticket, a.name});
}

// -- other plugins -------------------------------------------------------------------------------

void note_verdict(directory_self self, std::uint64_t number, plugin_verdict v) {
  const auto found = self->state.rounds.find(number);
  if (found == self->state.rounds.end()) return;
  auto& round = found->second;
  if (round.missing.erase(v.world) > 0) round.verdicts.push_back(std::move(v));
  if (!round.missing.empty()) return;
  const auto done = std::move(round);
  self->state.rounds.erase(found);
  done.then(done.verdicts);
}

// Worlds that begin from now on begin with them, and each that lives has its message before any
// other of ours: none is left out.
void change_plugins(directory_self self, plugin_change& c) {
  auto& state = self->state;
  if (!c.is_question) state.present = c.next;
  const std::uint64_t number = ++state.last_round;
  auto& round = state.rounds[number];
  round.then = std::move(c.then);
  for (const auto& [address, world] : state.living) {
    const auto actor = caf::actor_cast<caf::actor>(address);
    if (!actor) continue;
    round.missing.insert(world);
    self->send(actor, plugin_offer{number, c.next, c.is_question});
  }
  if (round.missing.empty()) note_verdict(self, number, {});
}

// It answers no more. A world that is started anew begins with what is present.
void miss_no_longer(directory_self self, core::world_number world) {
  std::vector<std::uint64_t> waiting;
  for (const auto& [number, round] : self->state.rounds)
    if (round.missing.contains(world)) waiting.push_back(number);
  for (const std::uint64_t number : waiting) note_verdict(self, number, {world, 0, {}});
}

// -- worlds come and go --------------------------------------------------------------------------

// The world's actor is to be told no more than to stop.
void retire(directory_self self, core::world_number number) {
  miss_no_longer(self, number);
  std::erase_if(self->state.living, [&](const auto& entry) {
    if (entry.second == number) self->state.retired.insert(entry.first);
    return entry.second == number;
  });
}

void destroy(directory_self self, node* common, world_deletion& d) {
  const auto entry = common->book.find_world(d.number);
  if (!entry) return answer(d.from, d.ticket, deleted{0});
  common->book.remove_world(d.number);
  const core::world_number number = d.number;
  self->state.deleting.insert_or_assign(number, std::move(d));
  if (entry->actor) self->send(entry->actor, dooming{});
  else self->send(self, doomed{number});
}

// The world's actor let go of its history: nothing writes to it any more.
void finish_deletion(directory_self self, node* common, core::world_number number) {
  const auto found = self->state.deleting.find(number);
  if (found == self->state.deleting.end()) return;
  const world_deletion d = std::move(found->second);
  self->state.deleting.erase(found);
  retire(self, number);
  if (const auto why = delete_history(*common, number)) return answer(d.from, d.ticket, *why);
  answer(d.from, d.ticket, deleted{1});
}

void start(directory_self self, node* common) {
  if (!common->store) return;
  auto worlds = common->store->worlds();
  if (!worlds) {
    common->warn(worlds.why().message);
    self->state.troubles.push_back(worlds.why().message);
    return;
  }
  for (const storage::world_entry& w : *worlds) {
    if (common->store->is_read_only()) {
      common->book.add_world({w.number, w.name, nullptr, "only its history is open here", w.owner});
      continue;
    }
    const auto world = spawn_world(self, common, w.number);
    // Killed between a deletion and the reuse of its name, a server finds two of that name.
    if (!common->book.add_world({w.number, w.name, world, {}, w.owner}))
      common->book.add_world(
          {w.number, w.name + "-" + std::to_string(w.number), world, {}, w.owner});
    self->state.starting.insert(w.number);
    self->send(world, recovery{self->state.present, nullptr, {}, {}});
  }
}

void report_if_all_started(directory_self self) {
  if (!self->state.starting.empty() || !self->state.starter) return;
  self->send(self->state.starter, all_started{self->state.troubles});
  self->state.starter = nullptr;
}

void note_started(directory_self self, node* common, const started& s) {
  if (!s.is_founded) {
    retire(self, s.number);
    common->book.remove_world(s.number);
    static_cast<void>(delete_history(*common, s.number));
  } else if (!s.trouble.empty()) {
    retire(self, s.number);
    const auto entry = common->book.find_world(s.number);
    const std::string line = "world " + (entry ? entry->name : std::to_string(s.number)) +
                             " was not started: " + s.trouble;
    common->warn(line);
    self->state.troubles.push_back(line);
    common->book.replace_world(s.number, nullptr, s.trouble);
  }
  self->state.starting.erase(s.number);
  report_if_all_started(self);
}

// A world failed: it is started anew from its history.
void start_again(directory_self self, node* common, core::world_number number) {
  if (self->state.deleting.contains(number)) return finish_deletion(self, common, number);
  if (!common->book.find_world(number)) return;
  if (!common->store) return note_started(self, common, {number, "it failed and is lost", true});
  if (++self->state.failures[number] > failures_max)
    return note_started(self, common, {number, "it failed too often; restart the server", true});
  retire(self, number);
  const auto world = spawn_world(self, common, number);
  common->book.replace_world(number, world, {});
  self->send(world, recovery{self->state.present, nullptr, {}, {}});
}

// An actor ended that nobody stopped, or that nobody needs any more.
void note_down(directory_self self, node* common, const caf::down_msg& down) {
  if (self->state.retired.erase(down.source) > 0) return;
  const auto found = self->state.living.find(down.source);
  if (found == self->state.living.end()) return;
  const core::world_number number = found->second;
  self->state.living.erase(found);
  miss_no_longer(self, number);
  start_again(self, common, number);
}

void stop(directory_self self) {
  const auto tell = [&](const caf::actor_addr& address) {
    if (const auto world = caf::actor_cast<caf::actor>(address)) self->send(world, stopping{});
  };
  for (const auto& [address, number] : self->state.living) tell(address);
  for (const caf::actor_addr& address : self->state.retired) tell(address);
  self->quit();
}

}  // namespace

caf::behavior directory_actor(caf::stateful_actor<directory_state>* self, node* common,
                              deciders present) {
  self->state.present = std::move(present);
  self->set_default_handler(caf::drop);
  self->set_down_handler([=](caf::down_msg& down) { note_down(self, common, down); });
  return {
      [=](start_all) {
    self->state.starter = caf::actor_cast<caf::actor>(self->current_sender());
    start(self, common);
    report_if_all_started(self);
      },
      [=](const started& s) { note_started(self, common, s); },
      [=](world_creation& c) { create(self, common, c); },
      [=](world_adoption& a) { adopt(self, common, a); },
      [=](world_deletion& d) { destroy(self, common, d); },
      [=](const doomed& d) { finish_deletion(self, common, d.number); },
      [=](const failed& f) { start_again(self, common, f.number); },
      [=](plugin_change& c) { change_plugins(self, c); },
      [=](plugin_answer& a) { note_verdict(self, a.round, std::move(a.verdict)); },
      [=](stopping) { stop(self); },
      };
}

}  // namespace unscripted::actors
