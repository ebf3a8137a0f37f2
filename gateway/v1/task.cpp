#include "gateway/v1/task.hpp"

#include "gateway/v1/thing_json.hpp"

#include <algorithm>

namespace unscripted::gateway::v1 {

namespace {

using namespace actors;

constexpr core::micrometres sight_max = 50'000'000;  // of v1, however far the world lets see

/// Fills one part from an answer.
class filler {
public:
  filler(task& to, part& mine, const view& seen, tempo& rates)
    : task_(to), part_(mine), seen_(seen), json_(mine.shown.items), things_(json_, seen, rates) {}

  void operator()(const core::problem&) {}
  void operator()(const acted& a) {
    if (a.record.outcome == core::outcome::fault)
      part_.why = failure{500, "The action failed: " + a.record.reason};
    else if (const core::thing* bot = living(a.bot)) sight_of(*bot);
    else part_.why = no_such_thing();
  }
  void operator()(const world_shown&) {
    if (task_.which.misses(seen_)) part_.why = no_such_thing();
    else if (task_.wanted == task::aim::itself) show(seen_.world.self());
    else task_.which.each(seen_, [this](const core::thing& t) { take(t); });
  }
  void operator()(const thing_shown& t) { show(*seen_.world.find(t.thing)); }
  void operator()(const perceived&) {}
  void operator()(const things_listed&) {}
  void operator()(const deleted&) {}  // of a thing; see fill()
  void operator()(const nothing&) {}
  void operator()(const subscribed&) {}

private:
  // The bot, or who lives in its place: it may have died of what it did.
  const core::thing* living(core::serial bot) const {
    while (!seen_.world.find(bot)) {
      const core::grave* g = seen_.world.find_grave(bot);
      if (!g || g->heir == core::no_thing) return nullptr;
      bot = g->heir;
    }
    return seen_.world.find(bot);
  }

  // The world, the bot, and all that is near, in the order of their making.
  void sight_of(const core::thing& bot) {
    part_.agent = core::thing_id{seen_.number, bot.id};
    std::vector<core::sighting> near;
    core::perceive(seen_.world, bot, std::min(sight_max, core::sight_of(seen_.world)), near);
    std::ranges::sort(near, {}, [](const core::sighting& s) { return s.what->id; });
    show(seen_.world.self());
    show(bot);
    for (const core::sighting& s : near) show(*s.what);
  }

  void take(const core::thing& t) {
    if (task_.wanted == task::aim::items) return show(t);
    if (t.id != core::world_serial && task_.take_room())
      part_.found.push_back({seen_.number, t.id});
  }

  void show(const core::thing& t) {
    ++part_.shown.total;
    if (!task_.take_room()) return;
    ++part_.shown.count;
    things_.write(t);
  }

  task& task_;
  part& part_;
  const view& seen_;
  json_writer json_;
  thing_json things_;
};

}  // namespace

void fill(task& to, std::uint32_t number, const actors::answer& a, const view* seen, tempo& rates) {
  part& mine = to.parts[number];
  if (const auto* problem = std::get_if<core::problem>(&a)) mine.why = to_failure(*problem);
  else if (const auto* d = std::get_if<deleted>(&a); d && d->count == 0) mine.why = no_such_thing();
  else if (seen) std::visit(filler{to, mine, *seen, rates}, a);
}

}  // namespace unscripted::gateway::v1
