// Who carries what: the part of a transaction that takes things up, hands them over and sets them
// down.
#include "core/transaction.hpp"

#include <algorithm>

namespace unscripted::core {

bool transaction::is_arrival(const effect& e) {
  const bool arrives = e.type == effect_type::moved || e.type == effect_type::created;
  return arrives && e.thing != world_serial;
}

serial transaction::carrier_after(const subject& s, serial carrier) const {
  for (const effect& e : effects_)
    if (e.type == effect_type::carried && e.thing == s.id) carrier = e.bits;
  return carrier;
}

std::vector<serial> transaction::carried_by(serial id) const {
  const auto before = base_.carried_by(id);
  std::vector<serial> hands{before.begin(), before.end()};
  if (!handed_ && !structural_) return hands;
  for (const effect& e : effects_)
    if (e.type == effect_type::carried && e.bits == id) hands.push_back(e.thing);
  std::sort(hands.begin(), hands.end());
  hands.erase(std::unique(hands.begin(), hands.end()), hands.end());
  std::erase_if(hands, [&](serial what) { return carrier_of(what) != id; });
  return hands;
}

bool transaction::carry(serial carrier, serial what) {
  const auto kind = kind_of(what);
  if (!kind || what == world_serial || *kind == base_.catalogue().bot_kind()) return false;
  if (carrier == world_serial || carrier == what || carrier_of(carrier) != world_serial)
    return false;
  if (carrier_of(what) == carrier || !carried_by(what).empty()) return false;
  if (carried_by(carrier).size() >= carried_max) return false;
  effect* e = push(effect_type::carried, what);
  if (!e) return false;
  e->bits = carrier;
  return handed_ = relocated_ = true;
}

// The thing fits there. It comes to its place before it stands on the ground.
bool transaction::put_down(const subject& who, const vec3& where) {
  const bool is_in_hands = carrier_of(who) != world_serial;
  effect* moved = push(effect_type::moved, who.id);
  if (!moved) return false;
  moved->pos = where;
  relocated_ = true;
  if (!is_in_hands) return true;
  effect* carried = push(effect_type::carried, who.id);
  if (!carried) return false;
  carried->bits = world_serial;
  return handed_ = true;
}

// Of one that is about to be removed: its own ground counts as free.
bool transaction::set_down_all(serial carrier) {
  for (const serial id : carried_by(carrier)) {
    const box here = *place_of(id);
    const bool solid = base_.catalogue().kinds()[*kind_of(id)].solid;
    const bool fits = inside(here, base_.settings().dims) && (!solid || free_ground(here, carrier));
    const auto where = fits ? std::optional{here.pos} : find_place(here.dims, solid, carrier);
    if (!(where ? put_down(subject{*find(id)}, *where) : take_out(id, {}))) return false;
  }
  return true;
}

}  // namespace unscripted::core
