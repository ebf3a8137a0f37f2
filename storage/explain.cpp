#include "storage/explain.hpp"

#include "storage/bisect_walk.hpp"
#include "storage/explain_story.hpp"

#include <algorithm>

namespace unscripted::storage {

namespace {

failure never_was(const std::string& world, core::serial thing, std::uint64_t at) {
  return {failure_kind::not_found,
          world + " had no thing " + std::to_string(thing) + " up to seq " + std::to_string(at)};
}

failure nothing_left(const std::string& world, core::serial thing, std::uint64_t base) {
  return {failure_kind::not_found,
          "thing " + std::to_string(thing) + " of " + world + " was gone before seq " +
              std::to_string(base) +
              ", where what is left of the history begins: nothing is known of it"};
}

/// Of a bot that died before what is left of the history.
explanation from_grave(const core::grave& g, const core::world& w) {
  explanation e;
  e.thing = g.thing;
  if (const auto bot = w.catalogue().bot_kind()) e.kind = w.catalogue().kinds()[*bot].name;
  e.from_seq = e.seq = w.seq();
  e.tick = w.tick();
  e.end = ending{{}, g.cause, g.heir};
  return e;
}

/// The state of the last landmark before the thing is created. Serials are given in order: it was
/// created by then where a later one is next.
result<playback> stand_before_birth(history_walk& walk, core::serial thing, std::uint64_t at) {
  std::uint64_t low = walk.base_seq(), high = at;
  for (auto between = walk.landmarks_between(low, high); !between.empty();
       between = walk.landmarks_between(low, high)) {
    const std::uint64_t middle = between[between.size() / 2];
    const auto there = walk.stand_at(middle);
    if (!there) return there.why();
    (there->world().next_serial() > thing ? high : low) = middle;
  }
  return walk.stand_at(low);
}

std::optional<failure> follow(history_walk& walk, playback& on, story& told, std::uint64_t at) {
  if (auto why = on.check_reaches(at)) return why;
  walk.expect(at - on.world().seq());
  while (on.world().seq() < at && !told.is_over()) {
    told.before(on.world(), on.next(), on.catalogue());
    if (auto why = walk.step(on)) return why;
    told.after(on.world());
  }
  return {};
}

result<explanation> tell(const store& in, core::world_number world, core::serial thing,
                         const explain_options& how) {
  auto walk = history_walk::begin(in, world, how.progress);
  if (!walk) return walk.why();
  const std::uint64_t at = std::min(how.at, walk->last_seq());
  if (at < walk->base_seq()) return walk->stand_at(at).why();
  auto start = walk->stand_at(walk->base_seq());
  if (!start) return start.why();

  story told(thing, how.few);
  const core::world& base = start->world();
  const bool is_old = base.seq() > 0 && (thing == core::world_serial || thing < base.next_serial());
  if (is_old && base.find(thing)) {
    told.begin_with(base);
  } else if (is_old) {
    const core::grave* grave = base.find_grave(thing);
    if (!grave) return nothing_left(title_of(in, world), thing, base.seq());
    auto e = from_grave(*grave, base);
    e.world = world;
    return e;
  } else if (thing != core::world_serial) {
    start = stand_before_birth(*walk, thing, at);
    if (!start) return start.why();
  }
  if (auto why = follow(*walk, *start, told, at)) return *std::move(why);
  if (!told.is_born()) return never_was(title_of(in, world), thing, at);
  auto e = told.take(start->world());
  e.world = world;
  return e;
}

}  // namespace

result<explanation> explain(const store& in, core::world_number world, core::serial thing,
                            const explain_options& how) {
  auto told = tell(in, world, thing, how);
  if (!told && told.why().kind == failure_kind::corrupt)
    return or_deleted(in, world, std::move(told.why()));
  return told;
}

}  // namespace unscripted::storage
