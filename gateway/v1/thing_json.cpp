#include "gateway/v1/thing_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace unscripted::gateway::v1 {

using core::world_kind;
using core::world_serial;

namespace {

// Old clients know an address of this form, whatever the server's was.
constexpr std::string_view address = "ws://127.0.0.1/";

// What a bot has in v1's order, by the engine's names.
constexpr std::array<std::string_view, 4> known_of_bots{"drink", "age", "generation", "female"};

// Members of every thing: a plugin's property of such a name is not shown.
constexpr std::array<std::string_view, 15> reserved{
    "id",    "created", "pos",    "dims",   "parentid",     "rootid",   "name", "module",
    "links", "actions", "_class", "drink_", "action_count", "capacity", "cycle"};

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::optional<core::value> read(const core::thing& t, const core::kind& k, std::string_view name) {
  const auto slot = k.slot_of(name);
  if (!slot) return std::nullopt;
  return core::read_cell(t, k, *slot);
}

std::string plural(const std::string& kind) { return kind + "s"; }

std::string class_name(std::string kind) {
  if (!kind.empty() && kind[0] >= 'a' && kind[0] <= 'z')
    kind[0] = static_cast<char>(kind[0] - 'a' + 'A');
  return kind;
}

}  // namespace

bool is_listed(const core::action& a) {
  return !a.self_only && std::ranges::none_of(a.parameters, [](const core::parameter& p) {
    return p.type == core::value_type::thing;
  });
}

std::string_view property_of(std::string_view kind, std::string_view name) {
  if (kind != "bot") return name;
  if (name == "drink_") return "drink";
  if (name == "action_count") return "age";
  return name;
}

thing_json::thing_json(json_writer& json, const actors::view& seen, tempo& rates)
  : json_(json), seen_(seen),
    cycles_per_s_(rates.look(seen.number, seen.world.tick(), std::chrono::steady_clock::now())) {}

void thing_json::write(const core::thing& t) {
  const core::kind& k = seen_.world.catalogue().kinds()[t.kind];
  const bool is_world = t.id == world_serial;
  json_.begin_object();
  created(t);
  id_at("id", t.id);
  place_at("pos", seen_.world.place_of(t).pos, true);
  place_at("dims", t.dims, false);
  if (is_world) json_.key("parentid").null();
  else id_at("parentid", t.parent);
  id_at("rootid", world_serial);
  if (is_world) about_world();
  else if (t.kind == seen_.world.catalogue().bot_kind()) about_bot(t);
  else if (!t.name.empty()) json_.member("name", t.name);
  if (!is_world) others(t);
  json_.member("module", k.name);
  actions(k);
  links(t, k);
  json_.member("_class", class_name(k.name)).end_object();
}

void thing_json::id_at(std::string_view key, core::serial thing) {
  json_.key(key).raw("\"");
  core::append(json_.out(), {seen_.number, thing});
  json_.out().push_back('"');
}

// With a decimal point also where the number is whole: clients in languages that tell the two apart
// divide by it.
void thing_json::decimal(double x) {
  if (!std::isfinite(x) || x != std::floor(x) || std::abs(x) >= 1e15) {
    json_.value(x);
    return;
  }
  std::array<char, 24> digits;
  char* end = std::to_chars(digits.data(), digits.data() + 20, static_cast<std::int64_t>(x)).ptr;
  *end++ = '.';
  *end++ = '0';
  json_.raw({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

// Who stands on the ground stands at height 0, without a point, as it ever was.
void thing_json::place_at(std::string_view key, const core::vec3& v, bool on_ground) {
  json_.key(key).begin_array();
  decimal(core::to_metres(v.x));
  if (on_ground && v.y == 0) json_.value(0);
  else decimal(core::to_metres(v.y));
  decimal(core::to_metres(v.z));
  json_.end_array();
}

// No history keeps when a thing was made, but serials keep the order: a microsecond each.
void thing_json::created(const core::thing& t) {
  const double world_s = static_cast<double>(seen_.world.settings().created_ms) / 1000;
  json_.key("created");
  decimal(world_s + static_cast<double>(t.id) / 1e6);
}

void thing_json::about_world() {
  json_.key("capacity").begin_object();
  for (const auto& [kind, most] : seen_.world.settings().capacity) json_.member(kind, most);
  json_.end_object().member("cycle", seen_.world.tick());
  if (!cycles_per_s_) return;
  json_.key("perf").begin_object().key("cycle_per_second");
  decimal(*cycles_per_s_);
  json_.key("speed_ratio");
  decimal(*cycles_per_s_ * core::tick_seconds);
  json_.end_object();
}

void thing_json::about_bot(const core::thing& t) {
  const core::kind& k = seen_.world.catalogue().kinds()[t.kind];
  if (const auto drink = read(t, k, "drink")) {
    json_.key("drink_");
    decimal(drink->as_number());
  }
  if (const auto age = read(t, k, "age")) json_.member("action_count", age->as_integer());
  // v1 counts those who replaced others, the engine all.
  if (const auto generation = read(t, k, "generation"))
    json_.member("generation", generation->as_integer() - 1);
  json_.member("name", t.name);
  if (const auto female = read(t, k, "female"))
    json_.member("female", female->as_boolean() ? "1" : "0");
}

void thing_json::others(const core::thing& t) {
  const core::kind& k = seen_.world.catalogue().kinds()[t.kind];
  const bool is_bot = t.kind == seen_.world.catalogue().bot_kind();
  for (std::size_t slot = 0; slot < k.properties.size(); ++slot) {
    const core::property& p = k.properties[slot];
    if (p.is_private() || holds(reserved, p.name) || (is_bot && holds(known_of_bots, p.name)))
      continue;
    value_at(p.name, core::read_cell(t, k, static_cast<std::uint16_t>(slot)));
  }
}

void thing_json::value_at(std::string_view key, const core::value& v) {
  json_.key(key);
  switch (v.type) {
    case core::value_type::number: return decimal(v.as_number());
    case core::value_type::integer: json_.value(v.as_integer()); return;
    case core::value_type::boolean: json_.value(v.as_boolean()); return;
    case core::value_type::text: json_.value(v.text); return;
    case core::value_type::thing: break;
  }
  if (v.bits == core::no_thing) json_.null();
  else json_.value(core::to_string(core::thing_id{seen_.number, v.bits}));
}

void thing_json::actions(const core::kind& k) {
  json_.key("actions").begin_array();
  for (const core::action_index i : k.actions) {
    const core::action& a = seen_.world.catalogue().actions()[i];
    if (!is_listed(a)) continue;
    json_.begin_object();
    for (const core::parameter& p : a.parameters) json_.raw_member(p.name, "0.0");
    json_.member("action", a.name).end_object();
  }
  json_.end_array();
}

void thing_json::links(const core::thing& t, const core::kind& k) {
  const auto link = [&](std::string_view rel, std::string_view path, core::serial thing) {
    const std::string id = core::to_string(core::thing_id{seen_.number, thing});
    json_.begin_object().member("rel", rel);
    json_.member("href", std::string{address}.append(path).append(id)).end_object();
  };
  json_.key("links").begin_array();
  link("self", "/" + plural(k.name) + "/", t.id);
  link("vis", "vis/worlds/", world_serial);
  json_.end_array();
}

}  // namespace unscripted::gateway::v1
