#include "gateway/world_json.hpp"

#include "gateway/limits.hpp"
#include "gateway/shown_things.hpp"
#include "storage/commit.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace unscripted::gateway {

using core::world_kind;
using core::world_serial;

namespace {

// The longest: -9223372036854.775808
constexpr std::size_t metres_chars_max = 21;

/// "00" to "99", one after the other.
constexpr auto pairs_of_digits = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i)
    pairs[i] = static_cast<char>('0' + (i % 2 == 0 ? i / 20 : i / 2 % 10));
  return pairs;
}();

// A length in metres, from micrometres: at most six decimals. The shortest text of the same double,
// but for exponents, at a fraction of its cost; of at most 15 digits no two are the same double.
char* put_metres(char* at, core::micrometres length) {
  constexpr std::uint64_t micro = 1'000'000;
  const std::uint64_t size =
      length < 0 ? 0 - static_cast<std::uint64_t>(length) : static_cast<std::uint64_t>(length);
  if (length < 0) *at++ = '-';
  at = std::to_chars(at, at + metres_chars_max, size / micro).ptr;
  const auto rest = static_cast<std::uint32_t>(size % micro);
  if (rest == 0) return at;
  *at++ = '.';
  for (const std::uint32_t pair : {rest / 10'000, rest / 100 % 100, rest % 100})
    at = std::copy_n(pairs_of_digits.data() + std::size_t{2} * pair, 2, at);
  while (at[-1] == '0') --at;
  return at;
}

static_assert(place_chars_max == 3 * (metres_chars_max + 1) + 1);

}  // namespace

void write_place(json_writer& json, const core::vec3& v) {
  std::array<char, place_chars_max> text;
  json.raw({text.data(), static_cast<std::size_t>(put_place(text.data(), v) - text.data())});
}

char* put_place(char* at, const core::vec3& v) {
  *at++ = '[';
  for (const core::micrometres x : {v.x, v.y, v.z}) {
    at = put_metres(at, x);
    *at++ = ',';
  }
  at[-1] = ']';
  return at;
}

void world_json::id(core::serial thing) {
  json_.raw("\"");
  core::append(json_.out(), {seen_.number, thing});
  json_.out().push_back('"');
}

void world_json::place(const core::vec3& v) { write_place(json_, v); }

void world_json::value(const core::value& v) {
  switch (v.type) {
    case core::value_type::number: json_.value(v.as_number()); return;
    case core::value_type::integer: json_.value(v.as_integer()); return;
    case core::value_type::boolean: json_.value(v.as_boolean()); return;
    case core::value_type::text: json_.value(v.text); return;
    case core::value_type::thing:
      if (v.bits == core::no_thing) json_.null();
      else id(v.bits);
      return;
  }
}

void world_json::props(const core::thing& t, bool own, const std::vector<std::uint16_t>* slots) {
  const core::kind& k = seen_.world.catalogue().kinds()[t.kind];
  json_.begin_object();
  const auto write = [&](std::uint16_t slot) {
    if (k.properties[slot].is_private() && !own) return;
    json_.raw(text_.property_key(t.kind, slot));
    json_.follow_key();
    if (k.properties[slot].type == core::value_type::text) value(core::read_cell(t, k, slot));
    else value({k.properties[slot].type, t.cells[slot], {}});
  };
  if (slots)
    for (const std::uint16_t slot : *slots) write(slot);
  else
    for (std::size_t slot = 0; slot < k.properties.size(); ++slot)
      write(static_cast<std::uint16_t>(slot));
  json_.end_object();
}

// Perceptions are mostly this: written in whole pieces rather than member by member.
void world_json::identity(const core::thing& t) {
  std::string& out = json_.raw(R"("id":")").out();
  core::append(out, {seen_.number, t.id});
  out.append(R"(","kind":)").append(text_.name(t.kind)).append(R"(,"world":")");
  core::append(out, {seen_.number, world_serial});
  out.append(R"(","parent":")");
  core::append(out, {seen_.number, t.parent});
  out.push_back('"');
}

void world_json::id_at(std::string_view key, core::serial thing) {
  json_.key(key);
  id(thing);
}

void world_json::rest(const core::thing& t, bool own, bool as_itself) {
  write_place(json_.raw("\"dims\":").follow_key(), t.dims);
  if (!t.name.empty()) json_.member("name", t.name);
  if (!t.mind.empty()) json_.member("mind", t.mind);
  json_.raw_member("actions", text_.actions(t.kind, as_itself));
  json_.key("props");
  props(t, own, nullptr);
}

void world_json::place_at(std::string_view key, const core::vec3& v) {
  json_.key(key);
  place(v);
}

void world_json::thing(const core::thing& t, bool own, bool as_itself, std::string_view token) {
  json_.begin_object();
  identity(t);
  write_place(json_.raw("\"pos\":").follow_key(), seen_.world.place_of(t).pos);
  rest(t, own, as_itself);
  if (!token.empty()) json_.member("token", token);
  json_.end_object();
}

void world_json::as_others_see(const core::thing& t) {
  thread_local shown_things kept;
  const core::box place = seen_.world.place_of(t);
  const shown_things::subject it{seen_.number, text_.number(), place.pos, t};
  if (const std::string* text = kept.find(it)) {
    json_.raw(*text);
    return;
  }
  const std::size_t before = json_.out().size();
  thing(t, false, false);
  const std::string_view written = std::string_view(json_.out()).substr(before);
  kept.keep(it, written.substr(written.find('{')));
}

void world_json::seen_from(const core::thing& bot, const core::sighting& s, bool ego) {
  if (!ego) return as_others_see(*s.what);
  json_.begin_object();
  identity(*s.what);
  json_.member("distance", core::to_metres(s.gap));
  json_.member("bearing", core::bearing(bot, *s.what));
  rest(*s.what, false, false);
  json_.end_object();
}

void world_json::perception(const core::thing& bot, core::micrometres range, bool ego, bool own) {
  const core::thing& self = seen_.world.self();
  std::vector<core::sighting> seen;
  core::perceive(seen_.world, bot, range, seen);
  const std::size_t more = seen.size() - std::min(seen.size(), perception_things_max);
  seen.resize(seen.size() - more);
  json_.begin_object().member("tick", seen_.world.tick()).key("self");
  thing(bot, own, true);
  json_.key("world").begin_object().key("id");
  id(world_serial);
  place_at("dims", self.dims);
  json_.raw_member("actions", text_.actions(world_kind, false)).end_object();
  json_.key("things").begin_array();
  for (const core::sighting& s : seen) seen_from(bot, s, ego);
  json_.end_array();
  if (more > 0) json_.member("more", more);
  json_.end_object();
}

void world_json::rules() {
  const core::thing& self = seen_.world.self();
  const core::kind& k = seen_.world.catalogue().kinds()[world_kind];
  json_.begin_object();
  for (std::size_t slot = 0; slot < k.properties.size(); ++slot) {
    json_.key(k.properties[slot].name);
    value(core::read_cell(self, k, static_cast<std::uint16_t>(slot)));
  }
  json_.member("population", core::to_string(seen_.world.settings().population));
  json_.end_object();
}

void world_json::world() {
  const core::world& w = seen_.world;
  const core::settings& s = w.settings();
  json_.begin_object().key("id");
  id(world_serial);
  json_.member("name", s.name).member("kind", "world");
  place_at("dims", s.dims);
  place_at("pos", w.self().pos);
  json_.member("seed", s.seed).member("pace", core::to_string(s.pace)).member("tick", w.tick());
  json_.member("seq", w.seq()).member("hash", storage::to_hex(w.hash()));
  json_.key("capacity").begin_object();
  for (const auto& [kind, most] : s.capacity) json_.member(kind, most);
  json_.end_object().key("rules");
  rules();
  json_.key("counts").begin_object();
  const auto& kinds = w.catalogue().kinds();
  for (std::size_t i = 1; i < kinds.size(); ++i)
    json_.member(kinds[i].name, w.count(static_cast<core::kind_index>(i)));
  json_.end_object().member("created", static_cast<double>(s.created_ms) / 1000);
  json_.member("speed", s.speed).member("deadline_ms", s.deadline_ms).key("pause_at");
  if (s.pause_at) json_.value(*s.pause_at);
  else json_.null();
  json_.member("paused", w.paused());
  json_.member("actions", w.actions()).key("deaths").begin_object();
  for (const auto& [cause, count] : w.deaths()) json_.member(cause, count);
  json_.end_object();
  if (!s.parent.empty()) json_.member("forked_from", s.parent);
  json_.end_object();
}

}  // namespace unscripted::gateway
