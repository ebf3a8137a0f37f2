// Which things a request speaks of: by type, module, world, parent or id, in one world or in all.
#pragma once

#include "actors/request.hpp"
#include "gateway/v1/query.hpp"

#include <functional>
#include <optional>
#include <string>

namespace unscripted::gateway::v1 {

struct selection {
  /// All that are given must hold. An id that cannot be one matches nothing.
  std::string type;  // "bots" or "bot"; "things" or "thing" is any; empty: any
  std::optional<std::string> module;
  std::optional<core::thing_id> id, root, parent;
  bool is_empty = false;  // whatever there is: an id was not one, or two speak of different worlds
  bool must_exist = false;  // what is named by id, or the parent, is missed where it is not there

  /// The only world in which there can be any; nothing where all are to be asked.
  std::optional<core::world_number> world() const;
  /// Whether worlds themselves are meant, with all that is in them.
  bool takes_worlds() const;
  bool takes_kind(const std::string& kind) const;
  bool takes(const actors::view& seen, const core::thing& t) const;

  /// Things of one world, the world itself first, then in the order of their making.
  void each(const actors::view& seen, const std::function<void(const core::thing&)>& visit) const;
  /// Whether something is named that this world does not have.
  bool misses(const actors::view& seen) const;
};

/// Of a path `TYPE`, `TYPE/ID` or `TYPE/ID/TYPE` and the filters of the query.
selection select(const query& asked);

/// Parameters of a query that select() reads.
bool is_filter(std::string_view name);

/// Whether `type`, as paths have it, means this kind.
bool names_kind(std::string_view type, std::string_view kind);

}  // namespace unscripted::gateway::v1
