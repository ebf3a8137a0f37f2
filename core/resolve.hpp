// From what a client says (names, loosely typed values) to a checked command: the one place where
// arguments, kinds, liveness and ranges are checked. Plugins never check them again.
#pragma once

#include "core/problem.hpp"
#include "core/world.hpp"

#include <optional>
#include <string>
#include <vector>

namespace unscripted::core {

/// A value as clients write it; `none` for null, an object or an array.
using loose_value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;
using named_values = std::vector<std::pair<std::string, loose_value>>;

struct act_wish {
  serial agent = no_thing;
  std::string action;
  std::optional<thing_id> target;  // by default the world, or the bot itself, as the action has it
  named_values args;
};

struct thing_wish {
  std::string kind;
  std::optional<vec3> pos, dims;
  std::string name;
  std::string mind;
  named_values props;
};

/// Changes to a world; what is absent stays.
struct world_wish {
  std::optional<std::string> name;
  std::optional<vec3> dims;           // at its founding only
  std::optional<std::uint64_t> seed;  // at its founding only
  std::optional<core::pace> pace;
  std::optional<double> speed;
  std::optional<std::uint32_t> deadline_ms;
  std::optional<std::optional<std::uint64_t>> pause_at;
  std::map<std::string, std::uint32_t> capacity;
  named_values rules;  // properties of the world, and `population`
};

/// The problem of a name that no world, thing or bot may have.
std::optional<problem> check_name(const std::string& name);

/// Into `act`, whose memory is reused; unspecified where there is a problem. Wire ids of things of
/// `w` carry this number; resolve refuses ids of other worlds.
std::optional<problem> resolve_act(const world& w, world_number number, const act_wish& wish,
                                   act_command& act);
inline result<command> resolve_act(const world& w, world_number number, const act_wish& wish) {
  act_command act;
  if (auto why = resolve_act(w, number, wish, act)) return *std::move(why);
  return command{std::move(act)};
}
result<command> resolve_create(const world& w, const thing_wish& wish);
result<command> resolve_update(const world& w, world_number number, serial thing,
                               std::optional<vec3> pos, const named_values& props);
result<command> resolve_remove(const world& w, world_number number, serial thing);
result<command> resolve_configure(const world& w, const world_wish& wish);
/// The founding of a new world. The caller sets name, seed where absent, created_ms.
result<command> resolve_found(const catalogue_ptr& catalogue, const world_wish& wish,
                              std::int64_t created_ms);

/// The problem of a bot that is not there: `dead` with cause and heir if it died, else `not_found`.
problem no_such_bot(const world& w, world_number number, serial bot);

/// A typed value from a loose one, or what would do ("a number in [0, 1], in turns").
result<value> to_value(const loose_value& v, value_type type, double minimum, double maximum,
                       const std::string& unit, const std::string& param);

}  // namespace unscripted::core
