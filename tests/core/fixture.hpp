// A small catalogue written in code, and a world to play commands in: what the tests of core share.
//
// The kinds and the rule are those of the shipped plugins, with a few properties and actions more,
// so that every type of value occurs and every way to misbehave has an action.
#pragma once

#include "core/decide.hpp"
#include "core/resolve.hpp"
#include "core/transaction.hpp"
#include "core/world.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace unscripted::core::test {

// -- the catalogue -------------------------------------------------------------------------------

inline constexpr kind_index bot_kind = 1, well_kind = 2, mist_kind = 3;

/// Slots of the kind `world`.
namespace of_world {
inline constexpr std::uint16_t sight = 0, day = 1, lifespan = 2, rain = 3;
}

/// Slots of the kind `bot`.
namespace of_bot {
inline constexpr std::uint16_t drink = 0, age = 1, generation = 2, female = 3, note = 4, likes = 5,
                               luck = 6;
}

/// Actions on the world: walk(angle), roll(times), spawn, and those that misbehave: break (fault),
/// decline (refused), gamble (draws endlessly), scribble (writes endlessly), vanish (takes its
/// agent out). On a well: drink. On a bot: pass (itself only), tell(words, about, loud, times),
/// strike. Rules: life (thirst and age kill), weather (counts ticks in the world's `rain`).
catalogue_parts life_parts();
catalogue_ptr life_catalogue();

/// The same kinds and actions, with the slots of `bot` in reverse, `likes` gone, `rain` a number,
/// and `mood` new: what a reloaded plugin may bring.
catalogue_ptr later_catalogue();

/// A behaviour that calls `run`.
std::shared_ptr<const behaviour> coded(outcome (*run)(const call&));

// -- the world -----------------------------------------------------------------------------------

vec3 metres(double x, double y, double z);
settings small_world(std::uint64_t seed = 1);

using slot_values = std::vector<std::pair<std::uint16_t, value>>;

/// A world and its whole history: decides, encodes and applies.
class lab {
public:
  explicit lab(settings s = small_world(), slot_values rules = {},
               catalogue_ptr known = life_catalogue());

  const world& state() const { return world_; }
  const std::vector<record>& history() const { return history_; }
  /// The records as encoded when they were decided.
  const std::vector<std::string>& encoded() const { return encoded_; }

  /// Decides and applies; the test fails where there is nothing to record.
  const record& play(command c);
  /// The same, or the problem.
  std::optional<problem> try_play(command c);
  /// Decides without applying.
  record decided(command c) const;

  serial put(kind_index kind, std::optional<vec3> pos, slot_values props = {});
  serial bot(double x, double z) { return put(bot_kind, metres(x, 0, z)); }
  serial well(double x, double z) { return put(well_kind, metres(x, 0, z)); }
  const record& act(serial agent, const std::string& action, serial target = world_serial,
                    named_values args = {});

  const thing& at(serial id) const;
  std::int64_t integer(serial id, std::uint16_t slot) const;
  double number(serial id, std::uint16_t slot) const;

private:
  world world_;
  std::vector<record> history_;
  std::vector<std::string> encoded_;
};

/// The command of an action by name, at a thing of the world.
command act_of(const world& w, serial agent, const std::string& action,
               serial target = world_serial, named_values args = {});

/// The record in bytes, with the catalogue in force before it.
std::string bytes_of(const catalogue* before, const record& r);
bool same(const record& a, const record& b, const catalogue* before);

/// Fails the test unless the invariants of world.hpp hold.
void check_whole(const world& w);
/// Of these, all but those of places.
void check_hash_and_counts(const world& w);

/// A world rebuilt from encoded records by try_apply(); fails the test where one does not fit.
world replayed(const std::vector<std::string>& encoded);

/// One random command that may make sense in `w`: acts mostly, of all kinds.
command random_command(const world& w, keyed_random& chance);

}  // namespace unscripted::core::test
