// A keeper with fake surroundings: time, minds, disk and neighbours are what the test says.
#pragma once

#include "actors/world_keeper.hpp"
#include "tests/actors/recorder.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace unscripted::actors::test {

using namespace std::chrono_literals;

/// Bots that pass, walk(angle) in steps of 1 m and strike each other dead, and die of age at the
/// world's `lifespan`; wells. Another `version` is another description.
core::catalogue_ptr small_catalogue(const std::string& version = "1.0.0");

/// The same without `strike`, with `bow`, which comes before the others; a bot that walks ages by
/// two.
core::catalogue_ptr other_catalogue();
/// Only the engine's own kinds.
core::catalogue_ptr bare_catalogue();

class fake_surroundings final : public surroundings {
public:
  std::chrono::steady_clock::time_point now() override { return time; }
  bool has_room() override { return room; }
  void bot_started(core::serial bot, const std::string& mind) override { bots[bot] = mind; }
  void bot_ended(core::serial bot) override { bots.erase(bot); }
  void ask_minds(std::vector<core::serial> whom) override {
    asked.insert(asked.end(), whom.begin(), whom.end());
  }
  void commit_soon() override { ++commits_asked; }
  void wake_in(std::chrono::microseconds delay, alarm a) override {
    alarms.emplace(time + delay, a);
  }
  void send(std::vector<letter>& letters) override {
    for (letter& l : letters) l.to->send(std::move(l.mail));
  }
  bool claim_name(const std::string& name) override {
    claimed.push_back(name);
    return !taken_names.contains(name);
  }
  void storage_failed(const std::string& message) override { failures.push_back(message); }

  std::chrono::steady_clock::time_point time{};
  bool room = true;
  std::map<core::serial, std::string> bots;  // living, with the names of their minds
  std::vector<core::serial> asked;
  std::size_t commits_asked = 0;
  std::multimap<std::chrono::steady_clock::time_point, alarm> alarms;
  std::set<std::string> taken_names;  // by other worlds
  std::vector<std::string> claimed;
  std::vector<std::string> failures;
};

struct stage_options {
  core::pace pace = core::pace::free;
  std::optional<std::uint64_t> pause_at = std::nullopt;
  std::uint32_t deadline_ms = 1000;
  double speed = 1;
  std::int64_t lifespan = 1'000'000;
  core::micrometres side = 100'000'000;
  std::uint32_t capacity = 10'000;
  storage::store* store = nullptr;
  core::catalogue_ptr catalogue = small_catalogue();
  world_limits limits = {};
};

class stage {
public:
  /// Founds a world.
  explicit stage(stage_options how = {});
  /// Goes on with a world of the store.
  stage(stage_options how, core::world_number number);

  recorder& client(connection_id who);
  /// The next request of a connection.
  void ask(connection_id who, const std::string& id, world_request what);
  /// One that arrives whenever.
  void deliver(connection_id who, std::uint64_t order, const std::string& id, world_request what);
  void submit(connection_id who, numbered_request&& r);
  void close(connection_id who);
  /// It stays, and has learned that the world is to be deleted.
  void leave(connection_id who);
  /// Whether the keeper has it in memory.
  bool is_kept(connection_id who) { return clients_[who].use_count() > 1; }

  /// Commits as long as the keeper asks for it.
  void settle();
  /// Lets time pass, with all alarms and commits that are due.
  void pass_time(std::chrono::microseconds duration);
  /// Hosted minds that were asked choose to pass. Returns how many.
  std::size_t let_minds_choose();
  /// Settles; the answers of a connection since the last call.
  strings answers(connection_id who);
  strings events(connection_id who);
  /// Settles, asks, settles; the answer.
  std::string answer(connection_id who, world_request what);

  /// Of a connection that stays out of all else.
  core::serial make_bot(connection_id who, const std::string& mind = {});
  std::uint64_t tick() const { return keeper->world().tick(); }
  core::act_command pass_of(core::serial bot) const;

  static constexpr core::world_number usual_number = 7;

  core::world_number number = usual_number;
  fake_surroundings around;
  std::unique_ptr<world_keeper> keeper;
  std::map<connection_id, rights> may;  // of connections; everything, where nothing is said

private:
  std::unique_ptr<world_keeper> make_keeper(const stage_options& how);

  std::map<connection_id, std::shared_ptr<recorder>> clients_;
  std::map<connection_id, std::uint64_t> next_;
};

// -- requests ------------------------------------------------------------------------------------

world_request act(core::serial bot, const std::string& action,
                  std::optional<core::serial> target = {}, bool see = false,
                  core::world_number number = stage::usual_number);
inline world_request pass(core::serial bot) { return act(bot, "pass"); }
world_request make(const std::string& kind, const std::string& mind = {});
world_request pause_at(std::optional<std::uint64_t> tick);
world_request set_pace(core::pace pace);
inline world_request see(core::serial bot) { return see_request{bot, {}, false}; }
inline world_request attach(core::serial bot, bool take = false) {
  return attach_request{bot, take};
}
inline world_request detach(core::serial bot) { return detach_request{bot}; }
inline world_request remove(core::serial thing) { return delete_thing_request{thing}; }
world_request watch(double max_hz, std::optional<std::uint64_t> since = {});

}  // namespace unscripted::actors::test
