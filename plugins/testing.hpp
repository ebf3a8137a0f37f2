// A small world for the unit tests of a plugin: no server, no engine, headers alone.
//
//   #include "plugins/testing.hpp"
//
//   unscripted::testing::world w(unscripted_plugin);  // the plugin that is linked to the test
//   const uns_thing bot = w.create("bot", 5, 5);
//   CHECK(w.act("jump", bot, {{"distance", 2}, {"angle", 0.25}}) == UNS_DONE);
//   CHECK(w.pos(bot).z == 7);
//
// As in the engine: places are whole micrometres, walls and solid things block, arguments are
// checked, reach is measured, writes are kept on UNS_DONE only, rules run after an action (not
// after a fault) in order of name. The same test gives the same result wherever it runs.
//
// Other than the engine: nobody is born in place of the dead, no capacity ends a world, effects and
// draws are not counted, texts are not checked for control characters, and tables that the loader
// would refuse are not refused: for that there is `unscripted plugin check`. Angles agree within
// 1e-15 and the quarters exactly; draws are others than those of a world with the same seed. A
// property of a plugin that is not here begins with 0 or "", and of the kinds of others only `bot`
// and `well` are known, as they ship.
//
// Mistakes of the test itself throw std::invalid_argument: an unknown action, an argument out of
// range, no room for a thing. A plugin's tables must outlive the world. Not thread-safe.
#pragma once

#include "plugins/testing_host.hpp"

#include <exception>
#include <initializer_list>
#include <type_traits>

namespace unscripted::testing {

/// A value whose type is that of the parameter or property that it is for.
struct loose_value {
  template <class T>
  requires std::is_arithmetic_v<T> loose_value(T x) : number(static_cast<double>(x)) {
    if constexpr (std::is_integral_v<T>) bits = static_cast<std::uint64_t>(x);
    else if (std::abs(number) < 0x1p63) bits = static_cast<std::uint64_t>(std::int64_t(x));
  }
  loose_value(const char* x) : text(x) {}

  double number = 0;
  std::uint64_t bits = 0;  // of integers, booleans and things
  std::string text;
};

struct argument {
  const char* name;
  loose_value value;
};
using arguments = std::initializer_list<argument>;

class world {
public:
  /// Its ground spans [0, dims.x] by [0, dims.z], in metres.
  explicit world(const uns_plugin& plugin, uns_vec3 dims = {10, 10, 10}, std::uint64_t seed = 1) {
    stage_.seed = seed;
    stage_.now.things[UNS_WORLD] = {"world", {}, detail::to_micrometres(dims), false, {}};
    add_kind("bot", {0.5, 1.7, 0.3}, true);
    add_kind("well", {1, 1, 1}, true);
    add(plugin);
  }

  /// One more plugin: its kinds, actions and rules.
  void add(const uns_plugin& plugin) {
    stage_.plugins.push_back(&plugin);
    for (std::uint32_t i = 0; i < plugin.kind_count; ++i) {
      const uns_kind& k = plugin.kinds[i];
      if (!(k.flags & UNS_KIND_EXTENDS))
        add_kind(k.name, {k.width, k.height, k.depth}, (k.flags & UNS_KIND_SOLID) != 0);
    }
    for (std::uint32_t i = 0; i < plugin.rule_count; ++i)
      rules_.emplace(plugin.rules[i].name, std::pair{&plugin, &plugin.rules[i]});
  }
  /// A kind that a plugin brings which is not here.
  void add_kind(const std::string& name, uns_vec3 dims, bool solid) {
    stage_.kinds[name] = {detail::to_micrometres(dims), solid};
  }
  /// A thing on the ground, its middle at (x, z).
  uns_thing create(const std::string& kind, double x, double z) {
    const uns_thing made = stage_.make(kind, detail::to_micrometres({x, 0, z}));
    if (made == UNS_NO_THING) throw std::invalid_argument("no such kind, or no room: " + kind);
    return made;
  }

  /// What a client asks for: without a target the world or, of actions on the agent only, itself.
  /// Parameters that are not named have their fallback.
  uns_outcome act(const std::string& action, uns_thing agent, arguments args = {}) {
    for (const uns_plugin* p : stage_.plugins)
      for (std::uint32_t i = 0; i < p->action_count; ++i) {
        const uns_action& a = p->actions[i];
        const bool on_self = (a.flags & UNS_ACTION_SELF) != 0;
        if (a.name == action && (on_self || a.target_kind == std::string_view("world")))
          return act(*p, a, {agent, on_self ? agent : UNS_WORLD}, args);
      }
    throw std::invalid_argument("no such action without a target: " + action);
  }
  uns_outcome act(const std::string& action, uns_thing agent, uns_thing target,
                  arguments args = {}) {
    const std::string kind = stage_.at(target).kind;
    for (const uns_plugin* p : stage_.plugins)
      for (std::uint32_t i = 0; i < p->action_count; ++i)
        if (p->actions[i].name == action && p->actions[i].target_kind == kind)
          return act(*p, p->actions[i], {agent, target}, args);
    throw std::invalid_argument("no such action on a " + kind + ": " + action);
  }
  /// World time goes on by one; the rules of ticks run.
  void tick() {
    ++tick_;
    for (const auto& [name, rule] : rules_)
      if (run(*rule.first, rule.second->at_tick, {UNS_NO_THING, UNS_WORLD}) == UNS_FAULT)
        ++rule_faults_;
  }
  std::uint64_t now() const { return tick_; }

  /// The reason that was last given for a refusal or fault since the last action began.
  const std::string& said() const { return stage_.said; }
  /// How often a rule was faulty.
  int rule_faults() const { return rule_faults_; }

  bool exists(uns_thing id) const { return stage_.now.things.contains(id); }
  /// Who carries it; UNS_WORLD where it stands on the ground.
  uns_thing carrier(uns_thing id) const { return stage_.at(id).carrier; }
  /// What a removed thing was removed for.
  const std::string& cause(uns_thing id) const { return stage_.now.causes.at(id); }
  /// All things of a kind, in the order in which they came.
  std::vector<uns_thing> things(const std::string& kind) const {
    std::vector<uns_thing> out;
    for (const auto& [id, t] : stage_.now.things)
      if (t.kind == kind) out.push_back(id);
    return out;
  }
  uns_vec3 pos(uns_thing id) const { return detail::to_metres(stage_.seen(id).pos); }
  uns_vec3 dims(uns_thing id) const { return detail::to_metres(stage_.at(id).dims); }

  // Properties that a plugin here brings or uses.
  double number(uns_thing id, const std::string& name) { return known(id, name).value.number; }
  std::int64_t integer(uns_thing id, const std::string& name) {
    return known(id, name).value.integer;
  }
  bool boolean(uns_thing id, const std::string& name) { return known(id, name).value.boolean != 0; }
  uns_thing other(uns_thing id, const std::string& name) { return known(id, name).value.thing; }
  const std::string& text(uns_thing id, const std::string& name) { return known(id, name).text; }
  void set(uns_thing id, const std::string& name, const loose_value& x) {
    known(id, name) = to_cell(type_of(stage_.at(id).kind, name), x);
  }

private:
  struct who {
    uns_thing agent, target;
  };
  using code = uns_outcome (*)(const uns_call*);

  uns_outcome act(const uns_plugin& p, const uns_action& a, who w, arguments args) {
    if (stage_.at(w.agent).kind == "world" || ((a.flags & UNS_ACTION_SELF) && w.agent != w.target))
      throw std::invalid_argument("the wrong agent or target of an action");
    stage_.said.clear();
    const std::vector<detail::cell> cells = checked(a, args);
    const uns_outcome out = in_reach(a, w) ? run(p, a.apply, w, &a, &cells) : UNS_REFUSED;
    if (out == UNS_FAULT) return out;
    for (const auto& [name, rule] : rules_)
      if (exists(w.agent) && run(*rule.first, rule.second->after_action, w) == UNS_FAULT)
        ++rule_faults_;
    return out;
  }
  bool in_reach(const uns_action& a, who w) {
    const std::int64_t reach = detail::micrometres(a.reach == 0 ? 1 : a.reach);
    if (w.target == UNS_WORLD || w.agent == w.target) return true;
    if (detail::gap(stage_.seen(w.agent), stage_.seen(w.target)) <= reach) return true;
    stage_.said = "not_in_reach";
    return false;
  }
  uns_outcome run(const uns_plugin& p, code what, who w, const uns_action* a = nullptr,
                  const std::vector<detail::cell>* args = nullptr) {
    if (!what) return UNS_DONE;
    std::vector<uns_value> values;
    for (std::uint32_t i = 0; a && i < a->param_count; ++i) {
      values.push_back((*args)[i].value);
      if (a->params[i].type == UNS_TEXT) values[i].text = (*args)[i].text.c_str();
    }
    const detail::state before = stage_.now;
    const detail::service serving{stage_, p};
    const uns_call how{.struct_size = sizeof(uns_call),
                       .arg_count = static_cast<std::uint32_t>(values.size()),
                       .host = &detail::services(),
                       .tick = tick_,
                       .agent = w.agent,
                       .target = w.target,
                       .world = UNS_WORLD,
                       .args = values.empty() ? nullptr : values.data(),
                       .engine = &serving};
    uns_outcome out = UNS_FAULT;
    try {
      out = what(&how);
    } catch (const std::exception& e) {
      stage_.said = e.what();
    }
    if (out != UNS_DONE) stage_.now = before;
    return out;
  }

  static std::vector<detail::cell> checked(const uns_action& a, arguments args) {
    std::vector<detail::cell> out;
    for (std::uint32_t i = 0; i < a.param_count; ++i)
      out.push_back(detail::fallback_of(a.params[i]));
    for (const argument& given : args) {
      std::uint32_t i = 0;
      while (i < a.param_count && a.params[i].name != std::string_view(given.name)) ++i;
      if (i == a.param_count || !suits(a.params[i], given.value))
        throw std::invalid_argument(std::string("no such parameter, or not in its range: ") +
                                    given.name);
      out[i] = to_cell(a.params[i].type, given.value);
    }
    return out;
  }
  static bool suits(const uns_param& p, const loose_value& x) {
    if (p.type == UNS_TEXT) return static_cast<double>(x.text.size()) <= p.maximum;
    if (p.type == UNS_THING) return true;
    if (p.type == UNS_BOOLEAN) return x.number == 0 || x.number == 1;
    return x.number >= p.minimum && x.number <= p.maximum &&
           (p.type == UNS_NUMBER || x.number == std::trunc(x.number));
  }
  static detail::cell to_cell(std::uint32_t type, const loose_value& x) {
    detail::cell out;
    if (type == UNS_NUMBER) out.value.number = x.number;
    else if (type == UNS_TEXT) out.text = x.text;
    else out.value.thing = x.bits;
    return out;
  }
  std::uint32_t type_of(const std::string& kind, const std::string& name) const {
    if (const uns_property* p = stage_.property(kind, name)) return p->type;
    for (const uns_plugin* p : stage_.plugins)
      for (std::uint32_t i = 0; i < p->use_count; ++i)
        if (p->uses[i].kind == kind && p->uses[i].name == name) return p->uses[i].type;
    throw std::invalid_argument("no plugin here brings or uses " + kind + "." + name);
  }
  detail::cell& known(uns_thing id, const std::string& name) {
    type_of(stage_.at(id).kind, name);  // throws where there is none
    return stage_.cell_of(stage_.now.things.at(id), name);
  }

  detail::stage stage_;
  std::map<std::string, std::pair<const uns_plugin*, const uns_rule*>> rules_;  // by name
  std::uint64_t tick_ = 0;
  int rule_faults_ = 0;
};

}  // namespace unscripted::testing
