// Who watches a world, and what each has not been told yet.
//
// A watcher is told what changed, never how often: between two deltas only the set of changed
// things is kept, so one that is slow gets fewer and merged deltas, and what is kept for it is
// bounded by the world. Past that bound, or where its connection does not take what it was sent, it
// is told `lagged` and gets a new snapshot once it reads again. Used by one world keeper.
#pragma once

#include "actors/client.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace unscripted::actors {

class subscriptions {
public:
  using clock = std::chrono::steady_clock;

  struct watcher {
    std::uint64_t sub = 0;
    connection_id who = 0;
    std::shared_ptr<client> peer;
    std::shared_ptr<void> place;                        // among the subscriptions of its connection
    std::optional<core::serial> bot;                    // what this bot sees, else the whole world
    core::micrometres range = 0;                        // with bot
    clock::duration interval{};                         // at least this between two deltas
    clock::time_point last = clock::time_point::min();  // of the last one
    bool needs_snapshot = true;
    bool has_new_plugins = false;  // and was not told yet
    std::set<core::serial> added, removed;
    std::map<core::serial, change> changed;
    std::vector<died_event> died;
    std::set<core::serial> known;  // with bot: what it was told is in sight
  };
  /// Sends an event to a watcher's connection.
  using teller = std::function<void(const watcher&, const event&)>;

  explicit subscriptions(core::world_number world) : world_(world) {}

  bool empty() const { return watchers_.empty(); }
  /// Takes a new watcher, and numbers it unless it comes with a number.
  watcher& add(watcher w);
  /// False where `who` has no such subscription.
  bool remove(connection_id who, std::uint64_t sub);
  void remove_all(connection_id who);

  /// Remembers what an effect changed, for all.
  void note(const core::effect& e);
  /// Likewise for one that resumes.
  static void note(watcher& w, const core::effect& e);

  /// Things are of other kinds, with other properties, from now on: everyone is told so, and gets a
  /// new snapshot.
  void begin_anew();

  /// Tells everyone whose time has come. Returns when to ask again, if anything is left to be told.
  std::optional<clock::time_point> tell(const core::world& w, clock::time_point now,
                                        const teller& send);

private:
  static bool has_news(const watcher& w);
  static void forget(watcher& w);
  void tell_snapshot(watcher& w, const core::world& world, const teller& send);
  void tell_delta(watcher& w, const core::world& world, const teller& send);
  void narrow_to_sight(watcher& w, const core::world& world, delta_event& delta);

  std::map<std::uint64_t, watcher> watchers_;
  core::world_number world_;
  std::uint64_t last_ = 0;
};

}  // namespace unscripted::actors
