#include "core/transaction.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace unscripted::core {

namespace {

constexpr int place_tries = 256;

std::shared_ptr<const effect::details> with(effect::details details) {
  return std::make_shared<const effect::details>(std::move(details));
}

bool is_finite(const property& p, std::uint64_t bits) {
  return p.type != value_type::number || std::isfinite(std::bit_cast<double>(bits));
}

// One zero only: -0.0 and 0.0 are the same number and must be the same state. So with truth.
std::uint64_t canonical(const property& p, std::uint64_t bits) {
  if (p.type == value_type::boolean) return bits != 0 ? 1 : 0;
  return p.type == value_type::number && std::bit_cast<double>(bits) == 0 ? 0 : bits;
}

std::uint64_t plus(const property& p, std::uint64_t base, std::uint64_t addend) {
  if (p.type != value_type::number) return base + addend;
  return canonical(p, std::bit_cast<std::uint64_t>(std::bit_cast<double>(base) +
                                                   std::bit_cast<double>(addend)));
}

// Cuts a text at a character's border, so that it stays UTF-8.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

void shorten(std::string& text, std::size_t most) { text.resize(cut(text, most).size()); }

bool has_size(const vec3& dims, const vec3& room) {
  return dims.x > 0 && dims.y > 0 && dims.z > 0 && dims.x <= room.x && dims.y <= room.y &&
         dims.z <= room.z;
}

} // namespace

transaction::transaction(const world& base, std::uint64_t seq, std::vector<effect>& effects)
  : base_(base), effects_(effects), random_(base.settings().seed, seq), tick_(base.tick()),
    next_serial_(base.next_serial()) {
  effects_.clear();
}

// -- reading through the own writes --------------------------------------------------------------

const effect* transaction::creation_of(serial id) const {
  if (!structural_ || id < base_.next_serial()) return nullptr;
  for (const effect& e : effects_)
    if (e.type == effect_type::created && e.thing == id) return &e;
  return nullptr;
}

bool transaction::is_removed(serial id) const {
  return structural_ && std::any_of(effects_.begin(), effects_.end(), [&](const effect& e) {
    return e.type == effect_type::removed && e.thing == id;
  });
}

bool transaction::relocated(serial id) const {
  return std::any_of(effects_.begin(), effects_.end(), [&](const effect& e) {
    return e.thing == id && (e.type == effect_type::moved || e.type == effect_type::removed);
  });
}

bool transaction::exists(serial id) const { return kind_of(id).has_value(); }

std::optional<kind_index> transaction::kind_of(serial id) const {
  if (is_removed(id)) return std::nullopt;
  if (const thing* t = base_.find(id)) return t->kind;
  if (const effect* e = creation_of(id)) return e->created().kind;
  return std::nullopt;
}

std::optional<box> transaction::place_of(serial id) const {
  std::optional<box> place;
  if (is_removed(id)) return place;
  if (const thing* t = base_.find(id)) place = t->occupied();
  else if (const effect* e = creation_of(id)) place = box{e->pos, e->created().dims};
  if (!place || !relocated_) return place;
  for (const effect& e : effects_)
    if (e.type == effect_type::moved && e.thing == id) place->pos = e.pos;
  return place;
}

bool transaction::may_hold(serial id, cell_ref cell, bool text) const {
  if (kind_of(id) != cell.kind) return false;
  const kind& k = base_.catalogue().kinds()[cell.kind];
  return cell.slot < k.properties.size() &&
         (k.properties[cell.slot].type == value_type::text) == text;
}

std::optional<std::uint64_t> transaction::get(serial id, cell_ref cell) const {
  if (!may_hold(id, cell, false)) return std::nullopt;
  const property& p = base_.catalogue().kinds()[cell.kind].properties[cell.slot];
  const thing* t = base_.find(id);
  std::uint64_t bits = t ? t->cells[cell.slot] : p.fallback.bits;
  for (const effect& e : effects_) {
    if (e.thing != id || e.slot != cell.slot) continue;
    if (e.type == effect_type::set) bits = e.bits;
    else if (e.type == effect_type::added) bits = plus(p, bits, e.bits);
  }
  return bits;
}

std::optional<std::string> transaction::get_text(serial id, cell_ref cell) const {
  if (!may_hold(id, cell, true)) return std::nullopt;
  for (auto e = effects_.rbegin(); e != effects_.rend(); ++e)
    if (e->type == effect_type::set && e->thing == id && e->slot == cell.slot) return e->text();
  const thing* t = base_.find(id);
  return t ? t->texts[t->cells[cell.slot]]
           : base_.catalogue().kinds()[cell.kind].properties[cell.slot].fallback.text;
}

std::vector<serial> transaction::near(serial centre, micrometres range, std::size_t most) const {
  std::vector<std::pair<micrometres, serial>> found;
  const auto where = place_of(centre);
  if (!where) return {};
  range = std::min(range, 2 * from_metres(metres_max));
  base_.near(*where, range, [&](const thing& t) {
    if (t.id != centre && !(relocated_ && relocated(t.id)))
      found.emplace_back(gap(*where, t.occupied()), t.id);
  });
  for (const effect& e : effects_) {
    if (e.type != effect_type::moved && e.type != effect_type::created) continue;
    const auto place = place_of(e.thing);
    if (!place || e.thing == centre || e.thing == world_serial) continue;
    const micrometres distance = gap(*where, *place);
    if (distance <= range) found.emplace_back(distance, e.thing);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  if (found.size() > most) found.resize(most);
  std::vector<serial> serials;
  for (const auto& [distance, id] : found) serials.push_back(id);
  return serials;
}

// -- writing -------------------------------------------------------------------------------------

effect* transaction::push(effect_type type, serial id) {
  if (effects_.size() >= effects_max) {
    overflowed_ = true;
    return nullptr;
  }
  effect& e = effects_.emplace_back();
  e.type = type;
  e.thing = id;
  return &e;
}

bool transaction::set(serial id, cell_ref cell, std::uint64_t bits) {
  if (!may_hold(id, cell, false)) return false;
  const property& p = base_.catalogue().kinds()[cell.kind].properties[cell.slot];
  if (!is_finite(p, bits)) return false;
  effect* e = push(effect_type::set, id);
  if (!e) return false;
  e->slot = cell.slot;
  e->bits = canonical(p, bits);
  return true;
}

bool transaction::set_text(serial id, cell_ref cell, std::string text) {
  if (!may_hold(id, cell, true) || text.size() > text_bytes_max) return false;
  effect* e = push(effect_type::set, id);
  if (!e) return false;
  e->slot = cell.slot;
  e->more = with(std::move(text));
  return true;
}

bool transaction::add(serial id, cell_ref cell, std::uint64_t bits) {
  const auto before = get(id, cell);
  if (!before) return false;
  const property& p = base_.catalogue().kinds()[cell.kind].properties[cell.slot];
  if (p.type != value_type::number && p.type != value_type::integer) return false;
  if (!is_finite(p, bits) || !is_finite(p, plus(p, *before, bits))) return false;
  effect* e = push(effect_type::added, id);
  if (!e) return false;
  e->slot = cell.slot;
  e->bits = bits;
  return true;
}

bool transaction::free_ground(const box& where, serial except) const {
  if (!relocated_) return !base_.occupied(where, except);
  const auto& kinds = base_.catalogue().kinds();
  bool taken = false;
  base_.near(where, 0, [&](const thing& t) {
    if (t.id == except || !kinds[t.kind].solid || !overlap(where, t.occupied())) return;
    taken = taken || !relocated(t.id);
  });
  for (const effect& e : effects_) {
    if (e.type != effect_type::moved && e.type != effect_type::created) continue;
    if (e.thing == except || e.thing == world_serial) continue;
    const auto place = place_of(e.thing);
    if (place && kinds[*kind_of(e.thing)].solid && overlap(where, *place)) taken = true;
  }
  return !taken;
}

bool transaction::move(serial id, const vec3& to) {
  const auto place = place_of(id);
  if (!place || id == world_serial) return false;
  const box where{to, place->dims};
  const bool solid = base_.catalogue().kinds()[*kind_of(id)].solid;
  if (!inside(where, base_.settings().dims) || (solid && !free_ground(where, id))) {
    explain("blocked");
    return false;
  }
  effect* e = push(effect_type::moved, id);
  if (!e) return false;
  e->pos = to;
  relocated_ = true;
  return true;
}

bool transaction::has_room_for(kind_index kind) const {
  std::size_t of_kind = base_.count(kind), all = base_.thing_count();
  for (const effect& e : effects_) {
    const bool born = e.type == effect_type::created;
    if (!born && e.type != effect_type::removed) continue;
    const effect* made = born ? &e : creation_of(e.thing);
    const kind_index which = made ? made->created().kind : base_.find(e.thing)->kind;
    all += born ? 1 : std::size_t(-1);
    if (which == kind) of_kind += born ? 1 : std::size_t(-1);
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
  shorten(named.name, name_bytes_max);
  shorten(named.mind, name_bytes_max);
  e->more = with(std::move(named));
  structural_ = relocated_ = true;
  if (what.kind == base_.catalogue().bot_kind()) ++bots_born_;
  return next_serial_++;
}

bool transaction::take_out(serial id, std::string_view cause) {
  const auto kind = kind_of(id);
  if (!kind || id == world_serial) return false;
  effect* e = push(effect_type::removed, id);
  if (!e) return false;
  e->bits = no_thing;
  e->more = with(std::string{cut(cause, name_bytes_max)});
  structural_ = relocated_ = true;
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
  const std::size_t death = effects_.size();
  if (!take_out(id, cause)) return false;
  if (base_.settings().population == population::replace) bear_heir(death, like, female, generation);
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

// -- chance and words ----------------------------------------------------------------------------

std::uint64_t transaction::random() {
  if (random_.draws() >= draws_max) {
    overdrawn_ = true;
    return 0;
  }
  return random_.next();
}

std::optional<vec3> transaction::random_place(const vec3& dims, bool solid) {
  const vec3& room = base_.settings().dims;
  const micrometres free_x = room.x - dims.x;
  const micrometres free_z = room.z - dims.z;
  if (free_x < 0 || free_z < 0 || dims.y > room.y) return std::nullopt;
  for (int i = 0; i < place_tries && random_.draws() + 2 <= draws_max; ++i) {
    const auto x = static_cast<micrometres>(random_.below(static_cast<std::uint64_t>(free_x) + 1));
    const auto z = static_cast<micrometres>(random_.below(static_cast<std::uint64_t>(free_z) + 1));
    const vec3 pos{x + (dims.x + 1) / 2, 0, z + (dims.z + 1) / 2};
    const box where{pos, dims};
    if (inside(where, room) && (!solid || free_ground(where, no_thing))) return pos;
  }
  return std::nullopt;
}

void transaction::explain(std::string_view text) { reason_.assign(cut(text, reason_bytes_max)); }

// -- for decide() --------------------------------------------------------------------------------

void transaction::rollback(std::size_t savepoint) {
  for (std::size_t i = effects_.size(); i-- > savepoint;) {
    const effect& e = effects_[i];
    if (e.type == effect_type::ticked) tick_ = base_.tick();
    const bool born = e.type == effect_type::created;
    if (!born && e.type != effect_type::removed) continue;
    const effect* made = born ? &e : creation_of(e.thing);
    const kind_index kind = made ? made->created().kind : base_.find(e.thing)->kind;
    if (born) next_serial_ = e.thing;
    if (kind == base_.catalogue().bot_kind()) --(born ? bots_born_ : bots_died_);
  }
  effects_.resize(savepoint);
  overflowed_ = false;
  overdrawn_ = false;
}

void transaction::note(effect e) {
  if (e.type == effect_type::ticked) tick_ = e.bits;
  effects_.push_back(std::move(e));
}

} // namespace unscripted::core
