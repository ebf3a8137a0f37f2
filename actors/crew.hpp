// Many hands for what can be read side by side: helpers on the scheduler's threads.
//
// Who asks works along, and takes piece after piece itself while no thread is free for it: the crew
// makes it quicker, and is never waited for unless it is at work. What is soon done is not shared.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <cstddef>
#include <functional>
#include <vector>

namespace unscripted::actors {

class crew {
public:
  /// From first, to but without last. Called by several threads at once.
  using piece_work = std::function<void(std::size_t first, std::size_t last)>;

  /// Nobody: all is done by who asks.
  crew() = default;
  crew(caf::actor_system& system, unsigned helpers);

  /// Does [0, count) in pieces, and returns when all is done. Who asks does the first few alone:
  /// how long they take tells whether the others are to help. The first exception of a piece is
  /// thrown on, once nobody works any more. [any thread]
  void side_by_side(std::size_t count, std::size_t piece, const piece_work& work) const;

  /// Lets go of the helpers, who end.
  void dismiss() { helpers_.clear(); }

private:
  void share(std::size_t begin, std::size_t count, std::size_t piece, const piece_work& work) const;

  std::vector<caf::actor> helpers_;
};

}  // namespace unscripted::actors
