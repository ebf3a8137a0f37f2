// Births, deaths and places: the part of a transaction that changes who is there.
#include "core/text.hpp"
#include "core/transaction.hpp"

#include <algorithm>

namespace unscripted::core {

namespace {

constexpr int place_tries = 256;

bool has_size(const vec3& dims, const vec3& room) {
  return dims.x > 0 && dims.y > 0 && dims.z > 0 && dims.x <= room.x && dims.y <= room.y &&
         dims.z <= room.z;
}

}  // namespace

// The kind of what an effect created or removed.
kind_index transaction::kind_of_life(const effect& e) const {
  if (e.type == effect_type::created) return e.created().kind;
  if (const thing* t = base_.find(e.thing)) return t->kind;
  const auto made = std::find_if(effects_.begin(), effects_.end(), [&](const effect& other) {
    return other.type == effect_type::created && other.thing == e.thing;
  });
  return made->created().kind;
}

bool transaction::has_room_for(kind_index kind) const {
  std::size_t of_kind = base_.count(kind), all = base_.thing_count();
  for (const effect& e : effects_) {
    const bool born = e.type == effect_type::created;
    if (!born && e.type != effect_type::removed) continue;
    all += born ? 1 : std::size_t(-1);
    if (kind_of_life(e) == kind) of_kind += born ? 1 : std::size_t(-1);
  }
  const auto& capacity = base_.settings().capacity;
  const auto below = [&](const std::string& name, std::size_t count) {
    const auto most = capacity.find(name);
    return most == capacity.end() || count < most->second;
  };
  return below("thing", all) && below(base_.catalogue().kinds()[kind].name, of_kind);
}

std::optional<serial> transaction::create(const creation& what, std::optional<vec3> where) {
  const auto& kinds = base_.catalogue().kinds();
  if (what.kind >= kinds.size() || what.kind == world_kind || !has_room_for(what.kind))
    return std::nullopt;
  if (!has_size(what.dims, base_.settings().dims)) return std::nullopt;
  const bool solid = kinds[what.kind].solid;
  if (!where) where = random_place(what.dims, solid);
  if (!where) return std::nullopt;
  const box place{*where, what.dims};
  if (!inside(place, base_.settings().dims)) return std::nullopt;
  if (solid && !free_ground(place, no_thing)) return std::nullopt;
  effect* e = push(effect_type::created, next_serial_);
  if (!e) return std::nullopt;
  e->pos = *where;
  creation named = what;
  named.name = cut_text(what.name, name_bytes_max);
  named.mind = cut_text(what.mind, name_bytes_max);
  e->more = details(std::move(named));
  structural_ = relocated_ = true;
  if (what.kind == base_.catalogue().bot_kind()) ++bots_born_;
  return next_serial_++;
}

bool transaction::take_out(serial id, std::string_view cause) {
  const auto kind = kind_of(id);
  if (!kind || id == world_serial || !set_down_all(id)) return false;
  effect* e = push(effect_type::removed, id);
  if (!e) return false;
  e->bits = no_thing;
  e->more = details(std::string{cut_text(cause, name_bytes_max)});
  structural_ = relocated_ = true;
  last_ = {};
  if (*kind == base_.catalogue().bot_kind()) ++bots_died_;
  return true;
}

bool transaction::erase(serial id) { return take_out(id, {}); }

bool transaction::remove(serial id, std::string_view cause) {
  const auto kind = kind_of(id);
  const catalogue& c = base_.catalogue();
  if (!kind) return false;
  if (*kind != c.bot_kind()) return take_out(id, cause);
  creation like{*kind, world_serial, place_of(id)->dims, {}, {}};
  if (const thing* t = base_.find(id)) {
    like.name = t->name;
    like.mind = t->mind;
  }
  const bool female = c.female_slot() && get(id, {*kind, *c.female_slot()}) == 1u;
  const std::uint64_t generation =
      c.generation_slot() ? get(id, {*kind, *c.generation_slot()}).value_or(0) : 0;
  if (!take_out(id, cause)) return false;
  if (base_.settings().population == population::replace)
    bear_heir(effects_.size() - 1, like, female, generation);
  return true;
}

// The population rule `replace`: where nobody can be placed, the dead has no heir.
void transaction::bear_heir(std::size_t death, const creation& like, bool female,
                            std::uint64_t generation) {
  const catalogue& c = base_.catalogue();
  const auto heir = create(like, std::nullopt);
  if (!heir) return;
  effects_[death].bits = *heir;
  if (c.female_slot()) set(*heir, {like.kind, *c.female_slot()}, female ? 1 : 0);
  if (c.generation_slot()) set(*heir, {like.kind, *c.generation_slot()}, generation + 1);
}

std::optional<vec3> transaction::random_place(const vec3& dims, bool solid) {
  return find_place(dims, solid, no_thing);
}

// Where no solid thing but `except` stands.
std::optional<vec3> transaction::find_place(const vec3& dims, bool solid, serial except) {
  const vec3& room = base_.settings().dims;
  const micrometres free_x = room.x - dims.x;
  const micrometres free_z = room.z - dims.z;
  if (free_x < 0 || free_z < 0 || dims.y > room.y) return std::nullopt;
  for (int i = 0; i < place_tries && random_.draws() + 2 <= draws_limit_; ++i) {
    const auto x = static_cast<micrometres>(random_.below(static_cast<std::uint64_t>(free_x) + 1));
    const auto z = static_cast<micrometres>(random_.below(static_cast<std::uint64_t>(free_z) + 1));
    const vec3 pos{x + (dims.x + 1) / 2, 0, z + (dims.z + 1) / 2};
    const box where{pos, dims};
    if (inside(where, room) && (!solid || free_ground(where, except))) return pos;
  }
  return std::nullopt;
}

}  // namespace unscripted::core
