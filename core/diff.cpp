#include "core/diff.hpp"

#include "core/show.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace unscripted::core {

namespace {

const std::string absent = "-";

const kind& kind_of(const world& w, const thing& t) { return w.catalogue().kinds()[t.kind]; }

std::string show_count(std::uint64_t x) { return std::to_string(x); }
std::string show_pause(const std::optional<std::uint64_t>& tick) {
  return tick ? std::to_string(*tick) : absent;
}
std::string show_text(const std::string& text) { return quoted(text); }
std::string show_length(const vec3& v) { return show(v); }
std::string show_bare(const std::string& name) { return name; }

/// Counts all differences and keeps the first.
class collector {
public:
  explicit collector(std::size_t most) : most_(most) {}

  void begin(serial id, std::string kind, std::string name) {
    subject_ = {id, std::move(kind), std::move(name), {}, {}, {}};
  }

  template <class T, class Show>
  void compare(const std::string& what, const T& a, const T& b, Show show) {
    if (a != b) note(what, show(a), show(b));
  }

  void note(const std::string& what, std::string a, std::string b) {
    ++found_.total;
    if (found_.items.size() >= most_) return;
    found_.items.push_back(subject_);
    difference& d = found_.items.back();
    d.what = what;
    d.a = std::move(a);
    d.b = std::move(b);
  }

  differences take() { return std::move(found_); }

private:
  std::size_t most_;
  difference subject_;
  differences found_;
};

void compare_capacities(collector& out, const settings& a, const settings& b) {
  auto kinds = a.capacity;
  kinds.insert(b.capacity.begin(), b.capacity.end());
  const auto of = [](const settings& s, const std::string& kind) {
    const auto found = s.capacity.find(kind);
    return found == s.capacity.end() ? absent : std::to_string(found->second);
  };
  for (const auto& entry : kinds) {
    const std::string& kind = entry.first;
    out.compare("capacity." + kind, of(a, kind), of(b, kind), show_bare);
  }
}

void compare_settings(collector& out, const settings& a, const settings& b) {
  const auto word = [](auto x) { return std::string{to_string(x)}; };
  out.compare("name", a.name, b.name, show_text);
  out.compare("seed", a.seed, b.seed, show_count);
  out.compare("dims", a.dims, b.dims, show_length);
  out.compare("pace", a.pace, b.pace, word);
  out.compare("population", a.population, b.population, word);
  out.compare("speed", a.speed, b.speed, [](double x) { return show(x); });
  out.compare("deadline_ms", a.deadline_ms, b.deadline_ms, show_count);
  out.compare("pause_at", a.pause_at, b.pause_at, show_pause);
  compare_capacities(out, a, b);
  out.compare("created_ms", a.created_ms, b.created_ms,
              [](std::int64_t x) { return std::to_string(x); });
  out.compare("parent", a.parent, b.parent, show_text);
}

void compare_properties(collector& out, const world& a, const thing& in_a, const world& b,
                        const thing& in_b) {
  const kind& of_a = kind_of(a, in_a);
  const kind& of_b = kind_of(b, in_b);
  for (std::size_t i = 0; i < of_a.properties.size(); ++i) {
    const auto slot = static_cast<std::uint16_t>(i);
    const std::string& name = of_a.properties[i].name;
    const value x = read_cell(in_a, of_a, slot);
    const auto other = of_b.slot_of(name);
    if (!other) {
      out.note(name, show(x), absent);
      continue;
    }
    const value y = read_cell(in_b, of_b, *other);
    // A 1 that is a number in one world and an integer in the other is no difference to see.
    if (x != y) out.compare(name, show(x), show(y), show_bare);
  }
  for (std::size_t i = 0; i < of_b.properties.size(); ++i) {
    const std::string& name = of_b.properties[i].name;
    if (of_a.slot_of(name)) continue;
    out.note(name, absent, show(read_cell(in_b, of_b, static_cast<std::uint16_t>(i))));
  }
}

void compare_world(collector& out, const world& a, const world& b) {
  out.begin(world_serial, "world", a.settings().name);
  out.compare("tick", a.tick(), b.tick(), show_count);
  out.compare("turns", a.turns(), b.turns(), show_count);
  out.compare("next_serial", a.next_serial(), b.next_serial(), show_count);
  compare_settings(out, a.settings(), b.settings());
  const thing* in_a = a.find(world_serial);
  const thing* in_b = b.find(world_serial);
  if (in_a && in_b) compare_properties(out, a, *in_a, b, *in_b);
  else if (in_a || in_b) out.note("there", in_a ? "yes" : "no", in_b ? "yes" : "no");
}

void compare_things(collector& out, const world& a, const thing& in_a, const world& b,
                    const thing& in_b) {
  out.begin(in_a.id, kind_of(a, in_a).name, in_a.name);
  out.compare("kind", kind_of(a, in_a).name, kind_of(b, in_b).name, show_bare);
  out.compare("parent", in_a.parent, in_b.parent, show_thing);
  out.compare("size", in_a.dims, in_b.dims, show_length);
  out.compare("name", in_a.name, in_b.name, show_text);
  out.compare("mind", in_a.mind, in_b.mind, show_text);
  out.compare("place", in_a.pos, in_b.pos, show_length);
  compare_properties(out, a, in_a, b, in_b);
}

}  // namespace

differences diff(const world& a, const world& b, std::size_t most) {
  collector out{most};
  compare_world(out, a, b);
  const auto of_a = a.serials(), of_b = b.serials();
  std::vector<serial> all;
  std::set_union(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(), std::back_inserter(all));
  for (const serial id : all) {
    const thing* in_a = a.find(id);
    const thing* in_b = b.find(id);
    if (in_a && in_b) {
      compare_things(out, a, *in_a, b, *in_b);
      continue;
    }
    const kind& only = in_a ? kind_of(a, *in_a) : kind_of(b, *in_b);
    out.begin(id, only.name, (in_a ? in_a : in_b)->name);
    out.note("there", in_a ? "yes" : "no", in_b ? "yes" : "no");
  }
  return out.take();
}

differences diff(const settings& a, const settings& b, std::size_t most) {
  collector out{most};
  out.begin(world_serial, "world", a.name);
  compare_settings(out, a, b);
  return out.take();
}

}  // namespace unscripted::core
