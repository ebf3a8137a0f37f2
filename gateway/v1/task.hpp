// One request of v1 while it is being answered: asked of one world or several, maybe in stages.
//
// Each part is written by one world's thread, while it stands still; the connection reads them once
// all have arrived.
#pragma once

#include "actors/request.hpp"
#include "gateway/v1/envelope.hpp"
#include "gateway/v1/selection.hpp"
#include "gateway/v1/tempo.hpp"

#include <atomic>
#include <cstddef>
#include <optional>
#include <vector>

namespace unscripted::gateway::v1 {

inline constexpr std::size_t items_max = 4096;  // of one answer

/// What became of one part.
struct part {
  listing shown;
  std::vector<core::thing_id> found;
  std::optional<core::thing_id> agent;  // who acted, or lives in its place
  std::optional<failure> why;
};

struct task {
  /// What a world is to say of itself where it is asked no more than to show itself.
  enum class aim { itself, items, ids };

  heading about;
  selection which;
  bool is_head = false;    // nothing is shown
  bool is_change = false;  // it fails where any part does
  aim wanted = aim::itself;
  std::optional<core::thing_id> agent;  // as the client named it
  std::vector<part> parts;
  std::size_t missing = 0;
  std::atomic<std::ptrdiff_t> room{items_max};  // for how many items or ids; shared by the parts

  bool take_room() { return room.fetch_sub(1, std::memory_order_relaxed) > 0; }
  bool is_full() const { return room.load(std::memory_order_relaxed) <= 0; }
};

/// Writes one world's part of the answer. `seen` is null for problems and deletions only.
void fill(task& to, std::uint32_t number, const actors::answer& a, const actors::view* seen,
          tempo& rates);

}  // namespace unscripted::gateway::v1
