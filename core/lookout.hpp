// Bots that look one after another for what they could do.
//
// In a world that fits no cache a look waits for memory four times: for the bot, for the cells that
// its sight crosses, for what they hold, and for the targets in reach. Who looks next is known, so
// each of these is fetched while others look.
#pragma once

#include "core/perception.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace unscripted::core {

/// Only reads the world: many may look side by side, each from a lookout of its own, while nobody
/// changes it. Keeps nothing but memory from one row of bots to the next.
class lookout {
public:
  /// These will look, in this order; all of them live in `w`. Both must outlive the looks.
  void begin(const world& w, std::span<const serial> bots);
  const world& where() const { return *world_; }
  /// Who looks next, of those who have not looked.
  const thing& who() const { return *world_->find(bots_[now_]); }
  /// What it could do, as list_offers() has it; valid until the one after it looks.
  const std::vector<offer>& look();

private:
  void have_fetched(std::size_t bot) const;
  void glance_of(std::size_t bot);

  const world* world_ = nullptr;
  std::span<const serial> bots_;
  std::size_t now_ = 0;
  micrometres sight_ = 0;
  std::array<std::vector<sighting>, 2> seen_;  // by who looks now, and at a glance by the next one
  std::vector<offer> offers_;
};

}  // namespace unscripted::core
