// The inside of testing.hpp: the state of its small world, and the services that a plugin gets from
// it. Tests use testing.hpp only.
#pragma once

#include "plugins/abi.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unscripted::testing::detail {

struct lengths {  // micrometres
  std::int64_t x = 0, y = 0, z = 0;
};
/// What a property holds: `text` of texts, `value` of all others.
struct cell {
  uns_value value{};
  std::string text;
};
struct thing {
  std::string kind;
  lengths pos, dims;
  bool solid = false;
  std::map<std::string, cell> cells;
  uns_thing carrier = UNS_WORLD;

  bool is_carried() const { return carrier != UNS_WORLD; }
};
struct kind {
  lengths dims;
  bool solid = false;
};
/// What an action may change, and what is put back where it does not answer UNS_DONE.
struct state {
  std::map<uns_thing, thing> things;
  std::map<uns_thing, std::string> causes;
  uns_thing next = 1;
};

// -- space ----------------------------------------------------------------------------------------

inline std::int64_t micrometres(double metres) { return std::llround(metres * 1e6); }
inline lengths to_micrometres(uns_vec3 v) {
  return {micrometres(v.x), micrometres(v.y), micrometres(v.z)};
}
inline uns_vec3 to_metres(const lengths& l) {
  return {double(l.x) / 1e6, double(l.y) / 1e6, double(l.z) / 1e6};
}
inline bool is_length(double metres) { return std::abs(metres) <= 1e7; }  // false of what is none
inline bool are_lengths(double x, double y, double z) {
  return is_length(x) && is_length(y) && is_length(z);
}
/// Twice the gap along one axis; negative where they share ground.
inline std::int64_t apart(std::int64_t a, std::int64_t b, std::int64_t sizes) {
  return 2 * std::abs(a - b) - sizes;
}
inline std::int64_t gap(const thing& a, const thing& b) {
  const auto x = std::max<std::int64_t>(0, apart(a.pos.x, b.pos.x, a.dims.x + b.dims.x));
  const auto z = std::max<std::int64_t>(0, apart(a.pos.z, b.pos.z, a.dims.z + b.dims.z));
  return std::int64_t(std::sqrt(double(x) * double(x) + double(z) * double(z)) / 2);
}

/// What a property or parameter holds where nobody said otherwise.
inline cell fallback_of(const uns_param& p) {
  cell out;
  switch (p.type) {
    case UNS_NUMBER: out.value.number = p.fallback; break;
    case UNS_TEXT: out.text = p.text ? p.text : ""; break;
    case UNS_THING: out.value.thing = UNS_NO_THING; break;
    default: out.value.integer = static_cast<std::int64_t>(p.fallback);
  }
  return out;
}

struct stage {
  bool fits(const thing& t, uns_thing self) const {
    const lengths room = at(UNS_WORLD).dims;
    const auto within = [](std::int64_t middle, std::int64_t size, std::int64_t length) {
      return 2 * middle >= size && 2 * middle + size <= 2 * length;
    };
    if (!within(t.pos.x, t.dims.x, room.x) || !within(t.pos.z, t.dims.z, room.z)) return false;
    if (t.pos.y < 0 || t.pos.y + t.dims.y > room.y) return false;
    return !t.solid || std::ranges::none_of(now.things, [&](const auto& entry) {
      const thing& o = entry.second;
      return entry.first != self && o.solid && !o.is_carried() &&
             apart(t.pos.x, o.pos.x, t.dims.x + o.dims.x) < 0 &&
             apart(t.pos.z, o.pos.z, t.dims.z + o.dims.z) < 0;
    });
  }
  bool relocate(uns_thing id, lengths to) {
    const auto found = now.things.find(id);
    if (found == now.things.end() || id == UNS_WORLD) return false;
    thing moved = found->second;
    moved.pos = to;
    if (!fits(moved, id)) return said = "blocked", false;
    found->second.pos = to;
    found->second.carrier = UNS_WORLD;
    return true;
  }
  /// The thing as it is seen: what is carried is where its carrier is.
  thing seen(uns_thing id) const {
    thing t = at(id);
    if (t.is_carried()) t.pos = at(t.carrier).pos;
    return t;
  }
  std::vector<uns_thing> carried_by(uns_thing carrier) const {
    std::vector<uns_thing> out;
    for (const auto& [id, t] : now.things)
      if (t.is_carried() && t.carrier == carrier) out.push_back(id);
    return out;
  }
  /// Of one that is about to be removed: its own ground is free by then.
  void set_down_all(uns_thing carrier) {
    for (const uns_thing id : carried_by(carrier)) {
      thing t = seen(id);
      t.carrier = UNS_WORLD;
      if (fits(t, carrier) || find_place(t.dims, t.solid, t.pos)) now.things[id] = t;
      else now.things.erase(id);
    }
  }
  uns_thing make(const std::string& name, lengths pos) {
    const auto k = kinds.find(name);
    if (k == kinds.end() || name == "world") return UNS_NO_THING;
    const thing t{name, pos, k->second.dims, k->second.solid, {}};
    if (!fits(t, UNS_NO_THING)) return UNS_NO_THING;
    now.things[now.next] = t;
    return now.next++;
  }
  bool find_place(lengths dims, bool solid, lengths& out) {
    const lengths room = at(UNS_WORLD).dims;
    const auto somewhere = [this](std::int64_t length, std::int64_t size) {
      const auto span = std::uint64_t(std::max<std::int64_t>(0, length - size)) + 1;
      return std::int64_t(draw() % span) + (size + 1) / 2;
    };
    for (int tries = 0; tries < 256; ++tries) {
      out = {somewhere(room.x, dims.x), 0, somewhere(room.z, dims.z)};
      if (fits({"", out, dims, solid, {}}, UNS_NO_THING)) return true;
    }
    return false;
  }
  std::uint64_t draw() {
    std::uint64_t x = seed += 0x9e3779b97f4a7c15u;  // SplitMix64
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }
  const thing& at(uns_thing id) const {
    const auto t = now.things.find(id);
    if (t == now.things.end()) throw std::invalid_argument("no thing " + std::to_string(id));
    return t->second;
  }
  const uns_property* property(const std::string& kind, const std::string& name) const {
    for (const uns_plugin* p : plugins)
      for (std::uint32_t i = 0; i < p->kind_count; ++i)
        for (std::uint32_t j = 0; p->kinds[i].name == kind && j < p->kinds[i].property_count; ++j)
          if (p->kinds[i].properties[j].name == name) return &p->kinds[i].properties[j];
    return nullptr;
  }
  cell& cell_of(thing& t, const std::string& name) {
    const auto [place, is_new] = t.cells.try_emplace(name);
    const uns_property* p = is_new ? property(t.kind, name) : nullptr;
    if (p) place->second = fallback_of(*p);
    return place->second;
  }

  state now;
  std::vector<const uns_plugin*> plugins;
  std::map<std::string, kind> kinds;
  std::uint64_t seed = 0;
  std::string said;
};

/// Whom a call serves.
struct service {
  stage& here;
  const uns_plugin& plugin;
};

// -- what a plugin is served with -----------------------------------------------------------------

inline constexpr double half_pi = 1.57079632679489661923;

inline const service& of(const uns_call* c) { return *static_cast<const service*>(c->engine); }
inline thing* find(const uns_call* c, uns_thing id) {
  auto& things = of(c).here.now.things;
  const auto found = things.find(id);
  return found == things.end() ? nullptr : &found->second;
}
/// The cell and type of a use; null where the thing is not of that kind.
inline cell* cell_at(const uns_call* c, uns_thing id, std::uint32_t use, bool is_text) {
  const service& s = of(c);
  if (use >= s.plugin.use_count || (s.plugin.uses[use].type == UNS_TEXT) != is_text) return nullptr;
  thing* t = find(c, id);
  if (!t || t->kind != s.plugin.uses[use].kind) return nullptr;
  return &s.here.cell_of(*t, s.plugin.uses[use].name);
}
inline bool get(const uns_call* c, uns_thing id, std::uint32_t use, uns_value* out) {
  const cell* found = cell_at(c, id, use, false);
  if (found) *out = found->value;
  return found != nullptr;
}
inline bool set(const uns_call* c, uns_thing id, std::uint32_t use, uns_value x) {
  cell* found = cell_at(c, id, use, false);
  if (!found) return false;
  const std::uint32_t type = of(c).plugin.uses[use].type;
  if (type == UNS_NUMBER && !std::isfinite(x.number)) return false;
  if (type == UNS_BOOLEAN) x.boolean = x.boolean != 0;
  found->value = x;
  return true;
}
inline bool add(const uns_call* c, uns_thing id, std::uint32_t use, uns_value x) {
  cell* found = cell_at(c, id, use, false);
  if (!found) return false;
  uns_value sum = found->value;
  const std::uint32_t type = of(c).plugin.uses[use].type;
  if (type == UNS_NUMBER) sum.number += x.number;
  else if (type != UNS_INTEGER || __builtin_add_overflow(sum.integer, x.integer, &sum.integer))
    return false;
  return set(c, id, use, sum);
}
inline std::uint32_t get_text(const uns_call* c, uns_thing id, std::uint32_t use, char* out,
                              std::uint32_t capacity) {
  const cell* found = cell_at(c, id, use, true);
  if (!found) return UINT32_MAX;
  if (capacity > 0) out[found->text.copy(out, capacity - 1)] = '\0';
  return static_cast<std::uint32_t>(found->text.size());
}
inline bool set_text(const uns_call* c, uns_thing id, std::uint32_t use, const char* utf8) {
  cell* found = cell_at(c, id, use, true);
  if (!found || !utf8) return false;
  const uns_property_ref& ref = of(c).plugin.uses[use];
  const uns_property* p = of(c).here.property(ref.kind, ref.name);
  if (double(std::string_view(utf8).size()) > (p ? p->maximum : 1024)) return false;
  found->text = utf8;
  return true;
}
inline bool place(const uns_call* c, uns_thing id, uns_vec3* pos, uns_vec3* dims) {
  const thing* t = find(c, id);
  if (t && pos) *pos = to_metres(of(c).here.seen(id).pos);
  if (t && dims) *dims = to_metres(t->dims);
  return t != nullptr;
}
inline bool move(const uns_call* c, uns_thing id, double x, double y, double z) {
  const thing* t = find(c, id);
  if (!t || t->is_carried() || !are_lengths(x, y, z)) return false;
  const lengths by = to_micrometres({x, y, z});
  return of(c).here.relocate(id, {t->pos.x + by.x, t->pos.y + by.y, t->pos.z + by.z});
}
inline bool put(const uns_call* c, uns_thing id, double x, double y, double z) {
  return are_lengths(x, y, z) && of(c).here.relocate(id, to_micrometres({x, y, z}));
}
inline std::uint32_t near(const uns_call* c, uns_thing centre, double range, uns_thing* out,
                          std::uint32_t capacity) {
  if (!find(c, centre) || !is_length(range) || range < 0) return 0;
  const thing middle = of(c).here.seen(centre);
  std::vector<std::pair<std::int64_t, uns_thing>> found;
  for (const auto& [id, t] : of(c).here.now.things)
    if (id != centre && id != UNS_WORLD && !t.is_carried() && gap(middle, t) <= micrometres(range))
      found.emplace_back(gap(middle, t), id);
  std::sort(found.begin(), found.end());
  if (found.size() > capacity) found.resize(capacity);
  for (const auto& [distance, id] : found) *out++ = id;
  return static_cast<std::uint32_t>(found.size());
}
inline bool is_a(const uns_call* c, uns_thing id, const char* kind) {
  const thing* t = find(c, id);
  return t && kind && t->kind == kind;
}
inline void direction(const uns_call*, double turns, double* cosine, double* sine) {
  if (!std::isfinite(turns)) turns = 0;
  const double quarters = (turns - std::floor(turns)) * 4, nearest = std::floor(quarters + 0.5);
  const double angle = (quarters - nearest) * half_pi;
  const double c = std::cos(angle), s = std::sin(angle);
  const int quarter = int(nearest) & 3;
  *cosine = quarter == 0 ? c : quarter == 1 ? -s : quarter == 2 ? -c : s;
  *sine = quarter == 0 ? s : quarter == 1 ? c : quarter == 2 ? -s : -c;
}
inline double turn_of(const uns_call*, double x, double z) {
  if (!std::isfinite(x) || !std::isfinite(z) || (x == 0 && z == 0)) return 0;
  const double turns = std::atan2(z, x) / (4 * half_pi);
  const double positive = turns < 0 ? turns + 1 : turns;
  return positive < 1 ? positive : 0;
}
inline std::uint64_t random(const uns_call* c) { return of(c).here.draw(); }
inline bool random_place(const uns_call* c, const uns_vec3* dims, bool solid, uns_vec3* out) {
  lengths found;
  if (!are_lengths(dims->x, dims->y, dims->z) || std::min({dims->x, dims->y, dims->z}) < 0 ||
      !of(c).here.find_place(to_micrometres(*dims), solid, found))
    return false;
  *out = to_metres(found);
  return true;
}
inline uns_thing create(const uns_call* c, const char* kind, const uns_vec3* pos) {
  stage& here = of(c).here;
  const auto k = kind ? here.kinds.find(kind) : here.kinds.end();
  if (k == here.kinds.end() || (pos && !are_lengths(pos->x, pos->y, pos->z))) return UNS_NO_THING;
  lengths where;
  if (pos) where = to_micrometres(*pos);
  else if (!here.find_place(k->second.dims, k->second.solid, where)) return UNS_NO_THING;
  return here.make(kind, where);
}
inline bool remove(const uns_call* c, uns_thing id, const char* cause) {
  if (id == UNS_WORLD || !find(c, id)) return false;
  of(c).here.set_down_all(id);
  of(c).here.now.things.erase(id);
  of(c).here.now.causes[id] = cause ? cause : "";
  return true;
}
inline void explain(const uns_call* c, const char* utf8) {
  if (utf8) of(c).here.said = utf8;
}
inline const void* extension(const uns_call*, const char*) { return nullptr; }

inline uns_thing carrier(const uns_call* c, uns_thing id) {
  const thing* t = find(c, id);
  return t ? t->carrier : UNS_NO_THING;
}
inline bool carry(const uns_call* c, uns_thing by, uns_thing what) {
  constexpr std::size_t hands_max = 64;
  stage& here = of(c).here;
  thing* t = find(c, what);
  const thing* hands = find(c, by);
  if (!t || !hands || what == UNS_WORLD || by == UNS_WORLD || what == by) return false;
  if (t->kind == "bot" || hands->is_carried() || t->carrier == by) return false;
  if (!here.carried_by(what).empty() || here.carried_by(by).size() >= hands_max) return false;
  t->carrier = by;
  return true;
}
inline std::uint32_t carried(const uns_call* c, uns_thing by, uns_thing* out,
                             std::uint32_t capacity) {
  auto all = of(c).here.carried_by(by);
  if (all.size() > capacity) all.resize(capacity);
  std::ranges::copy(all, out);
  return static_cast<std::uint32_t>(all.size());
}

inline const uns_host& services() {
  static const uns_host all = {
      .struct_size = sizeof(uns_host),
      .reserved = 0,
      .get = get,
      .set = set,
      .add = add,
      .get_text = get_text,
      .set_text = set_text,
      .place = place,
      .move = move,
      .put = put,
      .near = near,
      .is_a = is_a,
      .direction = direction,
      .turn_of = turn_of,
      .random = random,
      .random_place = random_place,
      .create = create,
      .remove = remove,
      .explain = explain,
      .extension = extension,
      .carrier = carrier,
      .carry = carry,
      .carried = carried,
  };
  return all;
}

}  // namespace unscripted::testing::detail
