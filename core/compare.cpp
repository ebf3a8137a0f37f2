#include "core/compare.hpp"

#include "core/diff.hpp"
#include "core/show.hpp"

#include <algorithm>
#include <variant>

namespace unscripted::core {

namespace {

// Effects may come from a file: nothing is taken for granted about what hangs behind `more`.
template <class T>
const T* detail(const effect& e) {
  return e.more ? std::get_if<T>(e.more.get()) : nullptr;
}

std::string cause_of(const effect& e) {
  const auto* cause = detail<std::string>(e);
  return quoted(cause ? *cause : std::string{});
}

/// Finds names for what the effects of one record speak of.
class names {
public:
  names(const world& before, std::span<const effect> earlier)
    : before_(before), earlier_(earlier), catalogue_(before.shared_catalogue()) {
    for (const effect& e : earlier)
      if (const auto* next = detail<catalogue_ptr>(e)) catalogue_ = *next;
  }

  const kind* kind_at(kind_index index) const { return kind_in(catalogue_, index); }

  const kind* kind_of(serial id) const {
    for (const effect& e : earlier_)
      if (const auto* how = detail<creation>(e); how && e.thing == id) return kind_at(how->kind);
    const thing* t = before_.find(id);
    return t ? kind_in(before_.shared_catalogue(), t->kind) : nullptr;
  }

  const property* property_of(const effect& e) const {
    const kind* k = kind_of(e.thing);
    return k && e.slot < k->properties.size() ? &k->properties[e.slot] : nullptr;
  }

  std::string property_name(const effect& e) const {
    const property* p = property_of(e);
    return p ? p->name : "slot " + std::to_string(e.slot);
  }

  /// What a set or added effect sets or adds.
  std::string value_of(const effect& e) const {
    if (const auto* text = detail<std::string>(e)) return quoted(*text);
    const property* p = property_of(e);
    if (!p || p->type == value_type::text) return "bits " + std::to_string(e.bits);
    return show(value{p->type, e.bits, {}});
  }

  std::string thing_name(serial id) const {
    const kind* k = kind_of(id);
    if (id == world_serial) return "the world";
    return (k ? k->name : "thing") + " " + show_thing(id);
  }

private:
  static const kind* kind_in(const catalogue_ptr& c, kind_index index) {
    return c && index < c->kinds().size() ? &c->kinds()[index] : nullptr;
  }

  const world& before_;
  std::span<const effect> earlier_;
  catalogue_ptr catalogue_;
};

std::string show_creation(const effect& e, const names& known) {
  const auto* how = detail<creation>(e);
  if (!how) return "created";
  const kind* k = known.kind_at(how->kind);
  std::string text =
      "created " + (k ? k->name : "kind " + std::to_string(how->kind)) + " at " + show(e.pos);
  text += ", size " + show(how->dims);
  if (how->parent != world_serial) text += ", in thing " + show_thing(how->parent);
  if (!how->name.empty()) text += ", name " + quoted(how->name);
  if (!how->mind.empty()) text += ", mind " + quoted(how->mind);
  return text;
}

std::string show_removal(const effect& e) {
  const auto* cause = detail<std::string>(e);
  std::string text = "removed";
  if (cause && !cause->empty()) text += " by " + quoted(*cause);
  if (e.bits != no_thing) text += ", heir " + show_thing(e.bits);
  return text;
}

std::string show_catalogue(const effect& e) {
  const auto* next = detail<catalogue_ptr>(e);
  if (!next || !*next) return "catalogue";
  std::string text;
  for (const plugin& p : (*next)->plugins())
    text += (text.empty() ? " of " : ", ") + p.id + " " + p.version;
  // The digits name the catalogue, whose plugins may have the same versions as another's.
  return "catalogue " + std::to_string((*next)->digest()) + text;
}

std::string show_settings(const effect& e, const world& before) {
  const auto* next = detail<settings>(e);
  if (!next) return "settings";
  std::string text;
  for (const difference& d : diff(before.settings(), *next, 64).items)
    text += (text.empty() ? "" : ", ") + d.what + " " + d.b;
  return "settings: " + (text.empty() ? "as before" : text);
}

// What an effect does, without saying to whom.
std::string deed(const effect& e, const names& known, const world& before) {
  switch (e.type) {
    case effect_type::created: return show_creation(e, known);
    case effect_type::removed: return show_removal(e);
    case effect_type::moved: return "moved to " + show(e.pos);
    case effect_type::set: return "set " + known.property_name(e) + " to " + known.value_of(e);
    case effect_type::added: return "added " + known.value_of(e) + " to " + known.property_name(e);
    case effect_type::turned: return "one more turn";
    case effect_type::ticked: return "tick " + std::to_string(e.bits) + " begins";
    case effect_type::configured: return show_settings(e, before);
    case effect_type::catalogued: return show_catalogue(e);
    case effect_type::carried:
      return e.bits == world_serial ? "set down" : "carried by " + known.thing_name(e.bits);
  }
  return "?";
}

std::string what_of(const effect& e, const names& known) {
  switch (e.type) {
    case effect_type::created: return "created";
    case effect_type::removed: return "removed";
    case effect_type::moved: return "place";
    case effect_type::set:
    case effect_type::added: return known.property_name(e);
    case effect_type::turned: return "turn";
    case effect_type::ticked: return "tick";
    case effect_type::configured: return "settings";
    case effect_type::catalogued: return "catalogue";
    case effect_type::carried: return "carrier";
  }
  return "?";
}

/// Two effects at the same place in their records, and the names that each record gives.
struct effect_pair {
  const effect& expected;
  const effect& found;
  const names& of_expected;
  const names& of_found;
};

mismatch removals(const effect_pair& p) {
  const std::string a = cause_of(p.expected), b = cause_of(p.found);
  if (a != b) return {p.expected.thing, "cause", a, b};
  return {p.expected.thing, "heir", show_thing(p.expected.bits), show_thing(p.found.bits)};
}

mismatch configurations(const effect_pair& p) {
  const auto* a = detail<settings>(p.expected);
  const auto* b = detail<settings>(p.found);
  mismatch m{world_serial, "settings", a ? "some" : "none", b ? "some" : "none"};
  if (!a || !b) return m;
  m.expected.clear();
  m.found.clear();
  for (const difference& d : diff(*a, *b, 64).items) {
    m.expected += (m.expected.empty() ? "" : ", ") + d.what + " " + d.a;
    m.found += (m.found.empty() ? "" : ", ") + d.what + " " + d.b;
  }
  return m;
}

bool is_alike(const effect_pair& p) {
  const effect &a = p.expected, &b = p.found;
  return a.type == b.type && a.thing == b.thing && a.slot == b.slot;
}

// Two effects of the same type on the same thing: what differs are values.
mismatch values(const effect_pair& p, const world& before) {
  const effect &a = p.expected, &b = p.found;
  mismatch m{a.thing, what_of(a, p.of_expected), {}, {}};
  switch (a.type) {
    case effect_type::removed: return removals(p);
    case effect_type::configured: return configurations(p);
    case effect_type::moved:
      m.expected = show(a.pos);
      m.found = show(b.pos);
      return m;
    case effect_type::ticked:
      m.expected = std::to_string(a.bits);
      m.found = std::to_string(b.bits);
      return m;
    case effect_type::set:
    case effect_type::added:
      m.expected = p.of_expected.value_of(a);
      m.found = p.of_found.value_of(b);
      return m;
    default:
      m.expected = deed(a, p.of_expected, before);
      m.found = deed(b, p.of_found, before);
      return m;
  }
}

mismatch compare(const effect_pair& p, const world& before) {
  if (is_alike(p)) return values(p, before);
  const effect &a = p.expected, &b = p.found;
  mismatch m{a.thing, what_of(a, p.of_expected), {}, {}};
  m.expected = deed(a, p.of_expected, before);
  m.found = deed(b, p.of_found, before);
  if (a.thing == b.thing) return m;
  const auto name = [](std::string& text, const effect& e, const names& known) {
    if (is_of_thing(e.type)) text = known.thing_name(e.thing) + ": " + text;
  };
  name(m.expected, a, p.of_expected);
  name(m.found, b, p.of_found);
  return m;
}

std::optional<mismatch> compare_effects(const record& expected, const record& found,
                                        const world& before) {
  const auto &a = expected.effects, &b = found.effects;
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_a == a.end() && in_b == b.end()) return std::nullopt;
  const names of_a{before, {a.begin(), in_a}}, of_b{before, {b.begin(), in_b}};
  if (in_a != a.end() && in_b != b.end()) return compare({*in_a, *in_b, of_a, of_b}, before);
  const bool is_missing = in_a != a.end();
  const effect& only = is_missing ? *in_a : *in_b;
  const names& known = is_missing ? of_a : of_b;
  mismatch m{only.thing, what_of(only, known), "nothing", "nothing"};
  (is_missing ? m.expected : m.found) = deed(only, known, before);
  return m;
}

}  // namespace

std::optional<mismatch> first_mismatch(const record& expected, const record& found,
                                       const world& before) {
  const auto differ = [](const char* what, std::string a, std::string b) {
    return mismatch{no_thing, what, std::move(a), std::move(b)};
  };
  if (expected.outcome != found.outcome)
    return differ("outcome", std::string{to_string(expected.outcome)},
                  std::string{to_string(found.outcome)});
  if (expected.reason != found.reason)
    return differ("reason", quoted(expected.reason), quoted(found.reason));
  if (expected.draws != found.draws)
    return differ("draws", std::to_string(expected.draws), std::to_string(found.draws));
  return compare_effects(expected, found, before);
}

std::string show(const effect& e, const world& before, std::span<const effect> earlier) {
  const names known{before, earlier};
  const std::string text = deed(e, known, before);
  // A creation says the kind itself, and the thing has no name before it.
  if (e.type == effect_type::created) return "thing " + show_thing(e.thing) + ": " + text;
  return is_of_thing(e.type) ? known.thing_name(e.thing) + ": " + text : text;
}

}  // namespace unscripted::core
