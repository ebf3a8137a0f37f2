#include "core/resolve.hpp"

#include "core/show.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

namespace unscripted::core {

namespace {

std::string expectation(value_type type, double minimum, double maximum, const std::string& unit) {
  const bool is_symbol = unit.size() <= 2;  // "m"; the others are words: "turn"
  const std::string in_unit =
      unit.empty() || unit == "1" ? "" : ", in " + unit + (is_symbol ? "" : "s");
  switch (type) {
    case value_type::number:
      return "a number in [" + show(minimum) + ", " + show(maximum) + "]" + in_unit;
    case value_type::integer:
      return "an integer in [" + show(minimum) + ", " + show(maximum) + "]" + in_unit;
    case value_type::boolean: return "true or false";
    case value_type::text: return "a text of at most " + show(maximum) + " bytes";
    case value_type::thing: return "the id of a thing, 24 hex digits";
  }
  return "?";
}

std::optional<double> to_number(const loose_value& v) {
  if (const auto* x = std::get_if<double>(&v)) return *x;
  if (const auto* x = std::get_if<std::int64_t>(&v)) return static_cast<double>(*x);
  return std::nullopt;
}

std::optional<std::int64_t> to_integer(const loose_value& v) {
  if (const auto* x = std::get_if<std::int64_t>(&v)) return *x;
  const auto* x = std::get_if<double>(&v);
  const bool is_whole = x && std::floor(*x) == *x && std::fabs(*x) < 1e15;
  return is_whole ? std::optional(static_cast<std::int64_t>(*x)) : std::nullopt;
}

// The bits of a value that is not a text; nothing where it is of another type, or out of range.
std::optional<std::uint64_t> to_bits(const loose_value& v, value_type type, double minimum,
                                     double maximum) {
  const auto in_range = [&](double x) { return x >= minimum && x <= maximum; };
  switch (type) {
    case value_type::number:
      if (const auto x = to_number(v); x && in_range(*x))
        return std::bit_cast<std::uint64_t>(*x == 0 ? 0.0 : *x);  // there is one zero only
      return std::nullopt;
    case value_type::integer:
      if (const auto x = to_integer(v); x && in_range(static_cast<double>(*x)))
        return static_cast<std::uint64_t>(*x);
      return std::nullopt;
    case value_type::boolean:
      if (const auto* x = std::get_if<bool>(&v)) return *x ? 1 : 0;
      return std::nullopt;
    case value_type::thing:
      if (const auto* x = std::get_if<std::string>(&v))
        if (const auto id = parse_id(*x)) return id->thing;
      return std::nullopt;
    case value_type::text: break;
  }
  return std::nullopt;
}

const std::string* to_text(const loose_value& v, double maximum) {
  const auto* x = std::get_if<std::string>(&v);
  const bool fits = x && static_cast<double>(x->size()) <= maximum && x->size() <= text_bytes_max;
  return fits && x->find('\0') == std::string::npos ? x : nullptr;
}

std::string listing(const std::vector<std::string>& names) {
  if (names.empty()) return "nothing";
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::vector<std::string> names_of(const std::vector<property>& properties) {
  std::vector<std::string> names;
  names.reserve(properties.size());
  for (const property& p : properties) names.push_back(p.name);
  return names;
}

// Named values to slots of a kind.
result<std::vector<std::pair<std::uint16_t, value>>> to_slots(const kind& k,
                                                              const named_values& props) {
  std::vector<std::pair<std::uint16_t, value>> slots;
  for (const auto& [name, loose] : props) {
    const auto slot = k.slot_of(name);
    if (!slot)
      return bad_param(name,
                       "a property of kind " + k.name + ": " + listing(names_of(k.properties)));
    const property& p = k.properties[*slot];
    auto v = to_value(loose, p.type, p.minimum, p.maximum, p.unit, name);
    if (!v) return v.why();
    slots.emplace_back(*slot, std::move(*v));
  }
  return slots;
}

bool in_world(const vec3& pos) {
  const micrometres most = from_metres(metres_max);
  return std::abs(pos.x) <= most && std::abs(pos.y) <= most && std::abs(pos.z) <= most;
}

problem no_action(const world& w, kind_index kind, const std::string& action) {
  const auto& c = w.catalogue();
  std::vector<std::string> offers;
  for (const action_index i : c.kinds()[kind].actions) offers.push_back(c.actions()[i].name);
  return problem{errc::not_found,
                 "a " + c.kinds()[kind].name + " offers no action `" + action + "`; it offers " +
                     listing(offers),
                 {}}
      .with("action", action)
      .with("kind", c.kinds()[kind].name);
}

problem no_such_thing(world_number number, serial id) {
  const std::string text = to_string(thing_id{number, id});
  return problem{errc::not_found, "there is no thing " + text + " in this world", {}}.with("id",
                                                                                           text);
}

struct aim {
  action_index action;
  serial target;
};

// Which action a wish names, and what it is aimed at where it doesn't say.
result<aim> take_aim(const world& w, world_number number, const act_wish& wish) {
  const auto& c = w.catalogue();
  if (wish.target) {
    const thing* target = wish.target->world == number ? w.find(wish.target->thing) : nullptr;
    if (!target) {
      const std::string text = to_string(*wish.target);
      return problem{errc::not_found, "target " + text + " is not in this world", {}}.with("id",
                                                                                           text);
    }
    const auto found = c.find_action(target->kind, wish.action);
    if (!found) return no_action(w, target->kind, wish.action);
    if (!c.actions()[*found].self_only || target->id == wish.agent) return aim{*found, target->id};
    return bad_param("target", "the bot itself: `" + wish.action + "` is done to nobody else");
  }
  if (const auto found = c.find_action(world_kind, wish.action)) return aim{*found, world_serial};
  if (c.bot_kind())
    if (const auto found = c.find_action(*c.bot_kind(), wish.action))
      if (c.actions()[*found].self_only) return aim{*found, wish.agent};
  for (const action& a : c.actions())
    if (a.name == wish.action)
      return bad_param("target", "the id of a " + c.kinds()[a.target].name + ": `" + wish.action +
                                     "` is done to one");
  return no_action(w, world_kind, wish.action);
}

// The problem of the first of `named` that the action has no parameter for.
std::optional<problem> refuse_unknown(const action& a, const named_values& named) {
  for (const auto& given : named) {
    const std::string& name = given.first;
    const bool known = std::any_of(a.parameters.begin(), a.parameters.end(),
                                   [&](const parameter& p) { return p.name == name; });
    if (known) continue;
    std::vector<std::string> names;
    for (const parameter& p : a.parameters) names.push_back(p.name);
    return bad_param(name, "a parameter of `" + a.name + "`: " + listing(names));
  }
  return std::nullopt;
}

// `given` is null where the parameter takes its fallback. Every action comes by here, so what is
// not a text is read without one.
std::optional<problem> take_arg(const parameter& p, world_number number, const loose_value* given,
                                arguments& args) {
  std::uint64_t& bits = args.bits[args.count++];
  if (p.type == value_type::text) {
    const std::string* text = given ? to_text(*given, p.maximum) : &p.fallback.text;
    if (!text) return bad_param(p.name, expectation(p.type, p.minimum, p.maximum, p.unit));
    bits = args.texts.size();
    args.texts.push_back(*text);
    return std::nullopt;
  }
  if (!given) {
    bits = p.fallback.bits;
    return std::nullopt;
  }
  const auto found = to_bits(*given, p.type, p.minimum, p.maximum);
  if (!found) return bad_param(p.name, expectation(p.type, p.minimum, p.maximum, p.unit));
  if (p.type == value_type::thing && parse_id(std::get<std::string>(*given))->world != number)
    return bad_param(p.name, "a thing of this world");
  bits = *found;
  return std::nullopt;
}

std::optional<problem> take_args(const action& a, world_number number, const named_values& named,
                                 arguments& args) {
  std::size_t known = 0;
  for (const parameter& p : a.parameters) {
    const auto given =
        std::find_if(named.begin(), named.end(), [&](const auto& n) { return n.first == p.name; });
    const bool is_given = given != named.end();
    if (is_given) ++known;
    if (auto why = take_arg(p, number, is_given ? &given->second : nullptr, args)) {
      auto unknown = refuse_unknown(a, named);  // which is said first
      return unknown ? unknown : why;
    }
  }
  return known < named.size() ? refuse_unknown(a, named) : std::nullopt;
}

std::optional<problem> check_settings(const settings& s) {
  if (auto why = check_name(s.name)) return why;
  const auto fits = [](micrometres x) { return x >= 1'000'000 && x <= from_metres(metres_max); };
  if (!fits(s.dims.x) || !fits(s.dims.y) || !fits(s.dims.z))
    return bad_param("dims", "three lengths in [1, 10000000] m");
  if (!(s.speed > 0 && s.speed <= speed_max)) return bad_param("speed", "a number in (0, 10000]");
  if (s.deadline_ms < 1 || s.deadline_ms > 3'600'000)
    return bad_param("deadline_ms", "an integer in [1, 3600000] milliseconds");
  return std::nullopt;
}

// The rules of a wish: `population` is a setting, the others are properties of the world.
result<std::vector<std::pair<std::uint16_t, value>>>
take_rules(const catalogue& c, const named_values& rules, settings& s) {
  named_values props;
  for (const auto& rule : rules) {
    if (rule.first != "population") {
      props.push_back(rule);
      continue;
    }
    const auto* text = std::get_if<std::string>(&rule.second);
    const auto chosen = text ? parse_population(*text) : std::nullopt;
    if (!chosen) return bad_param("population", R"("replace" or "none")");
    s.population = *chosen;
  }
  return to_slots(c.kinds()[world_kind], props);
}

result<settings> merged(const catalogue& c, settings s, const world_wish& wish) {
  if (wish.name) s.name = *wish.name;
  if (wish.pace) s.pace = *wish.pace;
  if (wish.speed) s.speed = *wish.speed;
  if (wish.deadline_ms) s.deadline_ms = *wish.deadline_ms;
  if (wish.pause_at) s.pause_at = *wish.pause_at;
  for (const auto& [kind, most] : wish.capacity) {
    if (kind != "thing" && !c.find_kind(kind))
      return bad_param("capacity", "kinds that this server knows, or \"thing\" for all together",
                       "capacity: there is no kind `" + kind + "`");
    s.capacity[kind] = most;
  }
  if (auto why = check_settings(s)) return *why;
  return s;
}

}  // namespace

std::optional<problem> check_name(const std::string& name) {
  const bool plain = std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (name.size() <= name_bytes_max && plain) return std::nullopt;
  return bad_param("name", "at most 64 bytes of UTF-8 without control characters");
}

result<value> to_value(const loose_value& v, value_type type, double minimum, double maximum,
                       const std::string& unit, const std::string& param) {
  if (type == value_type::text) {
    if (const std::string* text = to_text(v, maximum)) return value::of_text(*text);
  } else if (const auto bits = to_bits(v, type, minimum, maximum)) {
    return value{type, *bits, {}};
  }
  return bad_param(param, expectation(type, minimum, maximum, unit));
}

problem no_such_bot(const world& w, world_number number, serial bot) {
  const std::string id = to_string(thing_id{number, bot});
  const grave* g = w.find_grave(bot);
  if (!g || g->cause.empty())
    return problem{errc::not_found, "there is no bot " + id, {}}.with("id", id);
  problem p{errc::dead, "bot " + id + " died of " + g->cause, {}};
  p.data.emplace_back("id", id);
  p.data.emplace_back("cause", g->cause);
  if (g->heir == no_thing) return p;
  const std::string heir = to_string(thing_id{number, g->heir});
  p.message += "; " + heir + " replaces it";
  return std::move(p).with("heir", heir);
}

std::optional<problem> resolve_act(const world& w, world_number number, const act_wish& wish,
                                   act_command& act) {
  const thing* agent = w.find(wish.agent);
  if (!agent || agent->kind != w.catalogue().bot_kind()) return no_such_bot(w, number, wish.agent);
  const auto aimed = take_aim(w, number, wish);
  if (!aimed) return aimed.why();
  act.agent = wish.agent;
  act.action = aimed->action;
  act.target = aimed->target;
  act.args.clear();
  act.absent = false;
  return take_args(w.catalogue().actions()[aimed->action], number, wish.args, act.args);
}

result<command> resolve_create(const world& w, const thing_wish& wish) {
  const auto& c = w.catalogue();
  const auto kind = c.find_kind(wish.kind);
  if (!kind || *kind == world_kind) {
    std::vector<std::string> names;
    for (std::size_t i = 1; i < c.kinds().size(); ++i) names.push_back(c.kinds()[i].name);
    return bad_param("kind", "one of " + listing(names));
  }
  if (auto why = check_name(wish.name)) return *why;
  if (wish.mind.size() > name_bytes_max) return bad_param("mind", "the name of a hosted mind");
  if (wish.pos && !in_world(*wish.pos)) return bad_param("pos", "a place in the world, in metres");
  if (wish.dims) {
    const vec3& d = *wish.dims;
    const vec3& room = w.settings().dims;
    if (d.x <= 0 || d.y <= 0 || d.z <= 0 || d.x > room.x || d.y > room.y || d.z > room.z)
      return bad_param("dims", "three lengths in metres, above 0 and within the world");
  }
  auto props = to_slots(c.kinds()[*kind], wish.props);
  if (!props) return props.why();
  return command{
      create_command{*kind, wish.pos, wish.dims, wish.name, wish.mind, std::move(*props)}};
}

result<command> resolve_update(const world& w, world_number number, serial id,
                               std::optional<vec3> pos, const named_values& props) {
  const thing* t = w.find(id);
  if (!t) return no_such_thing(number, id);
  if (id == world_serial)
    return bad_param("id", "a thing other than the world; use world.update for the world");
  if (pos && !in_world(*pos)) return bad_param("pos", "a place in the world, in metres");
  auto slots = to_slots(w.catalogue().kinds()[t->kind], props);
  if (!slots) return slots.why();
  return command{update_command{id, pos, std::move(*slots)}};
}

result<command> resolve_remove(const world& w, world_number number, serial id) {
  if (!w.find(id)) return no_such_thing(number, id);
  if (id == world_serial)
    return bad_param("id", "a thing other than the world; use world.delete for the world");
  return command{remove_command{id}};
}

result<command> resolve_configure(const world& w, const world_wish& wish) {
  if (wish.dims || wish.seed)
    return bad_param(wish.dims ? "dims" : "seed", "nothing: it is fixed when a world is created");
  auto s = merged(w.catalogue(), w.settings(), wish);
  if (!s) return s.why();
  auto rules = take_rules(w.catalogue(), wish.rules, *s);
  if (!rules) return rules.why();
  return command{configure_command{std::move(*s), std::move(*rules)}};
}

result<command> resolve_found(const catalogue_ptr& catalogue, const world_wish& wish,
                              std::int64_t created_ms) {
  settings fresh;
  fresh.created_ms = created_ms;
  if (wish.dims) fresh.dims = *wish.dims;
  if (wish.seed) fresh.seed = *wish.seed;
  auto s = merged(*catalogue, std::move(fresh), wish);
  if (!s) return s.why();
  auto rules = take_rules(*catalogue, wish.rules, *s);
  if (!rules) return rules.why();
  command found = found_command{std::move(*s), catalogue, std::move(*rules)};
  return found;
}

}  // namespace unscripted::core
