// Applying what comes from a file: each effect is held against the state before it.
#include "core/cells.hpp"
#include "core/world.hpp"

namespace unscripted::core {

namespace {

bool is_sound(const settings& s) {
  const auto in_bounds = [](micrometres x) { return x > 0 && x <= from_metres(metres_max); };
  return in_bounds(s.dims.x) && in_bounds(s.dims.y) && in_bounds(s.dims.z) && s.speed > 0 &&
         s.speed <= speed_max;
}

}  // namespace

bool world::try_apply(const record& r) {
  if (r.seq != seq_ + 1) return false;
  for (const effect& e : r.effects)
    if (!try_apply(e)) return false;
  if (things_.empty()) return false;  // the first record founds the world
  conclude(r);
  return true;
}

// The thing of what most effects are is looked up once, for the question and for the deed.
bool world::try_apply(const effect& e) {
  if (e.type == effect_type::moved) return try_move(e);
  if (e.type == effect_type::added) return try_add(e);
  if (!fits(e)) return false;
  apply(e);
  return true;
}

bool world::try_move(const effect& e) {
  const std::uint32_t position = find_position(e.thing);
  if (position == serial_index::none) return false;
  if (!inside({e.pos, things_[position].dims}, settings_.dims)) return false;
  move(position, e.pos);
  return true;
}

bool world::try_add(const effect& e) {
  const std::uint32_t position = find_position(e.thing);
  if (position == serial_index::none) return false;
  thing& t = things_[position];
  if (e.slot >= t.cells.size()) return false;
  const property& p = catalogue_->kinds()[t.kind].properties[e.slot];
  if (p.type != value_type::number && p.type != value_type::integer) return false;
  const std::uint64_t sum = sum_of(p, t.cells[e.slot], e.bits);
  if (!is_value(p.type, sum)) return false;
  put(t, e.slot, sum);
  return true;
}

bool world::fits_creation(const effect& e) const {
  if (!e.more || !std::holds_alternative<creation>(*e.more) || !catalogue_) return false;
  const creation& how = e.created();
  const bool is_world = e.thing == world_serial;
  if (how.kind >= catalogue_->kinds().size() || is_world != things_.empty()) return false;
  if (how.parent != world_serial) return false;
  if (is_world) return how.kind == world_kind && how.dims == settings_.dims;
  return e.thing >= next_serial_ && e.thing <= counter_max && how.kind != world_kind &&
         how.dims.x > 0 && how.dims.y > 0 && how.dims.z > 0 &&
         inside({e.pos, how.dims}, settings_.dims);
}

// Whether the thing, which is in this world, may go to the carrier, or to the ground.
bool world::fits_carrying(const thing& what, serial carrier) const {
  if (what.id == world_serial || carrier == what.parent) return false;
  if (carrier == world_serial) return true;
  const thing* by = find(carrier);
  return by && carrier != what.id && !by->is_carried() && what.kind != catalogue_->bot_kind() &&
         carried_by(what.id).empty() && carried_by(carrier).size() < carried_max;
}

// All but moved and added.
bool world::fits(const effect& e) const {
  const auto holds = [&]<class T>() { return e.more && std::holds_alternative<T>(*e.more); };
  if (e.type == effect_type::created) return fits_creation(e);
  if (e.type == effect_type::configured)
    return holds.operator()<core::settings>() && is_sound(e.configured()) &&
           (things_.empty() || e.configured().dims == settings_.dims);
  if (e.type == effect_type::catalogued)
    return holds.operator()<catalogue_ptr>() && e.catalogued() && knows_all_kinds(*e.catalogued());
  if (e.type == effect_type::turned) return true;
  if (e.type == effect_type::ticked) return e.bits > tick_ && e.bits <= counter_max;
  const thing* t = find(e.thing);
  if (!t) return false;
  // Heirs are born later: who follows them from death to death comes to an end.
  if (e.type == effect_type::removed)
    return e.thing != world_serial && e.bits > e.thing && holds.operator()<std::string>() &&
           carried_by(e.thing).empty();
  if (e.type == effect_type::carried) return fits_carrying(*t, e.bits);
  if (e.type != effect_type::set || e.slot >= t->cells.size()) return false;
  const property& p = catalogue_->kinds()[t->kind].properties[e.slot];
  return p.type == value_type::text ? holds.operator()<std::string>()
                                    : !e.more && is_value(p.type, e.bits);
}

// A thing of a kind that the next catalogue lacks would be lost.
bool world::knows_all_kinds(const core::catalogue& next) const {
  for (std::size_t k = 0; k < counts_.size(); ++k)
    if (counts_[k] > 0 && !next.find_kind(catalogue_->kinds()[k].name)) return false;
  return next.find_kind("world") == world_kind;
}

}  // namespace unscripted::core
