#include "core/predicate.hpp"

#include "core/predicate_parts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace unscripted::core {

namespace {

using op = predicate_step::op;

// What has no value: arithmetic hands it on by itself, and comparisons look for it.
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

double finite(double x) { return std::isfinite(x) ? x : nothing; }

template <class Named>
std::string names_of(const std::vector<Named>& all) {
  std::string text;
  for (const Named& one : all) text += (text.empty() ? "" : ", ") + one.name;
  return text.empty() ? "nothing" : text;
}

problem no_kind(const catalogue& c, const std::string& name) {
  return problem{errc::not_found,
                 "there is no kind `" + name + "` in this world; it knows " + names_of(c.kinds()),
                 {}}
      .with("kind", name);
}

problem no_property(const kind& k, const std::string& name) {
  return problem{errc::not_found,
                 "a " + k.name + " has no property `" + name + "`; it has " +
                     names_of(k.properties) + ", and the place x, y, z",
                 {}}
      .with("kind", k.name)
      .with("property", name);
}

problem no_number(const kind& k, const std::string& name) {
  return problem{errc::invalid_params,
                 "property `" + name + "` of a " + k.name +
                     " is a text, which no predicate compares; name another property",
                 {}}
      .with("kind", k.name)
      .with("property", name);
}

// Reads one property, or one coordinate, of things of one kind.
class reading {
public:
  static result<reading> of(const kind& k, const std::string& property) {
    if (property == "x" || property == "y" || property == "z")
      return reading{k, property.front(), 0};
    const auto slot = k.slot_of(property);
    if (!slot) return no_property(k, property);
    if (k.properties[*slot].type == value_type::text) return no_number(k, property);
    return reading{k, 0, *slot};
  }

  double operator()(const world& w, const thing& t) const {
    if (axis_ != 0) {
      const vec3 at = w.place_of(t).pos;
      return to_metres(axis_ == 'x' ? at.x : axis_ == 'y' ? at.y : at.z);
    }
    const value v{kind_->properties[slot_].type, t.cells[slot_], {}};
    switch (v.type) {
      case value_type::number: return v.as_number();
      case value_type::integer: return static_cast<double>(v.as_integer());
      case value_type::boolean: return v.as_boolean() ? 1 : 0;
      case value_type::thing: return static_cast<double>(v.bits);
      case value_type::text: break;
    }
    return nothing;
  }

private:
  reading(const kind& k, char axis, std::uint16_t slot) : kind_(&k), axis_(axis), slot_(slot) {}

  const kind* kind_;
  char axis_;
  std::uint16_t slot_;
};

result<double> property_of(const world& w, const predicate_step& s) {
  const thing* t = w.find(s.id);
  if (!t) return nothing;
  const auto read = reading::of(w.catalogue().kinds()[t->kind], s.property);
  if (!read) return read.why();
  return (*read)(w, *t);
}

result<double> count(const world& w, const predicate_step& s) {
  const auto kind = w.catalogue().find_kind(s.name);
  if (!kind) return no_kind(w.catalogue(), s.name);
  return *kind == world_kind ? 1 : static_cast<double>(w.count(*kind));
}

double deaths(const world& w, const predicate_step& s) {
  if (s.what == op::deaths) {
    const auto found = w.deaths().find(s.name);
    return found == w.deaths().end() ? 0 : static_cast<double>(found->second);
  }
  std::uint64_t sum = 0;
  for (const auto& of_cause : w.deaths()) sum += of_cause.second;
  return static_cast<double>(sum);
}

// By serial: a sum of doubles depends on the order.
template <class Visit>
void for_each(const world& w, kind_index kind, const Visit& visit) {
  if (kind == world_kind) return visit(w.self());
  if (w.count(kind) == 0) return;
  if (kind == w.catalogue().bot_kind()) {
    for (const serial id : w.bots()) visit(*w.find(id));
    return;
  }
  for (const serial id : w.serials())
    if (const thing* t = w.find(id); t->kind == kind) visit(*t);
}

result<double> aggregate(const world& w, const predicate_step& s) {
  const auto kind = w.catalogue().find_kind(s.name);
  if (!kind) return no_kind(w.catalogue(), s.name);
  const auto read = reading::of(w.catalogue().kinds()[*kind], s.property);
  if (!read) return read.why();
  std::size_t things = 0;
  double sum = 0, least = nothing, most = nothing;
  for_each(w, *kind, [&](const thing& t) {
    const double x = (*read)(w, t);
    least = things == 0 ? x : std::min(least, x);
    most = things == 0 ? x : std::max(most, x);
    sum += x;
    ++things;
  });
  if (s.what == op::min) return least;
  if (s.what == op::max) return most;
  if (s.what == op::sum) return finite(sum);
  return things == 0 ? nothing : finite(sum / static_cast<double>(things));
}

result<double> read(const world& w, const predicate_step& s) {
  switch (s.what) {
    case op::number: return s.operand;
    case op::tick: return static_cast<double>(w.tick());
    case op::seq: return static_cast<double>(w.seq());
    case op::actions: return static_cast<double>(w.actions());
    case op::count_all: return static_cast<double>(w.thing_count());
    case op::count: return count(w, s);
    case op::deaths_all:
    case op::deaths: return deaths(w, s);
    case op::alive: return w.find(s.id) ? 1 : 0;
    case op::property_of: return property_of(w, s);
    default: return aggregate(w, s);
  }
}

bool compare(op what, double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return false;
  switch (what) {
    case op::less: return a < b;
    case op::less_equal: return a <= b;
    case op::greater: return a > b;
    case op::greater_equal: return a >= b;
    case op::equal: return a == b;
    default: return a != b;
  }
}

double combine(op what, double a, double b) {
  switch (what) {
    case op::add: return finite(a + b);
    case op::subtract: return finite(a - b);
    case op::multiply: return finite(a * b);
    case op::divide: return b == 0 ? nothing : finite(a / b);
    case op::both: return a != 0 && b != 0 ? 1 : 0;
    case op::either: return a != 0 || b != 0 ? 1 : 0;
    default: return compare(what, a, b) ? 1 : 0;
  }
}

}  // namespace

result<bool> predicate::holds(const world& w) const {
  if (!w.shared_catalogue() || !w.find(world_serial)) return false;
  std::vector<double> stack;
  for (const predicate_step& s : program_->steps) {
    if (s.what < op::negate) {
      const auto x = read(w, s);
      if (!x) return x.why();
      stack.push_back(*x);
    } else if (s.what < op::add) {
      stack.back() = s.what == op::negate ? -stack.back() : stack.back() == 0 ? 1 : 0;
    } else {
      const double b = stack.back();
      stack.pop_back();
      stack.back() = combine(s.what, stack.back(), b);
    }
  }
  return stack.back() != 0;
}

}  // namespace unscripted::core
