#include "actors/engine.hpp"

#include "actors/directory.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <thread>

namespace unscripted::actors {

namespace {

// A busy actor lets others have their turn after so many messages.
constexpr std::size_t messages_per_turn = 100;

// For so many requests, at most, room is made before they are there.
constexpr std::size_t queued_expected_max = 64;

unsigned worker_count(unsigned threads) {
  return threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency());
}

caf::actor_system_config configure(const engine_options& options) {
  caf::actor_system_config config;
  config.config_file_path = "";  // CAF would read a file of the working folder
  if (options.is_simulated) {
    config.set("scheduler.policy", caf::atom("testing"));
    return config;
  }
  config.load<sharing_scheduler>();
  config.set("scheduler.max-threads", std::size_t{worker_count(options.threads)});
  config.set("scheduler.max-throughput", messages_per_turn);
  return config;
}

}  // namespace

// -- port ----------------------------------------------------------------------------------------

/// The way to one world, and what waits to go there.
struct port::route {
  core::world_number number = 0;
  caf::actor world;                   // to notice that it was started anew
  std::uint64_t next = 0;             // in this connection's order
  caf::actor by;                      // whom `queued` goes to first; null where it is empty
  std::optional<core::serial> about;  // the bot of the last one of `queued`
  std::uint64_t losses = 0;           // of the address book, before `by` was found
  std::vector<numbered_request> queued;
  std::size_t usual = 0;  // how many were queued the last time

  bool leads_to(const std::optional<core::serial>& bot, std::uint64_t losses_now) const {
    return !queued.empty() && about == bot && losses == losses_now;
  }
  void queue(ticket&& t, world_request&& what, const rights& may) {
    if (queued.empty()) {
      queued = spare_requests::take();
      queued.reserve(usual);  // where a worker runs the world, what is spare is there
    }
    queued.emplace_back(next++, std::move(t), std::move(what), may);
  }
};

port::port(node& common, client_ptr from) : common_(common), from_(std::move(from)) {}

port::~port() {
  flush();
  for (const auto& r : routes_) take_leave(*r, false);
}

// The world forgets this connection, also one that was deleted: others may keep its actor.
void port::take_leave(const route& r, bool awaits_answers) {
  const auto entry = common_.book.find_world(r.number);
  const caf::actor world = entry ? entry->actor : r.world;
  if (world != r.world || !world) return;  // started anew meanwhile, it never knew this connection
  delivery last{from_, from_->id(), {}};
  last.requests.push_back({r.next, closing{awaits_answers}});
  caf::anon_send(world, std::move(last));
}

port::route* port::find_route(core::world_number world) const {
  for (const auto& r : routes_)
    if (r->number == world) return r.get();
  return nullptr;
}

port::route& port::route_to(core::world_number world) {
  if (route* known = find_route(world)) return *known;
  if (routes_.size() >= routes_max_) {
    forget([this](const route& r) { return !common_.book.find_world(r.number); });
    routes_max_ = std::max(routes_max_, 2 * routes_.size());
  }
  routes_.push_back(std::make_unique<route>());
  routes_.back()->number = world;
  return *routes_.back();
}

// A world that is gone is not kept in memory by those who used it.
template <class IsOver>
void port::forget(IsOver is_over) {
  flush();
  std::erase_if(routes_, [&](const auto& r) {
    if (!is_over(*r)) return false;
    take_leave(*r, true);
    return true;
  });
}

void port::refuse(core::world_number number, const ticket& t) {
  const std::string id = core::to_string(core::thing_id{number, core::world_serial});
  core::problem why{core::errc::not_found, "there is no world " + id, {}};
  if (const auto entry = common_.book.find_world(number))
    why = not_running(entry->name, entry->trouble);
  forget([number](const route& r) { return r.number == number; });
  answer_alone(*from_, t, std::move(why).with("id", id));
}

// Behind another one about the same it goes the same way, without looking for anybody.
void port::submit(core::world_number number, ticket&& t, world_request&& what, const rights& may) {
  const auto bot = bot_of(what);
  const std::uint64_t losses = common_.book.losses();
  if (route* same = find_route(number); same && same->leads_to(bot, losses))
    return same->queue(std::move(t), std::move(what), may);
  caf::actor world = common_.book.find_actor(number);
  if (!world) return refuse(number, t);
  route& way = route_to(number);
  if (way.world != world) {
    flush();  // the former one answers what it gets that it is gone
    way.world = std::move(world);
    way.next = 0;
  }
  caf::actor by = bot ? common_.book.find_bot({number, *bot}) : nullptr;
  if (!by) by = way.world;
  if (by != way.by && !way.queued.empty()) flush();
  way.by = std::move(by);
  way.about = bot;
  way.losses = losses;
  way.queue(std::move(t), std::move(what), may);
}

void port::flush() {
  for (const auto& r : routes_) {
    if (r->queued.empty()) continue;
    // Not kept: a bot's actor ends with the bot.
    const caf::actor by = std::exchange(r->by, nullptr);
    r->usual = std::min(r->queued.size(), queued_expected_max);
    caf::anon_send(by, delivery{from_, from_->id(), std::exchange(r->queued, {})});
  }
}

// -- engine --------------------------------------------------------------------------------------

struct engine::machinery {
  explicit machinery(engine_options options)
    : config(configure(options)), system(config),
      by_hand(dynamic_cast<caf::scheduler::test_coordinator*>(&system.scheduler())) {
    common.store = options.store;
    common.durability = options.durability;
    common.limits = options.limits;
    common.fatal = std::move(options.fatal);
    common.warn = std::move(options.warn);
    common.scheduler = dynamic_cast<sharing_scheduler*>(&system.scheduler());
    if (!by_hand) common.helpers = crew{system, worker_count(options.threads) - 1};
    if (!by_hand && std::thread::hardware_concurrency() > 1)
      common.post = std::make_unique<postman>();
    directory = system.spawn(directory_actor, &common, deciders{std::move(options.catalogue)});
  }

  /// Before something is waited for that no thread would do.
  void run() {
    while (by_hand && by_hand->try_run_once()) {
    }
  }

  node common;  // outlives the system
  caf::actor_system_config config;
  caf::actor_system system;
  caf::scheduler::test_coordinator* by_hand;  // null where threads do the work
  caf::actor directory;
};

engine::engine(engine_options options)
  : machinery_(std::make_unique<machinery>(std::move(options))) {
  caf::scoped_actor self{machinery_->system};
  self->send(machinery_->directory, start_all{});
  while (machinery_->by_hand && self->mailbox().empty()) step(0);
  self->receive([](const all_started&) {});
}

engine::~engine() {
  caf::anon_send(machinery_->directory, stopping{});
  machinery_->run();
  {
    caf::scoped_actor self{machinery_->system};
    self->wait_for(machinery_->directory);
    for (const auto& entry : machinery_->common.book.worlds())
      if (entry.actor) self->wait_for(entry.actor);
  }
  machinery_->directory = nullptr;
  machinery_->common.book.clear();
  machinery_->common.helpers.dismiss();
  machinery_->run();
  machinery_->system.await_all_actors_done();
  machinery_->common.post.reset();
}

std::unique_ptr<port> engine::open_port(client_ptr from) {
  return std::make_unique<port>(machinery_->common, std::move(from));
}

std::unique_ptr<guest> engine::open_guest(std::function<void()> call_soon) {
  return std::make_unique<guest>(machinery_->common, std::move(call_soon));
}

std::optional<core::world_number> engine::find_world(std::string_view name_or_id) const {
  if (const auto named = machinery_->common.book.find_world(name_or_id)) return named;
  const auto id = core::parse_id(name_or_id);
  if (!id || id->thing != core::world_serial) return std::nullopt;
  if (!machinery_->common.book.find_world(id->world)) return std::nullopt;
  return id->world;
}

std::vector<engine::world_summary> engine::worlds() const {
  std::vector<world_summary> all;
  for (const auto& entry : machinery_->common.book.worlds())
    all.push_back({entry.number, entry.name, entry.trouble});
  return all;
}

std::uint64_t engine::owner_of(core::world_number number) const {
  const auto entry = machinery_->common.book.find_world(number);
  return entry ? entry->owner : 0;
}

engine::counts engine::count() const {
  return {machinery_->common.book.worlds().size(), machinery_->common.book.bot_count()};
}

tally engine::so_far() const { return machinery_->common.so_far.total(); }

void engine::create_world(client_ptr from, ticket t, core::world_wish wish,
                          std::vector<core::thing_wish> things, std::uint64_t owner) {
  caf::anon_send(machinery_->directory, world_creation{std::move(from), std::move(t),
                                                       std::move(wish), std::move(things), owner});
}

void engine::adopt_world(client_ptr from, ticket t, core::world_number number, std::string name,
                         std::uint64_t owner) {
  caf::anon_send(machinery_->directory,
                 world_adoption{std::move(from), std::move(t), number, std::move(name), owner});
}

void engine::delete_world(client_ptr from, ticket t, core::world_number number) {
  caf::anon_send(machinery_->directory, world_deletion{std::move(from), std::move(t), number});
}

void engine::ask_worlds(core::catalogue_ptr next, verdicts_handler then) {
  caf::anon_send(machinery_->directory, plugin_change{{std::move(next)}, true, std::move(then)});
}

void engine::change_plugins(deciders next, verdicts_handler then) {
  caf::anon_send(machinery_->directory, plugin_change{std::move(next), false, std::move(then)});
}

bool engine::step(std::uint64_t draw) {
  auto& jobs = machinery_->by_hand->jobs;
  if (jobs.empty()) return false;
  std::rotate(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(draw % jobs.size()),
              jobs.end());
  return machinery_->by_hand->try_run_once();
}

void engine::pass_time(std::chrono::nanoseconds duration) {
  machinery_->by_hand->advance_time(duration);
}

}  // namespace unscripted::actors
