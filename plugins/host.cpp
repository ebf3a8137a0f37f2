// Every function here is called by a plugin: it takes nothing for granted but the call itself, and
// lets no exception out (memory that runs out ends the process).
#include "plugins/host.hpp"

#include "plugins/words.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace unscripted::plugins {

namespace {

using core::value_type;

constexpr std::uint32_t near_max = 4096;

const session& of(const uns_call* call) { return *static_cast<const session*>(call->engine); }

// The property of that number, unless it is a text or there is none.
const bound_property* plain(const session& s, std::uint32_t use) {
  if (use >= s.uses.size() || s.uses[use].type == value_type::text) return nullptr;
  return &s.uses[use];
}

const bound_property* wordy(const session& s, std::uint32_t use) {
  if (use >= s.uses.size() || s.uses[use].type != value_type::text) return nullptr;
  return &s.uses[use];
}

bool is_length(double metres) {
  return std::abs(metres) <= core::metres_max;  // false of what is not finite
}

std::optional<core::vec3> to_micrometres(double x, double y, double z) {
  if (!is_length(x) || !is_length(y) || !is_length(z)) return std::nullopt;
  return core::vec3{core::from_metres(x), core::from_metres(y), core::from_metres(z)};
}

uns_vec3 to_metres(const core::vec3& v) {
  return {core::to_metres(v.x), core::to_metres(v.y), core::to_metres(v.z)};
}

// -- properties -----------------------------------------------------------------------------------

bool get(const uns_call* call, uns_thing id, std::uint32_t use, uns_value* out) noexcept {
  const session& s = of(call);
  const bound_property* p = plain(s, use);
  if (!p) return false;
  std::uint64_t bits = 0;
  if (!s.writes.read(id, p->cell, bits)) return false;
  *out = std::bit_cast<uns_value>(bits);
  return true;
}

bool set(const uns_call* call, uns_thing id, std::uint32_t use, uns_value x) noexcept {
  const session& s = of(call);
  const bound_property* p = plain(s, use);
  if (!p || !s.may_write(id)) return false;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  return s.writes.set(id, p->cell, p->type == value_type::boolean ? bits != 0 : bits);
}

bool add(const uns_call* call, uns_thing id, std::uint32_t use, uns_value x) noexcept {
  const session& s = of(call);
  const bound_property* p = plain(s, use);
  return p && s.may_write(id) && s.writes.add(id, p->cell, std::bit_cast<std::uint64_t>(x));
}

std::uint32_t get_text(const uns_call* call, uns_thing id, std::uint32_t use, char* out,
                       std::uint32_t capacity) noexcept {
  const session& s = of(call);
  const bound_property* p = wordy(s, use);
  if (!p) return UINT32_MAX;
  const auto text = s.writes.get_text(id, p->cell);
  if (!text) return UINT32_MAX;
  if (capacity > 0) {
    const std::size_t size = std::min<std::size_t>(text->size(), capacity - 1);
    std::memcpy(out, text->data(), size);
    out[size] = '\0';
  }
  return static_cast<std::uint32_t>(text->size());
}

bool set_text(const uns_call* call, uns_thing id, std::uint32_t use, const char* utf8) noexcept {
  const session& s = of(call);
  const bound_property* p = wordy(s, use);
  if (!p || !utf8 || !s.may_write(id)) return false;
  std::string text = utf8;
  if (text.size() > p->text_bytes_max) s.blame("wrote a text longer than its property takes");
  if (text.size() > p->text_bytes_max || !is_line(text)) return false;
  return s.writes.set_text(id, p->cell, std::move(text));
}

// -- space ----------------------------------------------------------------------------------------

bool place(const uns_call* call, uns_thing id, uns_vec3* pos, uns_vec3* dims) noexcept {
  const auto where = of(call).writes.place_of(id);
  if (!where) return false;
  if (pos) *pos = to_metres(where->pos);
  if (dims) *dims = to_metres(where->dims);
  return true;
}

bool move(const uns_call* call, uns_thing id, double x, double y, double z) noexcept {
  const session& s = of(call);
  const auto by = to_micrometres(x, y, z);
  if (!by || s.writes.carrier_of(id) != core::world_serial || !s.may_write(id)) return false;
  return s.writes.shift(id, *by);
}

bool put(const uns_call* call, uns_thing id, double x, double y, double z) noexcept {
  const auto to = to_micrometres(x, y, z);
  return to && of(call).may_write(id) && of(call).writes.move(id, *to);
}

std::uint32_t near(const uns_call* call, uns_thing centre, double range, uns_thing* out,
                   std::uint32_t capacity) noexcept {
  if (!is_length(range) || range < 0) return 0;
  const auto found =
      of(call).writes.near(centre, core::from_metres(range), std::min(capacity, near_max));
  std::copy(found.begin(), found.end(), out);
  return static_cast<std::uint32_t>(found.size());
}

bool is_a(const uns_call* call, uns_thing id, const char* kind) noexcept {
  const core::transaction& writes = of(call).writes;
  const auto index = writes.kind_of(id);
  return index && kind && writes.base().catalogue().kinds()[*index].name == kind;
}

void direction(const uns_call*, double turns, double* cosine, double* sine) noexcept {
  const core::direction d = std::isfinite(turns) ? core::direction_of(turns) : core::direction{};
  *cosine = d.cosine;
  *sine = d.sine;
}

double turn_of(const uns_call*, double x, double z) noexcept {
  return std::isfinite(x) && std::isfinite(z) ? core::turn_of(x, z) : 0;
}

// -- chance ---------------------------------------------------------------------------------------

std::uint64_t random(const uns_call* call) noexcept { return of(call).writes.random(); }

bool random_place(const uns_call* call, const uns_vec3* dims, bool solid, uns_vec3* out) noexcept {
  const auto size = to_micrometres(dims->x, dims->y, dims->z);
  if (!size || size->x < 0 || size->y < 0 || size->z < 0) return false;
  const auto where = of(call).writes.random_place(*size, solid);
  if (!where) return false;
  *out = to_metres(*where);
  return true;
}

// -- things come and go ---------------------------------------------------------------------------

uns_thing create(const uns_call* call, const char* kind, const uns_vec3* pos) noexcept {
  core::transaction& writes = of(call).writes;
  const core::catalogue& known = writes.base().catalogue();
  const auto index = kind ? known.find_kind(kind) : std::nullopt;
  if (!index || *index == core::world_kind) return UNS_NO_THING;
  std::optional<core::vec3> where;
  if (pos) {
    where = to_micrometres(pos->x, pos->y, pos->z);
    if (!where) return UNS_NO_THING;
  }
  const core::creation what{*index, core::world_serial, known.kinds()[*index].dims, {}, {}};
  return writes.create(what, where).value_or(UNS_NO_THING);
}

bool remove(const uns_call* call, uns_thing id, const char* cause) noexcept {
  const session& s = of(call);
  return s.may_write(id) && s.writes.remove(id, to_line(cause ? cause : "", core::name_bytes_max));
}

// -- words ----------------------------------------------------------------------------------------

void explain(const uns_call* call, const char* utf8) noexcept {
  if (utf8) of(call).writes.explain(to_line(utf8, core::reason_bytes_max));
}

const void* extension(const uns_call*, const char*) noexcept {
  return nullptr;  // this engine has none yet
}

// -- things carry things --------------------------------------------------------------------------

uns_thing carrier(const uns_call* call, uns_thing id) noexcept {
  return of(call).writes.carrier_of(id).value_or(UNS_NO_THING);
}

bool carry(const uns_call* call, uns_thing by, uns_thing what) noexcept {
  return of(call).may_write(what) && of(call).writes.carry(by, what);
}

std::uint32_t carried(const uns_call* call, uns_thing by, uns_thing* out,
                      std::uint32_t capacity) noexcept {
  const auto hands = of(call).writes.carried_by(by);
  const std::size_t count = std::min<std::size_t>(hands.size(), capacity);
  std::copy_n(hands.begin(), count, out);
  return static_cast<std::uint32_t>(count);
}

constexpr uns_host services = {
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

}  // namespace

const uns_host& host_services() { return services; }

}  // namespace unscripted::plugins
