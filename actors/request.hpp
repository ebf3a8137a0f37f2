// What a client can ask of one world, and what it is answered: the conversation between the gateway
// and the actors, free of sockets, JSON and CAF.
#pragma once

#include "actors/spare.hpp"
#include "core/perception.hpp"
#include "core/resolve.hpp"
#include "storage/durability.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace unscripted::actors {

/// Names a connection for the life of the process; never reused. 0 is nobody.
using connection_id = std::uint64_t;

/// What the client wants back with the answer. Opaque to the actors.
struct ticket {
  std::string id;               // as the client wrote it; empty: it wants no answer
  std::uint32_t flags = 0;      // the client's own
  std::shared_ptr<void> group;  // set where the answer is one part of a larger one
  std::uint32_t part = 0;
  std::uint64_t stamp = 0;  // comes back with the outbox that has the answer; 0: none
};

/// What whoever asks may do in the world that it asks. The gateway has found that out before; the
/// world knows whose its bots are.
struct rights {
  enum class level : std::uint8_t {
    observe,  // see what is there
    play,     // and make bots, and act for those
    manage,   // and all else
  };

  std::uint64_t principal = 0;        // the number of a token; 0: none is needed here
  core::serial bot = core::no_thing;  // with play: only this one, and who is of its line
  level most = level::manage;
};

// -- requests ------------------------------------------------------------------------------------

/// Of requests that were carried out, for those that come: as many as may be under way at once.
using spare_values = spare<core::named_values, 1024, 16>;

/// An action of a bot. `see`: the answer carries what the bot sees after it. `in_passing`: whoever
/// replaced a bot that died acts in its place, and in a world of pace free the connection does not
/// speak for the bot afterwards. `key` has at most core::key_bytes_max bytes.
struct act_request {
  core::act_wish wish;
  bool see = false;
  bool in_passing = false;
  std::string key;  // the same one for the same bot: decided once; empty: none
};

struct see_request {
  core::serial bot = core::no_thing;
  std::optional<core::micrometres> range;  // the world's sight where absent
  bool ego = false;                        // relative to the bot instead of places in the world
};

struct show_world_request {};

struct update_world_request {
  core::world_wish wish;
};

/// Of kind `bot`: the connection speaks for it from then on, unless it has a hosted mind or was
/// made in passing.
struct create_thing_request {
  core::thing_wish wish;
  bool in_passing = false;
};

struct show_thing_request {
  core::serial thing = core::no_thing;
};

struct update_thing_request {
  core::serial thing = core::no_thing;
  std::optional<core::vec3> pos;
  core::named_values props;
};

struct delete_thing_request {
  core::serial thing = core::no_thing;
};

struct list_things_request {
  std::optional<std::string> kind;
  std::optional<core::vec3> near;
  core::micrometres range = 0;  // with near
  std::uint32_t limit = 1000;
  core::serial after = core::world_serial;
};

struct attach_request {
  core::serial bot = core::no_thing;
  bool take = false;  // also from another connection or a hosted mind
};

struct detach_request {
  core::serial bot = core::no_thing;
};

struct subscribe_request {
  std::optional<core::serial> bot;         // what this bot sees; else the whole world
  std::optional<core::micrometres> range;  // with bot
  double max_hz = 30;                      // the most deltas a second; (0, 1000]
  std::optional<std::uint64_t> since;      // resume after this sequence
};

/// A subscription's number: that of its world, then so many bits of its own.
inline constexpr unsigned sub_bits = 20;

struct unsubscribe_request {
  std::uint64_t sub = 0;
};

/// Answered once everything before it is in the history, and on disk if so wished.
struct flush_request {
  bool to_disk = true;
};

using world_request =
    std::variant<act_request, see_request, show_world_request, update_world_request,
                 create_thing_request, show_thing_request, update_thing_request,
                 delete_thing_request, list_things_request, attach_request, detach_request,
                 subscribe_request, unsubscribe_request, flush_request>;

/// The bot that a request is about, if it is about one: such requests pass through its actor.
std::optional<core::serial> bot_of(const world_request& r);

// -- answers -------------------------------------------------------------------------------------

/// The world that an answer speaks of, while it is being encoded.
struct view {
  const core::world& world;
  core::world_number number;
  storage::durability durability;
  bool reveals = false;  // private properties of the answer's own thing are shown
};

struct acted {
  const core::record& record;
  core::serial bot;
  const core::vec3* pos;  // of the bot after it, until the world changes; null where it is gone
  bool see;
};
struct perceived {
  core::serial bot;
  core::micrometres range;
  bool ego;
};
struct world_shown {};
struct thing_shown {
  core::serial thing;
};
struct things_listed {
  std::vector<core::serial> things;
  std::optional<core::serial> next;  // more follow after this one
};
struct deleted {
  std::uint64_t count;
};
struct nothing {};
struct subscribed {
  std::uint64_t sub;
  std::uint64_t seq, tick;
  std::optional<bool>
      resync;  // with `since`: whether a snapshot follows because it could not resume
};
/// `seen` is null where the answer does not speak of a living world (a problem may).
using answer = std::variant<core::problem, acted, perceived, world_shown, thing_shown,
                            things_listed, deleted, nothing, subscribed>;

/// What a client is told where a plugin failed.
core::problem plugin_failed(const std::string& plugin, const std::string& action,
                            const std::string& reason, std::uint64_t seq);

// -- events --------------------------------------------------------------------------------------

struct died_event {
  core::serial bot;
  std::string cause;
  core::serial heir;  // no_thing: none
};
struct detached_event {
  core::serial bot;  // another connection took it over
};
struct snapshot_event {
  std::uint64_t sub;
  std::vector<core::serial> things;
};
struct change {
  core::serial thing;
  bool moved = false;
  bool parent = false;               // it was taken up, handed over or set down
  std::vector<std::uint16_t> slots;  // properties that changed
};
struct delta_event {
  std::uint64_t sub;
  std::vector<core::serial> added;
  std::vector<change> changed;
  std::vector<core::serial> removed;
  std::vector<died_event> died;
};
struct lagged_event {
  std::uint64_t sub;
};
/// Other plugins were loaded: what can be done, and what things have, may be different.
struct plugins_event {
  std::uint64_t sub;
};

using event = std::variant<died_event, detached_event, snapshot_event, delta_event, lagged_event,
                           plugins_event>;

}  // namespace unscripted::actors
