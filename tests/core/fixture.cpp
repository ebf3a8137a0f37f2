#include "tests/core/fixture.hpp"

#include "core/bytes.hpp"
#include "core/codec.hpp"

#include <algorithm>

namespace unscripted::core::test {

vec3 metres(double x, double y, double z) {
  return {from_metres(x), from_metres(y), from_metres(z)};
}

settings small_world(std::uint64_t seed) {
  settings s;
  s.name = "small";
  s.seed = seed;
  return s;
}

lab::lab(settings s, slot_values rules, catalogue_ptr known) {
  play(found_command{std::move(s), std::move(known), std::move(rules)});
}

const record& lab::play(command c) {
  const auto why = try_play(std::move(c));
  INFO("nothing to record: " << (why ? why->message : ""));
  REQUIRE_FALSE(why);
  return history_.back();
}

std::optional<problem> lab::try_play(command c) {
  record r;
  if (auto why = decide(world_, std::move(c), r)) return why;
  encoded_.push_back(bytes_of(world_.shared_catalogue().get(), r));
  world_.apply(r);
  history_.push_back(std::move(r));
  return std::nullopt;
}

record lab::decided(command c) const {
  record r;
  const auto why = decide(world_, std::move(c), r);
  INFO("nothing to record: " << (why ? why->message : ""));
  REQUIRE_FALSE(why);
  return r;
}

serial lab::put(kind_index kind, std::optional<vec3> pos, slot_values props) {
  play(create_command{kind, pos, std::nullopt, {}, {}, std::move(props)});
  return state().next_serial() - 1;
}

const record& lab::act(serial agent, const std::string& action, serial target, named_values args) {
  return play(act_of(world_, agent, action, target, std::move(args)));
}

const thing& lab::at(serial id) const {
  const thing* t = world_.find(id);
  REQUIRE(t);
  return *t;
}

std::int64_t lab::integer(serial id, std::uint16_t slot) const {
  const thing& t = at(id);
  return read_cell(t, world_.catalogue().kinds()[t.kind], slot).as_integer();
}

double lab::number(serial id, std::uint16_t slot) const {
  const thing& t = at(id);
  return read_cell(t, world_.catalogue().kinds()[t.kind], slot).as_number();
}

command act_of(const world& w, serial agent, const std::string& action, serial target,
               named_values args) {
  constexpr world_number here = 1;
  auto c = resolve_act(w, here, {agent, action, thing_id{here, target}, std::move(args)});
  INFO("not to be resolved: " << (c ? "" : c.why().message));
  REQUIRE(c);
  return *c;
}

std::string bytes_of(const catalogue* before, const record& r) {
  std::string bytes;
  byte_writer out{bytes};
  encode(out, before, r);
  return bytes;
}

bool same(const record& a, const record& b, const catalogue* before) {
  return a.seq == b.seq && a.tick == b.tick && a.outcome == b.outcome && a.reason == b.reason &&
         a.draws == b.draws && a.effects == b.effects && bytes_of(before, a) == bytes_of(before, b);
}

namespace {

bool is_solid(const world& w, const thing& t) { return w.catalogue().kinds()[t.kind].solid; }

void check_hands(const world& w, const thing& t) {
  const auto hands = w.carried_by(t.id);
  for (const serial what : hands)
    if (!w.find(what) || w.find(what)->parent != t.id) FAIL(t.id << " does not carry " << what);
  if (!std::is_sorted(hands.begin(), hands.end())) FAIL("what " << t.id << " carries is unordered");
  if (hands.size() > carried_max) FAIL(t.id << " carries too much");
  if (!t.is_carried()) return;
  const auto others = w.carried_by(t.parent);
  if (!std::binary_search(others.begin(), others.end(), t.id)) FAIL(t.id << " is in no hands");
  if (!hands.empty()) FAIL(t.id << " is carried and carries");
  if (t.kind == w.catalogue().bot_kind()) FAIL("bot " << t.id << " is carried");
  w.near(w.self().occupied(), 0, [&](const thing& on_ground, micrometres) {
    if (on_ground.id == t.id) FAIL(t.id << " is carried and stands on the ground");
  });
}

/// All on the ground that others can do something to, and nothing else, is found among the targets.
void check_targets(const world& w) {
  std::vector<serial> expected, found;
  for (const serial id : w.serials()) {
    const thing& t = *w.find(id);
    const bool stands = id != world_serial && !t.is_carried();
    if (stands && w.catalogue().kinds()[t.kind].is_target) expected.push_back(id);
  }
  std::vector<const thing*> targets;
  w.targets_about(w.self().occupied(), 0, targets);
  for (const thing* t : targets) found.push_back(t->id);
  std::sort(found.begin(), found.end());
  if (found != expected) FAIL("not the targets that stand there are found among them");
}

void check_places(const world& w) {
  check_targets(w);
  for (const serial id : w.serials()) {
    const thing& t = *w.find(id);
    check_hands(w, t);
    if (t.is_carried()) continue;
    if (!inside(t.occupied(), w.settings().dims)) FAIL("thing " << id << " is outside the world");
    if (is_solid(w, t) && w.occupied(t.occupied(), id)) FAIL("thing " << id << " shares ground");
  }
}

}  // namespace

void check_hash_and_counts(const world& w) {
  const auto all = w.serials();
  std::vector<serial> bots;
  std::vector<std::size_t> counts(w.catalogue().kinds().size());
  for (const serial id : all) {
    const thing& t = *w.find(id);
    if (t.kind == w.catalogue().bot_kind()) bots.push_back(id);
    ++counts[t.kind];
  }

  if (w.hash() != w.rehash()) FAIL("the hash kept is not the hash from scratch");
  if (w.thing_count() != all.size()) FAIL("things are miscounted");
  if (w.bots() != bots) FAIL("bots are not those things that are bots");
  for (std::size_t k = 0; k < counts.size(); ++k)
    if (w.count(static_cast<kind_index>(k)) != counts[k]) FAIL("kind " << k << " is miscounted");
  if (!all.empty() && all.back() >= w.next_serial()) FAIL("a serial could be given again");
}

void check_whole(const world& w) {
  check_hash_and_counts(w);
  check_places(w);
}

world replayed(const std::vector<std::string>& encoded) {
  world w;
  for (const std::string& bytes : encoded) {
    byte_reader in{bytes};
    record r;
    r.seq = w.seq() + 1;
    r.tick = w.tick();
    if (!decode(in, w.shared_catalogue().get(), r) || !in.at_end())
      FAIL("record " << r.seq << " cannot be decoded");
    if (!w.try_apply(r)) FAIL("record " << r.seq << " does not fit");
    if (r.tick != w.tick()) FAIL("record " << r.seq << " gives another tick");
  }
  return w;
}

}  // namespace unscripted::core::test
