// A world as its watcher knows it: put together from the events of a subscription.
#pragma once

#include "cli/world_view.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace unscripted::cli {

/// A thing on the ground, seen from above. Lengths in metres; x and z are those of its centre.
struct mapped_thing {
  std::string kind, name;
  double x = 0, z = 0, width = 0, depth = 0;
  std::optional<double> drink;  // 1 full .. 0
  std::uint64_t age = 0;
  bool is_carried = false;

  bool is_bot() const { return kind == "bot"; }
};

/// Ticks a second, over the last seconds.
class tick_rate {
public:
  using clock = std::chrono::steady_clock;

  void note(std::uint64_t tick, clock::time_point now);
  double per_s(clock::time_point now) const;

private:
  struct sample {
    std::uint64_t tick;
    clock::time_point at;
  };
  std::deque<sample> samples_;
};

/// Keeps what it is told of things, of so many at most; whatever else events hold is left out. Not
/// thread-safe.
class living_map {
public:
  using things_by_id = std::map<std::string, mapped_thing, std::less<>>;

  /// Begins anew with a world as world.get shows it; its things come with the next snapshot.
  void begin(simdjson::dom::element world, bool is_stored);
  /// An event of its subscription, of which only `snapshot` and `delta` change anything.
  void apply(simdjson::dom::element event, tick_rate::clock::time_point now);

  bool is_shown() const { return is_shown_; }  // once a snapshot has come
  const std::string& name() const { return name_; }
  double width() const { return width_; }  // along x, m
  double depth() const { return depth_; }  // along z, m
  std::uint64_t tick() const { return tick_; }
  std::uint64_t seq() const { return seq_; }
  const tick_rate& rate() const { return rate_; }
  const things_by_id& things() const { return things_; }
  std::size_t population() const { return population_; }
  /// Of a living world since it began, of a stored one since the moment that was asked for.
  const std::vector<std::pair<std::string, std::uint64_t>>& deaths() const { return deaths_; }
  /// The letter of a kind other than `bot`; the same as long as this map lives.
  char letter_of(const std::string& kind) const;
  const std::map<std::string, char>& letters() const { return letters_; }
  /// The bot after this one by id, the first after the last one; empty where there is none.
  std::string bot_after(std::string_view id) const;
  /// Who took the place of one that died lately; empty where nobody did.
  std::string heir_of(const std::string& id) const;

private:
  void put(simdjson::dom::element thing);
  void change(simdjson::dom::element thing);
  void remove(std::string_view id);
  void bury(simdjson::dom::element death);
  void name_kind(const std::string& kind);

  std::string id_, name_;
  double width_ = 0, depth_ = 0;
  std::uint64_t tick_ = 0, seq_ = 0;
  tick_rate rate_;
  things_by_id things_;
  std::size_t population_ = 0;
  std::vector<std::pair<std::string, std::uint64_t>> deaths_;
  std::map<std::string, char> letters_;
  std::map<std::string, std::string> heirs_;  // of the last delta with deaths
  bool is_shown_ = false;
};

}  // namespace unscripted::cli
