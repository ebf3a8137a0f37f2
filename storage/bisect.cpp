#include "storage/bisect.hpp"

#include "storage/bisect_walk.hpp"

#include <algorithm>
#include <string>

namespace unscripted::storage {

namespace {

using answer = bisected::answer;

/// One search: what it asks, where it walks, and what it has seen so far.
class search {
public:
  search(history_walk& walk, const core::predicate& what) : walk_(walk), what_(what) {}

  result<bisected> by_halves(std::uint64_t from, std::uint64_t to);
  result<bisected> by_scan(std::uint64_t from, std::uint64_t to);

private:
  result<bool> holds(const playback& at);
  result<bool> holds_at(std::uint64_t seq);
  result<bisected> replay(playback& on, std::uint64_t to);
  bisected conclude(answer what, const playback& at) const;

  history_walk& walk_;
  const core::predicate& what_;
  std::uint64_t looked_at_ = 0;
};

result<bool> search::holds(const playback& at) {
  ++looked_at_;
  const auto answered = what_.holds(at.world());
  if (answered) return *answered;
  return failure{failure_kind::not_found, "the predicate cannot be answered at seq " +
                                              std::to_string(at.world().seq()) + ": " +
                                              answered.why().message};
}

result<bool> search::holds_at(std::uint64_t seq) {
  const auto at = walk_.stand_at(seq);
  if (!at) return at.why();
  return holds(*at);
}

bisected search::conclude(answer what, const playback& at) const {
  return {what, at.world().seq(), at.world().tick(), looked_at_, walk_.replayed()};
}

/// From a state in which it does not hold.
result<bisected> search::replay(playback& on, std::uint64_t to) {
  if (auto why = on.check_reaches(to)) return *std::move(why);
  walk_.expect(to - on.world().seq());
  while (on.world().seq() < to) {
    if (auto why = walk_.step(on)) return *std::move(why);
    const auto now = holds(on);
    if (!now) return now.why();
    if (*now) return conclude(answer::found, on);
  }
  return conclude(answer::never_at_the_end, on);
}

result<bisected> search::by_scan(std::uint64_t from, std::uint64_t to) {
  auto at = walk_.stand_at(from);
  if (!at) return at.why();
  const auto now = holds(*at);
  if (!now) return now.why();
  if (*now) return conclude(answer::holds_from_the_start, *at);
  return replay(*at, to);
}

result<bisected> search::by_halves(std::uint64_t from, std::uint64_t to) {
  {
    const auto first = walk_.stand_at(from);
    if (!first) return first.why();
    const auto at_first = holds(*first);
    if (!at_first) return at_first.why();
    if (*at_first) return conclude(answer::holds_from_the_start, *first);
  }
  {
    const auto last = walk_.stand_at(to);
    if (!last) return last.why();
    const auto at_last = holds(*last);
    if (!at_last) return at_last.why();
    if (!*at_last) return conclude(answer::never_at_the_end, *last);
  }
  // It does not hold at `low`, and holds at `high`.
  std::uint64_t low = from, high = to;
  for (auto between = walk_.landmarks_between(low, high); !between.empty();
       between = walk_.landmarks_between(low, high)) {
    const std::uint64_t middle = between[between.size() / 2];
    const auto now = holds_at(middle);
    if (!now) return now.why();
    (*now ? high : low) = middle;
  }
  auto piece = walk_.stand_at(low);
  if (!piece) return piece.why();
  return replay(*piece, high);
}

}  // namespace

result<bisected> bisect(const store& in, core::world_number world, const core::predicate& what,
                        const bisect_options& how) {
  auto walk = history_walk::begin(in, world, how.progress);
  if (!walk) return walk.why();
  const std::uint64_t from = how.from == 0 ? walk->base_seq() : how.from;
  const std::uint64_t to = std::min(how.to, walk->last_seq());
  if (from > to)
    return failure{failure_kind::misuse, "the range ends at seq " + std::to_string(to) +
                                             ", before it begins at seq " + std::to_string(from) +
                                             ": give a `from` that is not after `to` or the end"};
  walk->expect(to - from);
  search looking(*walk, what);
  return how.scan ? looking.by_scan(from, to) : looking.by_halves(from, to);
}

}  // namespace unscripted::storage
