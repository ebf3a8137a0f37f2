// A thing: anything in a world, the world itself included.
#pragma once

#include "core/catalogue.hpp"
#include "core/cell_list.hpp"
#include "core/ids.hpp"
#include "core/numbers.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace unscripted::core {

/// What a search asks of the things around fills one line of the cache, what an action needs of
/// those that it is about the next two: in a large world each line is a wait for memory. Five lines
/// in all: with an even number things of a table would contend for the same places of the cache.
struct alignas(64) thing {
  serial id = no_thing;
  vec3 pos;  // of a carried thing: where it stood, see world::place_of()
  vec3 dims;
  kind_index kind = world_kind;

  alignas(64) serial parent = world_serial;  // who carries it; the world where it is on the ground
  cell_list cells;  // one per property of the kind; of a text, an index in `texts`

  std::vector<std::string> texts;
  std::string name;  // at most name_bytes_max of UTF-8; may be empty; not unique
  std::string
      mind;  // of a bot: the hosted mind's name; empty where a client or nobody speaks for it

  /// The ground it stands on. Not where a carried thing is.
  box occupied() const { return {pos, dims}; }
  bool is_carried() const { return parent != world_serial; }
};

inline constexpr std::size_t name_bytes_max = 64;
inline constexpr std::size_t text_bytes_max = 1024;
inline constexpr std::size_t carried_max = 64;  // things that one thing carries

/// The value in a slot, with its type from the kind. `slot` must be one of the kind's.
value read_cell(const thing& t, const kind& k, std::uint16_t slot);

}  // namespace unscripted::core
