// What one command reads and writes while it is being decided.
//
// Reads see the command's own writes; the world itself is untouched. Writes become the record's
// effects: kept on `done`, dropped on `refused` and `fault` by going back to a savepoint.
// Everything a plugin can do to a world goes through here, so every check that keeps a world whole
// stands here: inside the walls, no shared ground, capacity, finite numbers, bounded effects.
#pragma once

#include "core/random.hpp"
#include "core/world.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::core {

inline constexpr std::size_t effects_max = 4096;   // per command
inline constexpr std::uint64_t draws_max = 65536;  // per command

class transaction {
public:
  /// Writes into `effects`, which is cleared first and keeps its memory: the caller reuses it.
  transaction(const world& base, std::uint64_t seq, std::vector<effect>& effects);

  // -- reading ------------------------------------------------------------------------------------

  const world& base() const { return base_; }
  std::uint64_t tick() const { return tick_; }
  bool exists(serial id) const;
  std::optional<kind_index> kind_of(serial id) const {
    const subject* s = find(id);
    return s ? std::optional{s->kind} : std::nullopt;
  }
  /// Where it is: of a carried thing, its own size at its carrier's place.
  std::optional<box> place_of(serial id) const;
  /// Who carries it: world_serial where it stands on the ground, nothing where it is gone.
  std::optional<serial> carrier_of(serial id) const {
    const subject* s = find(id);
    return s ? std::optional{carrier_of(*s)} : std::nullopt;
  }
  /// What it carries, by serial.
  std::vector<serial> carried_by(serial id) const;
  /// Bits of a property that is not a text; nothing where the thing is not of that kind.
  std::optional<std::uint64_t> get(serial id, cell_ref cell) const {
    const subject* s = find(id);
    std::uint64_t bits = 0;
    return s && read_checked(*s, cell, bits) ? std::optional{bits} : std::nullopt;
  }
  /// The same for who knows that it is not a text: false where there is nothing. An optional would
  /// be put together in pieces and read at once, and so wait for its stores.
  bool read(serial id, cell_ref cell, std::uint64_t& bits) const {
    const subject* s = find(id);
    if (!s || s->kind != cell.kind) return false;
    if (const written_cell& w = written_at(id, cell); w.is(id, cell)) bits = w.bits;
    else if (s->old && !is_crowded_ && cell.slot < s->old->cells.size())
      bits = s->old->cells[cell.slot];
    else return read_checked(*s, cell, bits);
    return true;
  }
  std::optional<std::string> get_text(serial id, cell_ref cell) const;
  /// Things but the world and `centre` that stand within `range` of `centre`, or of its carrier:
  /// the nearest first, then by serial; at most `most`.
  std::vector<serial> near(serial centre, micrometres range, std::size_t most) const;
  std::size_t living_bots() const { return base_.bot_count() + bots_born_ - bots_died_; }

  // -- writing: false (or nothing) where it cannot be ---------------------------------------------

  bool set(serial id, cell_ref cell, std::uint64_t bits);
  bool set_text(serial id, cell_ref cell, std::string text);
  /// Adds to a number (bits of a double) or an integer; the result must be finite.
  bool add(serial id, cell_ref cell, std::uint64_t bits);
  /// Sets a carried thing down there. Refuses, and remembers "blocked", outside the walls or on
  /// ground of another solid thing.
  bool move(serial id, const vec3& to);
  /// The same by a displacement from where it is; each part within metres_max.
  bool shift(serial id, const vec3& by);
  /// Puts a thing that stands on the ground, or is in other hands, into the hands of `carrier`.
  /// Refuses bots, what carries something itself, a carrier that is carried, the world on either
  /// side, and more than carried_max things for one.
  bool carry(serial carrier, serial what);
  /// Nothing where it doesn't fit, the capacity is reached, or no place is found.
  std::optional<serial> create(const creation& what, std::optional<vec3> where);
  /// Removes a thing; of a bot this is its death: the population rule follows. What it carried is
  /// set down first: where it was, else at a random place; where there is none it is removed too.
  bool remove(serial id, std::string_view cause);
  /// Takes a thing out of the world without a cause: no death, no heir. What it carried is set
  /// down, as by remove().
  bool erase(serial id);

  // -- chance and words ---------------------------------------------------------------------------

  /// 64 keyed random bits. Beyond draws_max always 0, and that is an excess().
  std::uint64_t random();
  std::uint64_t draws() const { return random_.draws(); }
  /// A place where a thing of this size fits, on a solid-free spot, or nothing after many tries.
  std::optional<vec3> random_place(const vec3& dims, bool solid);
  /// Why the command is refused; the last one counts. At most reason_bytes_max bytes are kept.
  void explain(std::string_view text);
  const std::string& reason() const { return reason_; }

  // -- for decide() -------------------------------------------------------------------------------

  std::size_t savepoint() const { return effects_.size(); }
  /// Forgets what was written since.
  void rollback(std::size_t savepoint);
  /// Adds an effect that needs no check: turned, configured, catalogued; all that found a world. A
  /// cell that is set so is not read back.
  effect& note(effect_type type);
  /// The same for a new tick.
  void advance() { note(effect_type::ticked).bits = tick_ = base_.tick() + 1; }
  /// What was done more often than one command may, which makes it a fault; else null.
  const char* excess() const { return excess_; }

private:
  /// A thing as this command finds it: one of the world, or one that the command made.
  struct subject {
    serial id = world_serial;
    kind_index kind = world_kind;
    const thing* old = nullptr;  // as the world has it
    std::size_t made = 0;        // else: the index of the effect that made it
  };

  effect* push(effect_type type, serial id);
  /// Null where there is no such thing, or no more. Valid until the next call.
  const subject* find(serial id) const {
    if (id == world_serial) return self_.old ? &self_ : nullptr;
    return id == last_.id ? &last_ : find_anew(id);
  }
  [[gnu::noinline]] const subject* find_anew(serial id) const;
  bool is_removed(serial id) const;
  bool relocated(serial id) const;
  /// Whether the effect put its thing on the ground, where it still may be.
  static bool is_arrival(const effect& e);
  vec3 dims_of(const subject& s) const {
    return s.old ? s.old->dims : effects_[s.made].created().dims;
  }
  box place_of(const subject& s) const;
  serial carrier_of(const subject& s) const {
    const serial before = s.old ? s.old->parent : world_serial;
    return handed_ ? carrier_after(s, before) : before;
  }
  [[gnu::noinline]] serial carrier_after(const subject& s, serial carrier) const;
  /// The property, where the subject has it and its being a text or not is as said.
  const property* property_of(const subject& s, cell_ref cell, bool text) const {
    if (s.kind != cell.kind) return nullptr;
    const auto& properties = base_.catalogue().kinds()[cell.kind].properties;
    if (cell.slot >= properties.size()) return nullptr;
    const property& p = properties[cell.slot];
    return (p.type == value_type::text) == text ? &p : nullptr;
  }
  std::uint64_t bits_of(const subject& s, cell_ref cell, const property& p) const {
    if (const written_cell& w = written_at(s.id, cell); w.is(s.id, cell)) return w.bits;
    const std::uint64_t bits = s.old ? s.old->cells[cell.slot] : p.fallback.bits;
    return is_crowded_ ? bits_after(s, cell, p, bits) : bits;
  }
  [[gnu::noinline]] std::uint64_t bits_after(const subject& s, cell_ref cell, const property& p,
                                             std::uint64_t bits) const;
  [[gnu::noinline]] bool read_checked(const subject& s, cell_ref cell, std::uint64_t& bits) const;

  static constexpr std::size_t written_cells = 4;

  /// A cell that this command wrote, and what it holds since.
  struct written_cell {
    serial id = no_thing;
    std::uint64_t slot = 0;
    std::uint64_t bits = 0;

    bool is(serial thing, cell_ref cell) const { return id == thing && slot == cell.slot; }
  };
  /// Where a cell has its place in `written_`; another may be there.
  static constexpr std::size_t written_place(serial id, cell_ref cell) {
    return (id + cell.slot) % written_cells;
  }
  const written_cell& written_at(serial id, cell_ref cell) const {
    return written_[written_place(id, cell)];
  }
  void remember(serial id, cell_ref cell, std::uint64_t bits);
  bool free_ground(const box& where, serial except) const;
  kind_index kind_of_life(const effect& e) const;
  bool has_room_for(kind_index kind) const;
  bool take_out(serial id, std::string_view cause);
  std::optional<vec3> find_place(const vec3& dims, bool solid, serial except);
  bool set_down_all(serial carrier);
  bool settle(const subject& who, const box& where);
  bool put_down(const subject& who, const vec3& where);
  void bear_heir(std::size_t death, const creation& like, bool female, std::uint64_t generation);

  const world& base_;
  std::vector<effect>& effects_;
  keyed_random random_;
  std::uint64_t draws_limit_ = draws_max;
  std::uint64_t tick_;
  serial next_serial_;
  std::size_t bots_born_ = 0, bots_died_ = 0;
  subject self_;          // the world; without `old` before it is founded
  mutable subject last_;  // the one found last, never the world: most calls are about the agent
  // The cells that were written, each in its place. What is not here was not written, unless this
  // is crowded: two cells wanted one place, or writes were taken back. Then the effects tell.
  std::array<written_cell, written_cells> written_;
  bool is_crowded_ = false;
  bool structural_ = false;  // something was created or removed: reads must look at the effects
  bool relocated_ = false;   // something came or went: so must searches of ground
  bool handed_ = false;      // something was taken up, given or set down
  const char* excess_ = nullptr;
  std::string reason_;
};

}  // namespace unscripted::core
