// What the functions of a plugin see of the world: things, their properties, chance, space. Part of
// plugin.hpp, which is what a plugin includes. All of it is valid during the call only.
#pragma once

#include "plugins/abi.h"

#include <array>
#include <cstddef>
#include <exception>
#include <string>
#include <type_traits>
#include <vector>

namespace unscripted::plugin {

using outcome = uns_outcome;
inline constexpr outcome done = UNS_DONE;
inline constexpr outcome refused = UNS_REFUSED;

// -- properties that the code reads and writes ----------------------------------------------------

/// The type of a property that is a text.
struct text {};

/// A property of a kind. Number them 0, 1, 2, … within the plugin: another order does not compile.
template <class T>
struct use {
  std::uint32_t index;
  uns_property_ref ref;
};

template <class T>
constexpr std::uint32_t type_of() {
  if constexpr (std::is_same_v<T, double>) return UNS_NUMBER;
  else if constexpr (std::is_same_v<T, std::int64_t>) return UNS_INTEGER;
  else if constexpr (std::is_same_v<T, bool>) return UNS_BOOLEAN;
  else if constexpr (std::is_same_v<T, text>) return UNS_TEXT;
  else {
    static_assert(std::is_same_v<T, uns_thing>, "double, std::int64_t, bool, text or uns_thing");
    return UNS_THING;
  }
}

template <class T>
constexpr use<T> uses(std::uint32_t index, const char* kind, const char* name) {
  return {index, {kind, name, type_of<T>(), 0}};
}

template <class T>
uns_value pack(T x) {
  uns_value v{};
  if constexpr (std::is_same_v<T, double>) v.number = x;
  else if constexpr (std::is_same_v<T, std::int64_t>) v.integer = x;
  else if constexpr (std::is_same_v<T, bool>) v.boolean = x ? 1 : 0;
  else v.thing = x;
  return v;
}

template <class T>
T unpack(uns_value v) {
  if constexpr (std::is_same_v<T, double>) return v.number;
  else if constexpr (std::is_same_v<T, std::int64_t>) return v.integer;
  else if constexpr (std::is_same_v<T, bool>) return v.boolean != 0;
  else return v.thing;
}

// -- what a call gives ----------------------------------------------------------------------------

/// A thing of the world, valid during the call. Whatever cannot be done returns false and does
/// nothing: the thing is gone, has no such property, is blocked.
class thing {
public:
  thing(const uns_call& call, uns_thing id) noexcept : call_(&call), id_(id) {}

  uns_thing id() const noexcept { return id_; }
  bool is_a(const char* kind) const noexcept { return host().is_a(call_, id_, kind); }

  template <class T>
  T get(use<T> property, std::type_identity_t<T> otherwise = {}) const noexcept {
    uns_value v{};
    return host().get(call_, id_, property.index, &v) ? unpack<T>(v) : otherwise;
  }
  std::string get(use<text> property) const {
    constexpr std::uint32_t room = 1025;
    std::array<char, room> buffer;
    const std::uint32_t size = host().get_text(call_, id_, property.index, buffer.data(), room);
    return size < room ? std::string(buffer.data(), size) : std::string();
  }
  template <class T>
  bool set(use<T> property, std::type_identity_t<T> x) const noexcept {
    return host().set(call_, id_, property.index, pack<T>(x));
  }
  bool set(use<text> property, const char* utf8) const noexcept {
    return host().set_text(call_, id_, property.index, utf8);
  }
  /// Recorded as an addition: prefer it to get and set.
  template <class T>
  requires std::is_same_v<T, double> || std::is_same_v<T, std::int64_t>
  bool add(use<T> property, std::type_identity_t<T> x) const noexcept {
    return host().add(call_, id_, property.index, pack<T>(x));
  }

  /// Where it stands and how large it is, in metres; zeros if it is gone.
  uns_vec3 pos() const noexcept {
    uns_vec3 out{};
    host().place(call_, id_, &out, nullptr);
    return out;
  }
  uns_vec3 dims() const noexcept {
    uns_vec3 out{};
    host().place(call_, id_, nullptr, &out);
    return out;
  }
  /// By metres, or to a place in metres; false where walls or solid things are in the way.
  bool move(double x, double y, double z) const noexcept {
    return host().move(call_, id_, x, y, z);
  }
  bool put(uns_vec3 to) const noexcept { return host().put(call_, id_, to.x, to.y, to.z); }
  /// Who carries it: the world where it stands on the ground, UNS_NO_THING where it is gone.
  thing carrier() const noexcept { return {*call_, host().carrier(call_, id_)}; }
  bool is_carried() const noexcept {
    const uns_thing by = host().carrier(call_, id_);
    return by != UNS_WORLD && by != UNS_NO_THING;
  }
  /// Takes a thing into its hands, from the ground or from others; `what.put(to)` sets it down.
  bool carry(const thing& what) const noexcept { return host().carry(call_, id_, what.id_); }
  /// Of a bot this is its death, of this cause.
  bool remove(const char* cause = "") const noexcept { return host().remove(call_, id_, cause); }

private:
  const uns_host& host() const noexcept { return *call_->host; }

  const uns_call* call_;
  uns_thing id_;
};

struct direction {
  double cosine;  // of +x
  double sine;    // of +z
};

class context {
public:
  explicit context(const uns_call& call) noexcept : call_(&call) {}

  thing agent() const noexcept { return {*call_, call_->agent}; }
  thing target() const noexcept { return {*call_, call_->target}; }
  thing world() const noexcept { return {*call_, call_->world}; }
  thing at(uns_thing id) const noexcept { return {*call_, id}; }
  std::uint64_t tick() const noexcept { return call_->tick; }

  // The argument of parameter `i`, which must be of that type.
  double number(std::size_t i) const noexcept { return call_->args[i].number; }
  std::int64_t integer(std::size_t i) const noexcept { return call_->args[i].integer; }
  bool boolean(std::size_t i) const noexcept { return call_->args[i].boolean != 0; }
  const char* words(std::size_t i) const noexcept { return call_->args[i].text; }
  thing other(std::size_t i) const noexcept { return {*call_, call_->args[i].thing}; }

  /// 64 random bits.
  std::uint64_t random() const noexcept { return host().random(call_); }
  /// Uniform in [0, bound); 0 for a bound of 0.
  std::uint64_t below(std::uint64_t bound) const noexcept {
    __extension__ using wide = unsigned __int128;
    return static_cast<std::uint64_t>((wide{random()} * bound) >> 64);
  }
  /// Uniform in [0, 1).
  double ratio() const noexcept { return static_cast<double>(random() >> 11) * 0x1p-53; }

  /// Of an angle in turns: the same on every machine, unlike std::sin and std::cos.
  plugin::direction direction(double turns) const noexcept {
    plugin::direction out{1, 0};
    host().direction(call_, turns, &out.cosine, &out.sine);
    return out;
  }
  double turn_of(double x, double z) const noexcept { return host().turn_of(call_, x, z); }

  /// At most `most` things within `range` metres of `centre`, nearest first.
  std::vector<thing> near(thing centre, double range, std::uint32_t most = 64) const {
    std::vector<uns_thing> ids(most);
    ids.resize(host().near(call_, centre.id(), range, ids.data(), most));
    std::vector<thing> out;
    out.reserve(ids.size());
    for (const uns_thing id : ids) out.push_back(at(id));
    return out;
  }
  /// What a thing carries, by serial.
  std::vector<thing> carried(thing carrier) const {
    std::vector<uns_thing> ids(64);
    ids.resize(host().carried(call_, carrier.id(), ids.data(), 64));
    std::vector<thing> out;
    out.reserve(ids.size());
    for (const uns_thing id : ids) out.push_back(at(id));
    return out;
  }
  /// A new thing at a place, or at a random one; its id is UNS_NO_THING where there is no room.
  thing create(const char* kind, uns_vec3 pos) const noexcept {
    return at(host().create(call_, kind, &pos));
  }
  thing create(const char* kind) const noexcept { return at(host().create(call_, kind, nullptr)); }

  /// Why the action is refused. Use: `return c.refuse("the well is dry");`
  outcome refuse(const char* why) const noexcept {
    host().explain(call_, why);
    return refused;
  }
  const uns_call& raw() const noexcept { return *call_; }

private:
  const uns_host& host() const noexcept { return *call_->host; }

  const uns_call* call_;
};

using function = outcome (*)(context&);

/// The wall that no exception crosses.
template <function F>
outcome guarded(const uns_call* call) noexcept {
  try {
    context c{*call};
    return F(c);
  } catch (const std::exception& e) {
    call->host->explain(call, e.what());
  } catch (...) {
    call->host->explain(call, "an unknown exception was thrown");
  }
  return UNS_FAULT;
}

}  // namespace unscripted::plugin
