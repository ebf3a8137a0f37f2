#include "core/world.hpp"

#include "core/cells.hpp"
#include "core/expects.hpp"
#include "core/state_hash.hpp"

#include <algorithm>
#include <bit>

namespace unscripted::core {

namespace {

std::uint64_t hash_of_thing(const thing& t, const kind& k) {
  std::uint64_t sum = hash_term(hash_key(t.id, hash_field::identity), hash_of_identity(t));
  sum += hash_term(hash_key(t.id, hash_field::place), hash_of(t.pos));
  for (std::size_t slot = 0; slot < t.cells.size(); ++slot)
    sum += hash_term(hash_key(t.id, hash_field::first_slot, static_cast<std::uint32_t>(slot)),
                     hash_of_cell(t, k, slot));
  return sum;
}

std::uint64_t term(hash_field field, std::uint64_t content) {
  return hash_term(hash_key(world_serial, field), content);
}

constexpr micrometres near_cell = 2'000'000, far_cell = 16'000'000;
// So a cell of one lies in a cell of the other, also where both are wider, see grid_levels().
static_assert(far_cell == near_cell * 8);

// Not in it, because they change nothing that happens: name, creation time, pause, parent.
std::uint64_t hash_of(const settings& s) {
  std::uint64_t hash = mix(s.seed, core::hash_of(s.dims));
  hash = mix(hash, static_cast<std::uint64_t>(s.pace), static_cast<std::uint64_t>(s.population));
  hash = mix(hash, std::bit_cast<std::uint64_t>(s.speed), s.deadline_ms);
  for (const auto& [kind, most] : s.capacity) hash = mix(hash, mix_text(kind), most);
  return hash;
}

// The cells of a thing that moves from one catalogue to another: by name, else the fallback.
void carry_over(thing& t, const kind& from, const kind& to) {
  cell_list cells;
  std::vector<std::string> texts;
  for (const property& p : to.properties) {
    const auto old = from.slot_of(p.name);
    const bool kept = old && from.properties[*old].type == p.type;
    value v = kept ? read_cell(t, from, *old) : p.fallback;
    if (p.type == value_type::text) {
      v.bits = texts.size();
      texts.push_back(std::move(v.text));
    }
    cells.push_back(v.bits);
  }
  t.cells = std::move(cells);
  t.texts = std::move(texts);
}

}  // namespace

value read_cell(const thing& t, const kind& k, std::uint16_t slot) {
  const value_type type = k.properties[slot].type;
  if (type == value_type::text) return value::of_text(t.texts[t.cells[slot]]);
  return {type, t.cells[slot], {}};
}

// -- reading -------------------------------------------------------------------------------------

std::size_t world::bot_count() const { return bots_.size(); }

std::vector<serial> world::serials() const {
  std::vector<serial> all;
  all.reserve(thing_count_);
  for (const thing& t : things_)
    if (t.id != no_thing && t.id != world_serial) all.push_back(t.id);
  if (!std::is_sorted(all.begin(), all.end())) std::sort(all.begin(), all.end());
  return all;
}

const grave* world::find_grave(serial id) const {
  const auto found =
      std::find_if(graves_.rbegin(), graves_.rend(), [&](const grave& g) { return g.thing == id; });
  return found == graves_.rend() ? nullptr : &*found;
}

std::span<const serial> world::carried_by(serial carrier) const {
  const auto found = carried_.find(carrier);
  return found == carried_.end() ? std::span<const serial>{} : found->second;
}

bool world::occupied(const box& where, serial except) const {
  const auto& kinds = catalogue_->kinds();
  bool taken = false;  // asked of all, since nobody foretells who is the first
  near_.near(where, 0, [&](grid::position p) {
    const thing& t = things_[p];
    const bool is_there = (t.id != except) & overlap(where, t.occupied());
    taken |= is_there & kinds[t.kind].solid;
  });
  return taken;
}

void world::prefetch_cells(serial id) const {
  if (const thing* t = find(id)) near_.prefetch_cells(t->occupied());
}

void world::prefetch_neighbours(serial id) const {
  const thing* t = find(id);
  if (!t) return;
  near_.prefetch_first(t->occupied(), [&](grid::position p) { core::prefetch(&things_[p]); });
}

void world::prefetch_target_cells(serial id, micrometres range) const {
  if (const thing* t = find(id)) targets_.prefetch_cells(place_of(*t), range);
}

void world::prefetch_targets(serial id, micrometres range) const {
  if (const thing* t = find(id)) targets_.prefetch_entries(place_of(*t), range);
}

// Without a look at whose place it is, which would wait for it: a hint may be wrong.
void world::prefetch(serial id) const {
  const std::size_t p = id < things_.size() ? id : index_.find(id);
  if (p >= things_.size()) return;
  core::prefetch(&things_[p]);
  core::prefetch(&things_[p].parent);
}

std::uint64_t world::hash() const { return things_.empty() ? 0 : hash_ + hash_of_counters(); }

std::uint64_t world::rehash() const { return hash_of_things() + hash_of_counters(); }

std::uint64_t world::hash_of_counters() const {
  return term(hash_field::tick, tick_) + term(hash_field::turns, turns_) +
         term(hash_field::next_serial, next_serial_);
}

std::uint64_t world::hash_of_things() const {
  std::uint64_t sum = term(hash_field::settings, hash_of(settings_));
  for (const thing& t : things_)
    if (t.id != no_thing) sum += hash_of_thing(t, catalogue_->kinds()[t.kind]);
  return sum;
}

// -- applying ------------------------------------------------------------------------------------

[[gnu::flatten]] void world::apply(const record& r) {
  expects(r.seq == seq_ + 1);
  for (const effect& e : r.effects) apply(e);
  conclude(r);
}

void world::conclude(const record& r) {
  seq_ = r.seq;
  if (const auto* act = std::get_if<act_command>(&r.command)) actions_ += act->absent ? 0 : 1;
  if (r.seq == 1) hash_ = hash_of_things();
}

void world::apply(const effect& e) {
  switch (e.type) {
    case effect_type::created: return create(e);
    case effect_type::removed: return remove(e);
    case effect_type::moved: return move(position_of(e.thing), e.pos);
    case effect_type::set: return set(e);
    case effect_type::added: return add(e);
    case effect_type::turned: ++turns_; return;
    case effect_type::ticked:
      turns_ = 0;
      tick_ = e.bits;
      return;
    case effect_type::configured: return configure(e.configured());
    case effect_type::catalogued: return recatalogue(e.catalogued());
    case effect_type::carried: return carry(e);
  }
}

std::uint32_t world::position_of(serial id) const {
  const std::uint32_t position = find_position(id);
  expects(position != serial_index::none);
  return position;
}

std::uint32_t world::insert(thing t) {
  if (vacant_.empty()) {
    things_.push_back(std::move(t));
    return static_cast<std::uint32_t>(things_.size() - 1);
  }
  const std::uint32_t position = vacant_.back();
  vacant_.pop_back();
  things_[position] = std::move(t);
  return position;
}

void world::create(const effect& e) {
  const creation& how = e.created();
  const kind& k = catalogue_->kinds()[how.kind];
  thing t;
  t.id = e.thing;
  t.kind = how.kind;
  t.parent = how.parent;
  t.pos = e.pos;
  t.dims = how.dims;
  t.name = how.name;
  t.mind = how.mind;
  for (const property& p : k.properties) {
    const bool is_text = p.type == value_type::text;
    t.cells.push_back(is_text ? t.texts.size() : p.fallback.bits);
    if (is_text) t.texts.push_back(p.fallback.text);
  }
  hash_ += hash_of_thing(t, k);
  const std::uint32_t position = insert(std::move(t));
  index_.insert(e.thing, position);
  if (e.thing == world_serial) {
    near_ = grid{how.dims, near_cell};
    far_ = grid{how.dims, far_cell};
    targets_ = bucket_grid{how.dims, far_cell};
    return;
  }
  file(position);
  ++thing_count_;
  ++counts_[how.kind];
  if (how.kind == catalogue_->bot_kind()) bots_.push_back(e.thing);
  next_serial_ = e.thing + 1;
}

void world::remove(const effect& e) {
  const std::uint32_t position = find_position(e.thing);
  expects(position != serial_index::none && position != 0);
  thing& t = things_[position];
  hash_ -= hash_of_thing(t, catalogue_->kinds()[t.kind]);
  lift(position);
  index_.erase(e.thing);
  --thing_count_;
  --counts_[t.kind];
  if (t.kind == catalogue_->bot_kind()) {
    bots_.erase(std::lower_bound(bots_.begin(), bots_.end(), e.thing));
    if (graves_.size() == graves_max) graves_.pop_front();
    graves_.push_back({e.thing, e.text(), e.bits});
    if (!e.text().empty()) ++deaths_[e.text()];
  }
  t = thing{};
  vacant_.push_back(position);
}

void world::move(std::uint32_t position, const vec3& to) {
  thing& t = things_[position];
  const std::uint64_t key = hash_key(t.id, hash_field::place);
  hash_ += hash_term(key, hash_of(to)) - hash_term(key, hash_of(t.pos));
  t.pos = to;
  if (position == 0 || t.is_carried()) return;
  // Who stays in a cell of near_ stays in one of far_, if it is filed in the finest of both.
  const bool is_small = std::max(t.dims.x, t.dims.z) <= near_cell;
  if (near_.move(position, t.occupied()) || !is_small) far_.move(position, t.occupied());
  if (is_target(t)) targets_.move(position, t.occupied());
}

void world::file(std::uint32_t position) {
  const thing& t = things_[position];
  near_.insert(position, t.occupied());
  far_.insert(position, t.occupied());
  if (is_target(t)) targets_.insert(position, t.occupied());
}

void world::unfile(std::uint32_t position) {
  const thing& t = things_[position];
  near_.erase(position, t.dims);
  far_.erase(position, t.dims);
  if (is_target(t)) targets_.erase(position, t.dims);
}

// Takes a thing from the ground, or out of the hands that carry it.
void world::lift(std::uint32_t position) {
  const thing& t = things_[position];
  if (!t.is_carried()) return unfile(position);
  const auto hands = carried_.find(t.parent);
  std::erase(hands->second, t.id);
  if (hands->second.empty()) carried_.erase(hands);
}

void world::carry(const effect& e) {
  const std::uint32_t position = find_position(e.thing);
  expects(position != serial_index::none && position != 0);
  thing& t = things_[position];
  const std::uint64_t key = hash_key(t.id, hash_field::identity);
  hash_ -= hash_term(key, hash_of_identity(t));
  lift(position);
  t.parent = e.bits;
  hash_ += hash_term(key, hash_of_identity(t));
  if (!t.is_carried()) return file(position);
  auto& hands = carried_[e.bits];
  hands.insert(std::lower_bound(hands.begin(), hands.end(), t.id), t.id);
}

void world::set(const effect& e) {
  thing& t = at(e.thing);
  const bool is_text = catalogue_->kinds()[t.kind].properties[e.slot].type == value_type::text;
  if (is_text) set_text(t, e);
  else put(t, e.slot, e.bits);
}

void world::set_text(thing& t, const effect& e) {
  const std::uint64_t key = hash_key(t.id, hash_field::first_slot, e.slot);
  std::string& text = t.texts[t.cells[e.slot]];
  hash_ -= hash_term(key, mix_text(text));
  text = e.text();
  hash_ += hash_term(key, mix_text(text));
}

void world::add(const effect& e) {
  thing& t = at(e.thing);
  const property& p = catalogue_->kinds()[t.kind].properties[e.slot];
  put(t, e.slot, sum_of(p, t.cells[e.slot], e.bits));
}

// Not of a text.
void world::put(thing& t, std::uint16_t slot, std::uint64_t bits) {
  const std::uint64_t key = hash_key(t.id, hash_field::first_slot, slot);
  hash_ += hash_term(key, bits) - hash_term(key, t.cells[slot]);
  t.cells[slot] = bits;
}

void world::configure(const core::settings& s) {
  hash_ -= term(hash_field::settings, hash_of(settings_));
  settings_ = s;
  hash_ += term(hash_field::settings, hash_of(settings_));
}

void world::recatalogue(const catalogue_ptr& next) {
  const catalogue_ptr before = std::exchange(catalogue_, next);
  counts_.assign(next->kinds().size(), 0);
  bots_.clear();
  for (thing& t : things_) {
    if (t.id == no_thing || !before) continue;
    const kind& from = before->kinds()[t.kind];
    t.kind = next->find_kind(from.name).value_or(world_kind);
    carry_over(t, from, next->kinds()[t.kind]);
    if (t.id != world_serial) ++counts_[t.kind];
    if (t.kind == next->bot_kind()) bots_.push_back(t.id);
  }
  std::sort(bots_.begin(), bots_.end());
  file_targets();
  hash_ = hash_of_things();
}

/// Anew, since other kinds are targets now.
void world::file_targets() {
  if (things_.empty()) return;
  targets_ = bucket_grid{things_.front().dims, far_cell};
  for (std::uint32_t position = 1; position < things_.size(); ++position) {
    const thing& t = things_[position];
    if (t.id != no_thing && !t.is_carried() && is_target(t))
      targets_.insert(position, t.occupied());
  }
}

void world::bind(catalogue_ptr with_behaviours) {
  expects(catalogue_->same_description(*with_behaviours));
  catalogue_ = std::move(with_behaviours);
}

}  // namespace unscripted::core
