// What the keeper of a world needs of the place it runs in: the world's actor implements it, tests
// replace it.
#pragma once

#include "actors/activity.hpp"
#include "actors/client.hpp"
#include "core/ids.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace unscripted::actors {

/// What a wake-up is for. One that comes late or twice does no harm: where it matters, `key` tells
/// whether it still counts.
struct alarm {
  enum class purpose : std::uint8_t { deadline, clock, deltas, room };

  purpose what = purpose::deadline;
  std::uint64_t key = 0;
};

class surroundings {
public:
  virtual ~surroundings() = default;

  /// The time that wake_in() counts in.
  virtual std::chrono::steady_clock::time_point now() = 0;
  /// False where the disk is nearly full: nothing new is to be recorded.
  virtual bool has_room() = 0;
  /// A bot lives from now on; `mind` names its hosted mind, or is empty.
  virtual void bot_started(core::serial bot, const std::string& mind) = 0;
  virtual void bot_ended(core::serial bot) = 0;
  /// Asks the hosted minds of these bots, who see the world as it is now; each answers with
  /// world_keeper::chosen(), later.
  virtual void ask_minds(std::vector<core::serial> bots) = 0;
  /// Calls world_keeper::commit_in_turn() behind what already waits for the world.
  virtual void commit_soon() = 0;
  /// Calls world_keeper::wake(a) after `delay`.
  virtual void wake_in(std::chrono::microseconds delay, alarm a) = 0;
  /// Sends these, in order, behind what it was given before; not always at once. Leaves letters
  /// that were sent, of now or before, for their memory.
  virtual void send(std::vector<letter>& letters) = 0;
  /// Gives the world another name; false where another world has it.
  virtual bool claim_name(const std::string& name) = 0;
  /// What happened since it was last called.
  virtual void count(const tally&) {}
  /// A write failed and its outcome is unknown: nothing may be acknowledged any more.
  virtual void storage_failed(const std::string& message) = 0;
};

}  // namespace unscripted::actors
