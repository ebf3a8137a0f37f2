// A world's state: things, settings, catalogue, time, and the hash of it all.
//
// apply() is the only way to change it, and takes effects only. Reading never changes anything.
// Owned by one world actor; not thread-safe.
//
// Invariants: ids are never reused; every thing stands inside the world or is carried by one that
// does; no two solid things share ground; what is carried carries nothing and is no bot; hash()
// equals the hash computed from scratch (see rehash()).
#pragma once

#include "core/bucket_grid.hpp"
#include "core/grid.hpp"
#include "core/large_memory.hpp"
#include "core/record.hpp"
#include "core/serial_index.hpp"
#include "core/thing.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <vector>

namespace unscripted::core {

/// What is remembered of a bot that died.
struct grave {
  serial thing = no_thing;
  std::string cause;
  serial heir = no_thing;  // who replaces it
};

class world {
public:
  /// Before its first record: no things, no settings. Apply a `found` record or restore a snapshot.
  world() = default;

  // -- what it is ---------------------------------------------------------------------------------

  const core::settings& settings() const { return settings_; }
  const core::catalogue& catalogue() const { return *catalogue_; }
  const catalogue_ptr& shared_catalogue() const { return catalogue_; }
  std::uint64_t seq() const { return seq_; }
  std::uint64_t tick() const { return tick_; }
  /// Actions since the last tick (pace free).
  std::uint64_t turns() const { return turns_; }
  /// The serial that the next created thing gets.
  serial next_serial() const { return next_serial_; }
  /// Sum of well-mixed hashes of (thing, field, value): kept at the cost of the change. Equal
  /// states have equal hashes on every machine; before the first record it is 0. Not in it: the
  /// world's name and creation time, pause_at, and which build of which plugin decides (a library's
  /// bytes differ by compiler).
  std::uint64_t hash() const;
  bool paused() const { return settings_.pause_at && tick_ >= *settings_.pause_at; }

  // -- who is in it -------------------------------------------------------------------------------

  /// The thing, the world itself included, or null. Valid until the next apply().
  const thing* find(serial id) const {
    const std::uint32_t position = find_position(id);
    return position == serial_index::none ? nullptr : &things_[position];
  }
  /// The world as a thing: its properties are its rules.
  const thing& self() const { return things_.front(); }
  /// Things besides the world.
  std::size_t thing_count() const { return thing_count_; }
  std::size_t count(kind_index kind) const { return counts_[kind]; }
  /// Living bots.
  std::size_t bot_count() const;
  /// All serials but the world's, in order. Cost: of the world.
  std::vector<serial> serials() const;
  /// Serials of the living bots, in order; kept up to date.
  const std::vector<serial>& bots() const { return bots_; }
  /// Remembered for the last graves_max dead.
  const grave* find_grave(serial id) const;
  const std::deque<grave>& graves() const { return graves_; }

  static constexpr std::size_t graves_max = 4096;
  /// Of sequences, ticks and serials that come from a file: no world lives to see it, and what is
  /// counted on from there never begins anew.
  static constexpr std::uint64_t counter_max = std::uint64_t{1} << 62;

  /// Since the world began: how many actions were decided, and how many bots died of what.
  std::uint64_t actions() const { return actions_; }
  const std::map<std::string, std::uint64_t>& deaths() const { return deaths_; }

  // -- where they are -----------------------------------------------------------------------------

  /// Where a thing of this world is: of a carried one, its own size at its carrier's place.
  box place_of(const thing& t) const {
    return t.is_carried() ? box{find(t.parent)->pos, t.dims} : t.occupied();
  }
  /// What a thing carries: serials in order, at most carried_max. Valid until the next apply().
  std::span<const serial> carried_by(serial carrier) const;

  /// Calls visit(const thing&, micrometres gap) for each thing but the world that stands within
  /// `range` of `where`, in no order. Carried things do not stand anywhere.
  template <class Visit>
  void near(const box& where, micrometres range, Visit&& visit) const {
    const grid& among = range > within_reach ? far_ : near_;
    among.near(where, range, [&](grid::position p) {
      const thing& t = things_[p];
      const micrometres distance = gap(where, t.occupied());
      if (distance <= range) visit(t, distance);
    });
  }
  /// Of targets alone (kind::is_target), in the cost of these, however many else there are: appends
  /// a Found{const thing*} for each within `range`, and for few others. Reads none of them, since
  /// in a large world each is a wait for memory; so the gaps are left to who asks.
  template <class Found>
  void targets_about(const box& where, micrometres range, std::vector<Found>& found) const {
    targets_.near(where, range, found, [&](grid::position p) { return Found{&things_[p]}; });
  }

  /// Whether a solid thing other than `except` stands on ground of `where`.
  bool occupied(const box& where, serial except) const;

  // -- hints for who does much in a row, see look_ahead.hpp and lookout.hpp -----------------------

  /// Whether waits for memory are so few that a hint, some 20 ns, costs more than it saves.
  bool fits_caches() const { return things_.size() < 16'384; }  // 5 MiB
  /// Of whoever is about to move: the cells that it will look into, and what they hold, once they
  /// are there.
  void prefetch_cells(serial id) const;
  void prefetch_neighbours(serial id) const;
  /// Of whoever is about to look for targets within `range`, likewise.
  void prefetch_target_cells(serial id, micrometres range) const;
  void prefetch_targets(serial id, micrometres range) const;
  /// The thing itself: what an action or a look asks of it.
  void prefetch(serial id) const;

  // -- how it changes -----------------------------------------------------------------------------

  /// One effect. It must fit the state (come from decide() or a verified history).
  void apply(const effect& e);
  /// All effects of a record, and its sequence, which must be seq() + 1.
  void apply(const record& r);

  /// The same for effects read from a file: applies only what fits the state. False at the first
  /// effect that does not (an unknown thing, slot or kind, a place outside); the world is then of
  /// no use.
  [[nodiscard]] bool try_apply(const record& r);

  /// Replaces a catalogue without behaviours by one of the same description that has them.
  void bind(catalogue_ptr with_behaviours);

  /// The hash computed from scratch: for checks. Cost: of the world.
  std::uint64_t rehash() const;

private:
  friend class snapshot_codec;

  void conclude(const record& r);
  bool try_apply(const effect& e);
  bool try_move(const effect& e);
  bool try_add(const effect& e);
  bool fits(const effect& e) const;
  bool knows_all_kinds(const core::catalogue& next) const;
  bool fits_creation(const effect& e) const;
  bool fits_carrying(const thing& what, serial carrier) const;
  /// Or serial_index::none. As long as nobody left, a thing's serial is its position as well.
  std::uint32_t find_position(serial id) const {
    if (id < things_.size() && things_[id].id == id) return static_cast<std::uint32_t>(id);
    return index_.find(id);
  }
  std::uint32_t position_of(serial id) const;
  thing& at(serial id) { return things_[position_of(id)]; }
  // Not inlined: what happens seldom would make apply() slower for what happens always.
  [[gnu::noinline]] void create(const effect& e);
  [[gnu::noinline]] void remove(const effect& e);
  void move(std::uint32_t position, const vec3& to);
  [[gnu::noinline]] void carry(const effect& e);
  void lift(std::uint32_t position);
  void set(const effect& e);
  [[gnu::noinline]] void set_text(thing& t, const effect& e);
  void add(const effect& e);
  void put(thing& t, std::uint16_t slot, std::uint64_t bits);
  std::uint64_t hash_of_things() const;
  std::uint64_t hash_of_counters() const;
  [[gnu::noinline]] void configure(const core::settings& s);
  [[gnu::noinline]] void recatalogue(const catalogue_ptr& next);
  std::uint32_t insert(thing t);

  bool is_target(const thing& t) const { return catalogue_->kinds()[t.kind].is_target; }
  void file_targets();
  void file(std::uint32_t position);
  void unfile(std::uint32_t position);

  static constexpr micrometres within_reach = 8'000'000;  // farther is asked of far_

  core::settings settings_;
  catalogue_ptr catalogue_;
  std::uint64_t seq_ = 0, tick_ = 0, turns_ = 0;
  serial next_serial_ = 1;
  std::uint64_t hash_ = 0;  // of things and settings: counters are added where it is asked for
  // [0] is the world; positions of the removed are used again.
  std::vector<thing, large_allocator<thing>> things_;
  std::vector<std::uint32_t> vacant_;
  serial_index index_;
  // Everything on the ground, twice: what touches what is asked in cells of two metres, a little
  // more than the largest common things; what is seen (50 m) in cells of sixteen, of which a look
  // crosses some fifty instead of two and a half thousand.
  grid near_, far_;
  // Those on the ground that are targets: of a crowd of bots, which look for what they can do, few.
  bucket_grid targets_;
  std::size_t thing_count_ = 0;
  std::vector<std::size_t> counts_;                // by kind
  std::vector<serial> bots_;                       // in order
  std::map<serial, std::vector<serial>> carried_;  // by carrier, in order; none is empty
  std::deque<grave> graves_;
  std::uint64_t actions_ = 0;
  std::map<std::string, std::uint64_t> deaths_;
};

}  // namespace unscripted::core
