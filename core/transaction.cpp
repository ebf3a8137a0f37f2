#include "core/transaction.hpp"

#include "core/cells.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace unscripted::core {

namespace {

bool is_finite(const property& p, std::uint64_t bits) {
  return p.type != value_type::number || std::isfinite(std::bit_cast<double>(bits));
}

// One zero only: -0.0 and 0.0 are the same number and must be the same state. So with truth.
std::uint64_t canonical(const property& p, std::uint64_t bits) {
  if (p.type == value_type::boolean) return bits != 0 ? 1 : 0;
  return p.type == value_type::number && std::bit_cast<double>(bits) == 0 ? 0 : bits;
}

// Whether base and addend make `sum` a value of this property: finite, or within 64 bits.
bool can_add(const property& p, std::uint64_t base, std::uint64_t addend, std::uint64_t sum) {
  if (p.type == value_type::number)
    return is_finite(p, sum);  // which no sum with what is not finite is
  std::int64_t whole = 0;
  return p.type == value_type::integer &&
         !__builtin_add_overflow(static_cast<std::int64_t>(base), static_cast<std::int64_t>(addend),
                                 &whole);
}

}  // namespace

transaction::transaction(const world& base, std::uint64_t seq, std::vector<effect>& effects)
  : base_(base), effects_(effects), random_(base.settings().seed, seq), tick_(base.tick()),
    next_serial_(base.next_serial()) {
  if (base.seq() != 0) self_.old = &base.self();
  effects_.clear();
}

// -- reading through the own writes --------------------------------------------------------------

const transaction::subject* transaction::find_anew(serial id) const {
  if (is_removed(id)) return nullptr;
  if (const thing* t = base_.find(id)) {
    last_ = {id, t->kind, t, 0};
    return &last_;
  }
  if (!structural_ || id < base_.next_serial()) return nullptr;
  for (std::size_t i = 0; i < effects_.size(); ++i) {
    if (effects_[i].type != effect_type::created || effects_[i].thing != id) continue;
    last_ = {id, effects_[i].created().kind, nullptr, i};
    return &last_;
  }
  return nullptr;
}

bool transaction::is_removed(serial id) const {
  return structural_ && std::any_of(effects_.begin(), effects_.end(), [&](const effect& e) {
           return e.type == effect_type::removed && e.thing == id;
         });
}

bool transaction::relocated(serial id) const {
  return std::any_of(effects_.begin(), effects_.end(), [&](const effect& e) {
    return e.thing == id && (e.type == effect_type::moved || e.type == effect_type::removed ||
                             e.type == effect_type::carried);
  });
}

bool transaction::exists(serial id) const { return find(id) != nullptr; }

std::optional<box> transaction::place_of(serial id) const {
  const subject* s = find(id);
  if (!s) return std::nullopt;
  return place_of(*s);
}

box transaction::place_of(const subject& s) const {
  box place = s.old ? s.old->occupied() : box{effects_[s.made].pos, dims_of(s)};
  if (const serial carrier = carrier_of(s); carrier != world_serial) {
    place.pos = place_of(*find(carrier)).pos;
    return place;
  }
  if (!relocated_) return place;
  for (const effect& e : effects_)
    if (e.type == effect_type::moved && e.thing == s.id) place.pos = e.pos;
  return place;
}

std::uint64_t transaction::bits_after(const subject& s, cell_ref cell, const property& p,
                                      std::uint64_t bits) const {
  for (const effect& e : effects_) {
    if (e.thing != s.id || e.slot != cell.slot) continue;
    if (e.type == effect_type::set) bits = e.bits;
    else if (e.type == effect_type::added) bits = sum_of(p, bits, e.bits);
  }
  return bits;
}

bool transaction::read_checked(const subject& s, cell_ref cell, std::uint64_t& bits) const {
  const property* p = property_of(s, cell, false);
  if (!p) return false;
  bits = bits_of(s, cell, *p);
  return true;
}

std::optional<std::string> transaction::get_text(serial id, cell_ref cell) const {
  const subject* s = find(id);
  const property* p = s ? property_of(*s, cell, true) : nullptr;
  if (!p) return std::nullopt;
  const auto last = std::find_if(effects_.rbegin(), effects_.rend(), [&](const effect& e) {
    return e.type == effect_type::set && e.thing == id && e.slot == cell.slot;
  });
  if (last != effects_.rend()) return last->text();
  return s->old ? s->old->texts[s->old->cells[cell.slot]] : p->fallback.text;
}

std::vector<serial> transaction::near(serial centre, micrometres range, std::size_t most) const {
  std::vector<std::pair<micrometres, serial>> found;
  const auto where = place_of(centre);
  if (!where) return {};
  range = std::min(range, 2 * from_metres(metres_max));
  base_.near(*where, range, [&](const thing& t, micrometres distance) {
    if (t.id != centre && !(relocated_ && relocated(t.id))) found.emplace_back(distance, t.id);
  });
  for (const effect& e : effects_) {
    if (!is_arrival(e) || e.thing == centre || carrier_of(e.thing) != world_serial) continue;
    const auto place = place_of(e.thing);
    const micrometres distance = gap(*where, *place);
    if (distance <= range) found.emplace_back(distance, e.thing);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  if (found.size() > most) found.resize(most);
  std::vector<serial> serials;
  serials.reserve(found.size());
  for (const auto& [distance, id] : found) serials.push_back(id);
  return serials;
}

// -- writing -------------------------------------------------------------------------------------

effect& transaction::note(effect_type type) {
  effect& e = effects_.emplace_back();
  e.type = type;
  return e;
}

void transaction::remember(serial id, cell_ref cell, std::uint64_t bits) {
  written_cell& w = written_[written_place(id, cell)];
  is_crowded_ |= w.id != no_thing && !w.is(id, cell);
  w.id = id;
  w.slot = cell.slot;
  w.bits = bits;
}

effect* transaction::push(effect_type type, serial id) {
  if (effects_.size() >= effects_max) {
    if (!excess_) excess_ = "wrote more effects than one command may";
    return nullptr;
  }
  effect& e = note(type);
  e.thing = id;
  return &e;
}

bool transaction::set(serial id, cell_ref cell, std::uint64_t bits) {
  const subject* s = find(id);
  const property* p = s ? property_of(*s, cell, false) : nullptr;
  if (!p || !is_finite(*p, bits)) return false;
  effect* e = push(effect_type::set, id);
  if (!e) return false;
  e->slot = cell.slot;
  e->bits = canonical(*p, bits);
  remember(id, cell, e->bits);
  return true;
}

bool transaction::set_text(serial id, cell_ref cell, std::string text) {
  const subject* s = find(id);
  if (!s || !property_of(*s, cell, true) || text.size() > text_bytes_max) return false;
  effect* e = push(effect_type::set, id);
  if (!e) return false;
  e->slot = cell.slot;
  e->more = details(std::move(text));
  return true;
}

// Flattened, as shift() and world::apply() are: what nearly each action does is one piece of code,
// without calls whose arguments go through memory. 1.06 of the walks of core alone together.
[[gnu::flatten]] bool transaction::add(serial id, cell_ref cell, std::uint64_t bits) {
  const subject* s = find(id);
  const property* p = s ? property_of(*s, cell, false) : nullptr;
  if (!p) return false;
  const std::uint64_t base = bits_of(*s, cell, *p);
  const std::uint64_t sum = sum_of(*p, base, bits);
  if (!can_add(*p, base, bits, sum)) return false;
  effect* e = push(effect_type::added, id);
  if (!e) return false;
  e->slot = cell.slot;
  e->bits = bits;
  remember(id, cell, sum);
  return true;
}

bool transaction::free_ground(const box& where, serial except) const {
  if (!relocated_) return !base_.occupied(where, except);
  const auto& kinds = base_.catalogue().kinds();
  bool taken = false;
  base_.near(where, 0, [&](const thing& t, micrometres) {
    if (t.id == except || !kinds[t.kind].solid || !overlap(where, t.occupied())) return;
    taken = taken || !relocated(t.id);
  });
  for (const effect& e : effects_) {
    if (!is_arrival(e) || e.thing == except || carrier_of(e.thing) != world_serial) continue;
    if (kinds[*kind_of(e.thing)].solid && overlap(where, *place_of(e.thing))) taken = true;
  }
  return !taken;
}

bool transaction::move(serial id, const vec3& to) {
  const subject* s = find(id);
  if (!s || id == world_serial) return false;
  const subject who = *s;
  return settle(who, {to, dims_of(who)});
}

[[gnu::flatten]] bool transaction::shift(serial id, const vec3& by) {
  const subject* s = find(id);
  if (!s || id == world_serial) return false;
  const subject who = *s;
  box to = place_of(who);
  to.pos.x += by.x;
  to.pos.y += by.y;
  to.pos.z += by.z;
  return settle(who, to);
}

bool transaction::settle(const subject& who, const box& where) {
  const bool solid = base_.catalogue().kinds()[who.kind].solid;
  if (!inside(where, base_.settings().dims) || (solid && !free_ground(where, who.id))) {
    explain("blocked");
    return false;
  }
  return put_down(who, where.pos);
}

// -- chance and words ----------------------------------------------------------------------------

std::uint64_t transaction::random() {
  if (random_.draws() >= draws_limit_) {
    excess_ = "drew more random numbers than one command may";
    return 0;
  }
  return random_.next();
}

void transaction::explain(std::string_view text) {
  reason_.assign(cut_text(text, reason_bytes_max));
}

// -- for decide() --------------------------------------------------------------------------------

void transaction::rollback(std::size_t savepoint) {
  for (std::size_t i = effects_.size(); i-- > savepoint;) {
    const effect& e = effects_[i];
    if (e.type == effect_type::ticked) tick_ = base_.tick();
    const bool born = e.type == effect_type::created;
    if (!born && e.type != effect_type::removed) continue;
    if (born) next_serial_ = e.thing;
    if (kind_of_life(e) == base_.catalogue().bot_kind()) --(born ? bots_born_ : bots_died_);
  }
  effects_.resize(savepoint);
  written_ = {};
  is_crowded_ = savepoint > 0;
  last_ = {};
  excess_ = nullptr;
  draws_limit_ = random_.draws() + draws_max;  // the next behaviour is not blamed for this one
}

}  // namespace unscripted::core
