// C++ over abi.h, for the authors of plugins. Header-only: a plugin links to nothing of the engine.
//
//   #include "plugins/plugin.hpp"
//   using namespace unscripted::plugin;
//
//   static constexpr auto drink = uses<double>(0, "bot", "drink");
//
//   static outcome quench(context& c) {
//     c.agent().set(drink, 1);
//     return done;
//   }
//
//   UNSCRIPTED_PLUGIN("org.unscripted.drink", "1.0.0", drink,
//                     action<quench>("well", "drink", "Drink water."));
//
// After id and version come the plugin's parts in any order: properties that it uses, kinds,
// extensions of kinds, actions, rules. The rules of determinism are in abi.h. An exception that a
// function throws becomes a fault: the world is unharmed, the plugin is blamed.
#pragma once

#include "plugins/call.hpp"

#include <array>
#include <tuple>

namespace unscripted::plugin {

// -- parameters and properties --------------------------------------------------------------------

/// The greatest bound of an integer.
inline constexpr double integer_max = 9007199254740992;

constexpr uns_param number(const char* name, const char* unit, double minimum, double maximum,
                           double fallback) {
  return {name, unit, UNS_NUMBER, 0, minimum, maximum, fallback, nullptr};
}
constexpr uns_param integer(const char* name, const char* unit, double minimum, double maximum,
                            double fallback) {
  return {name, unit, UNS_INTEGER, 0, minimum, maximum, fallback, nullptr};
}
constexpr uns_param boolean(const char* name, bool fallback = false) {
  return {name, "", UNS_BOOLEAN, 0, 0, 1, fallback ? 1.0 : 0.0, nullptr};
}
constexpr uns_param words(const char* name, std::uint32_t bytes_max, const char* fallback = "") {
  return {name, "", UNS_TEXT, 0, 0, static_cast<double>(bytes_max), 0, fallback};
}
constexpr uns_param other(const char* name) { return {name, "", UNS_THING, 0, 0, 0, 0, nullptr}; }

// -- the parts of a plugin ------------------------------------------------------------------------

template <std::size_t N>
struct action_part {
  uns_action head;
  std::array<uns_param, N> params;

  /// Another reach than 1 m.
  constexpr action_part within(double metres) const {
    action_part out = *this;
    out.head.reach = metres;
    return out;
  }
  /// Aimed at the agent itself only.
  constexpr action_part self_only() const {
    action_part out = *this;
    out.head.flags |= UNS_ACTION_SELF;
    return out;
  }
};

template <std::size_t N>
struct kind_part {
  uns_kind head;
  std::array<uns_property, N> properties;
};

struct rule_part {
  uns_rule head;
};

template <function F, class... Params>
constexpr action_part<sizeof...(Params)> action(const char* target_kind, const char* name,
                                                const char* summary, Params... params) {
  return {{sizeof(uns_action), 0, name, target_kind, summary, nullptr, sizeof...(Params), 0, 1,
           &guarded<F>},
          {params...}};
}

inline constexpr bool solid = true;
inline constexpr bool not_solid = false;

/// `dims` in metres: width (x), height (y), depth (z).
template <class... Properties>
constexpr kind_part<sizeof...(Properties)> kind(const char* name, uns_vec3 dims, bool is_solid,
                                                Properties... properties) {
  return {{sizeof(uns_kind), is_solid ? std::uint32_t{UNS_KIND_SOLID} : 0, name, dims.x, dims.y,
           dims.z, nullptr, sizeof...(Properties), 0},
          {properties...}};
}

/// More properties for a kind of the engine or of another plugin.
template <class... Properties>
constexpr kind_part<sizeof...(Properties)> extends(const char* kind, Properties... properties) {
  return {{sizeof(uns_kind), UNS_KIND_EXTENDS, kind, 0, 0, 0, nullptr, sizeof...(Properties), 0},
          {properties...}};
}

/// Runs after each action of a bot.
template <function AfterAction>
constexpr rule_part rule(const char* name, const char* summary) {
  return {{sizeof(uns_rule), 0, name, summary, &guarded<AfterAction>, nullptr}};
}

/// Runs at each tick of a world.
template <function AtTick>
constexpr rule_part tick_rule(const char* name, const char* summary) {
  return {{sizeof(uns_rule), 0, name, summary, nullptr, &guarded<AtTick>}};
}

// -- from parts to tables, at compile time --------------------------------------------------------

template <class T>
inline constexpr bool is_use = false;
template <class T>
inline constexpr bool is_use<use<T>> = true;
template <class T>
inline constexpr bool is_action = false;
template <std::size_t N>
inline constexpr bool is_action<action_part<N>> = true;
template <class T>
inline constexpr bool is_kind = false;
template <std::size_t N>
inline constexpr bool is_kind<kind_part<N>> = true;
template <class T>
inline constexpr bool is_rule = std::is_same_v<T, rule_part>;

template <class... Parts>
struct tables {
  std::array<uns_kind, (0 + ... + std::size_t{is_kind<Parts>})> kinds{};
  std::array<uns_action, (0 + ... + std::size_t{is_action<Parts>})> actions{};
  std::array<uns_rule, (0 + ... + std::size_t{is_rule<Parts>})> rules{};
  std::array<uns_property_ref, (0 + ... + std::size_t{is_use<Parts>})> uses{};

  std::size_t kind_count = 0, action_count = 0, rule_count = 0;

  constexpr void add(const rule_part& part) { rules[rule_count++] = part.head; }
  template <class T>
  constexpr void add(const use<T>& part) {
    uns_property_ref& place = uses.at(part.index);  // does not compile: number them 0, 1, 2, …
    if (place.kind != nullptr) throw "two properties have the same number";
    place = part.ref;
  }
  template <std::size_t N>
  constexpr void add(const action_part<N>& part) {
    actions[action_count] = part.head;
    actions[action_count++].params = N == 0 ? nullptr : part.params.data();
  }
  template <std::size_t N>
  constexpr void add(const kind_part<N>& part) {
    kinds[kind_count] = part.head;
    kinds[kind_count++].properties = N == 0 ? nullptr : part.properties.data();
  }
};

/// `parts` must have static storage: the tables point into it.
template <class... Parts>
constexpr tables<Parts...> tabulate(const std::tuple<Parts...>& parts) {
  static_assert(((is_use<Parts> || is_action<Parts> || is_kind<Parts> || is_rule<Parts>)&&...),
                "parts of a plugin: uses, kind, extends, action, rule, tick_rule");
  tables<Parts...> out;
  std::apply([&out](const auto&... part) { (out.add(part), ...); }, parts);
  return out;
}

template <class T, std::size_t N>
constexpr const T* first(const std::array<T, N>& table) {
  return N == 0 ? nullptr : table.data();
}

template <class T, std::size_t N>
constexpr std::uint32_t count(const std::array<T, N>&) {
  return static_cast<std::uint32_t>(N);
}

template <class... Parts>
constexpr uns_plugin describe(const char* id, const char* version, const tables<Parts...>& t) {
  return {UNS_ABI_MAJOR,
          UNS_ABI_MINOR,
          sizeof(uns_plugin),
          0,
          id,
          version,
          first(t.kinds),
          first(t.actions),
          first(t.rules),
          first(t.uses),
          count(t.kinds),
          count(t.actions),
          count(t.rules),
          count(t.uses)};
}

} // namespace unscripted::plugin

/// Once per plugin, at namespace scope: id, version, parts.
#define UNSCRIPTED_PLUGIN(id_, version_, ...)                                                      \
  static constexpr auto uns_parts_ = ::std::make_tuple(__VA_ARGS__);                               \
  static constexpr auto uns_tables_ = ::unscripted::plugin::tabulate(uns_parts_);                  \
  constinit const uns_plugin unscripted_plugin =                                                   \
      ::unscripted::plugin::describe(id_, version_, uns_tables_)
