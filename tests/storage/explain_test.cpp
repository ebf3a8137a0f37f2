#include "core/decide.hpp"
#include "core/show.hpp"
#include "plugins/loader.hpp"
#include "storage/explain.hpp"
#include "storage/history_reader.hpp"
#include "storage/playback.hpp"
#include "tests/storage/test_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <vector>

using namespace unscripted;
using namespace unscripted::storage;
using namespace unscripted::storage::testing;

namespace {

struct catalogues {
  core::catalogue_ptr full, without_pass;
};

const catalogues& known() {
  static const catalogues all = [] {
    const auto loaded = plugins::load({UNSCRIPTED_PLUGINS_DIR});
    REQUIRE(loaded);
    auto some = loaded->plugins;
    std::erase_if(some,
                  [](const plugins::loaded_ptr& p) { return p->identity.id.ends_with("pass"); });
    REQUIRE(some.size() + 1 == loaded->plugins.size());
    return catalogues{loaded->catalogue, plugins::assemble(some).catalogue};
  }();
  return all;
}

/// Bots that walk, drink, die of thirst and have heirs, in a narrow world with wells.
class village {
public:
  village(store& in, std::uint64_t seed)
    : past_(must(history::open(in, new_world(in, "village")))), random_(seed, 5) {
    core::found_command founding;
    founding.settings.name = "village";
    founding.settings.seed = seed;
    founding.settings.dims = {20'000'000, 10'000'000, 20'000'000};
    founding.catalogue = known().full;
    rule(founding.rules, "day", 30);
    decide(founding);
  }

  void create(const std::string& kind, const std::string& name = {},
              std::optional<core::vec3> pos = {}) {
    core::create_command birth;
    birth.kind = *world_.catalogue().find_kind(kind);
    birth.name = name;
    birth.pos = pos;
    decide(birth);
  }

  void act(core::serial agent, const std::string& action, core::serial target = 0,
           double angle = 0) {
    core::act_command c;
    c.agent = agent;
    c.target = target;
    c.action = *world_.catalogue().find_action(action);
    const auto& parameters = world_.catalogue().actions()[c.action].parameters;
    c.args.count = static_cast<std::uint8_t>(parameters.size());
    if (c.args.count > 0) c.args.bits[0] = core::value::number(angle).bits;
    decide(c);
  }

  void live(std::uint64_t records) {
    while (records-- > 0) {
      do_something();
      if (random_.below(8) == 0) commit();
      if (random_.below(60) == 0) snapshot();
    }
    commit();
  }

  void commit() { must(past_.append(builder_, world_)); }
  void snapshot() {
    commit();
    must(past_.snapshot(world_));
  }
  void remove(core::serial thing) { decide(core::remove_command{thing}); }

  const core::world& state() const { return world_; }
  core::world_number number() const { return past_.world(); }

private:
  using values = std::vector<std::pair<std::uint16_t, core::value>>;

  void rule(values& rules, const std::string& name, std::int64_t x) {
    rules.emplace_back(known().full->find_cell("world", name)->slot, core::value::integer(x));
  }

  core::serial any(const std::vector<core::serial>& of) { return of[random_.below(of.size())]; }

  core::serial any_well() {
    std::vector<core::serial> wells;
    for (const core::serial id : world_.serials())
      if (world_.find(id)->kind == world_.catalogue().find_kind("well")) wells.push_back(id);
    return wells.empty() ? core::world_serial : any(wells);
  }

  void do_something() {
    const std::uint64_t what = random_.below(100);
    const core::serial well = any_well();
    if (world_.bots().size() < 3 || what == 0) return try_to_create("bot");
    if (well == core::world_serial || what == 1) return try_to_create("well");
    if (what == 2) return remove(any(world_.serials()));
    if (what == 3) {
      core::update_command c;
      c.thing = any(world_.bots());
      c.props.emplace_back(
          *world_.catalogue().kinds()[*world_.catalogue().bot_kind()].slot_of("drink"),
          core::value::number(random_.ratio()));
      return decide(c);
    }
    if (what == 4) {
      core::configure_command c{world_.settings(), {}};
      c.settings.speed = double(1 + random_.below(4));
      rule(c.rules, "lifespan", 1000 + std::int64_t(random_.below(100)));
      return decide(c);
    }
    if (what == 5)
      return decide(core::load_command{random_.below(2) ? known().full : known().without_pass});
    const core::serial bot = any(world_.bots());
    if (what < 20 && world_.catalogue().find_action("pass")) return act(bot, "pass", bot);
    if (what < 55) return act(bot, "drink", well);
    act(bot, "walk", 0, random_.ratio());
  }

  void try_to_create(const std::string& kind) {
    if (world_.bots().size() < 9 && world_.thing_count() < 30) create(kind, "n");
    else act(any(world_.bots()), "walk");
  }

  void decide(core::command c) {
    if (const auto why = core::decide(world_, std::move(c), record_)) FAIL(why->message);
    builder_.add(record_, world_.seq() == 0 ? nullptr : world_.shared_catalogue());
    world_.apply(record_);
  }

  history past_;
  core::world world_;
  commit_builder builder_;
  core::record record_;
  core::keyed_random random_;
};

/// What a plain reading of all records and states up to `at` says of one thing.
struct plain {
  std::map<std::string, std::uint64_t> done, in_vain, writes, last_write;
  std::map<std::string, std::uint64_t> by_others;
  std::uint64_t born = 0, died = 0, moves = 0, last_near_well = 0;
  bool near_well_at_the_end = false;
  std::string cause;
  std::vector<std::uint64_t> touched;
};

bool is_near_well(const core::world& w, core::serial thing) {
  const core::thing* self = w.find(thing);
  if (!self || self->kind != w.catalogue().bot_kind()) return false;
  const core::micrometres reach =
      w.catalogue().actions()[*w.catalogue().find_action("drink")].reach;
  const auto all = w.serials();
  return std::any_of(all.begin(), all.end(), [&](core::serial id) {
    const core::thing* t = w.find(id);
    return t->kind == w.catalogue().find_kind("well") &&
           core::gap(self->occupied(), t->occupied()) <= reach;
  });
}

void count_effects(plain& p, const core::world& after, const core::record& r, core::serial thing,
                   const std::string& kind) {
  std::map<std::string, int> written;
  bool moved = false;
  for (const core::effect& e : r.effects) {
    if (e.thing != thing) continue;
    if (e.type == core::effect_type::created) p.born = r.seq;
    if (e.type == core::effect_type::moved) moved = true;
    if (e.type == core::effect_type::removed) {
      p.died = r.seq;
      p.cause = e.text();
    }
    if (e.type != core::effect_type::set && e.type != core::effect_type::added) continue;
    const auto& c = after.catalogue();
    written[c.kinds()[*c.find_kind(kind)].properties[e.slot].name] = 1;
  }
  p.moves += moved;
  for (const auto& w : written) {
    ++p.writes[w.first];
    p.last_write[w.first] = r.seq;
  }
}

plain count_plainly(const store& in, core::world_number world, core::serial thing, std::uint64_t at,
                    const std::string& kind) {
  plain p;
  auto states = must(playback::begin(in, world, 0));
  while (states.world().seq() < at && p.died == 0) {
    const core::record r = states.next();
    must(states.advance());
    const core::world& after = states.world();
    count_effects(p, after, r, thing, kind);
    if (const auto* c = std::get_if<core::act_command>(&r.command)) {
      const std::string& name = after.catalogue().actions()[c->action].name;
      if (c->agent == thing) ++(r.outcome == core::outcome::done ? p.done : p.in_vain)[name];
      else if (c->target == thing) ++p.by_others[name];
    }
    const auto* c = std::get_if<core::act_command>(&r.command);
    const bool acts = c && (c->agent == thing || c->target == thing);
    if (acts || std::any_of(r.effects.begin(), r.effects.end(), [&](const core::effect& e) {
          return e.thing == thing && e.type <= core::effect_type::added;
        }))
      p.touched.push_back(r.seq);
    if (p.died == r.seq) break;
    p.near_well_at_the_end = is_near_well(after, thing);
    if (p.near_well_at_the_end) p.last_near_well = r.seq;
  }
  return p;
}

void compare_counts(const explanation& e, const plain& p) {
  std::uint64_t done = 0;
  for (const action_story& s : e.did) {
    CAPTURE(s.action);
    const auto of = [&](const std::map<std::string, std::uint64_t>& m) {
      return m.contains(s.action) ? m.at(s.action) : 0;
    };
    CHECK(s.done == of(p.done));
    CHECK(s.refused + s.fault == of(p.in_vain));
    done += s.done;
  }
  std::uint64_t expected = 0;
  for (const auto& d : p.done) expected += d.second;
  CHECK(done == expected);
  for (const action_story& s : e.done_to_it)
    CHECK(s.done + s.refused + s.fault == p.by_others.at(s.action));
  CHECK(e.done_to_it.size() == p.by_others.size());
  for (const value_story& s : e.properties) {
    CAPTURE(s.name);
    CHECK(s.writes == (p.writes.contains(s.name) ? p.writes.at(s.name) : 0));
    CHECK(s.last.seq == (p.last_write.contains(s.name) ? p.last_write.at(s.name) : 0));
  }
}

void compare_values(const explanation& e, const core::world& w) {
  const core::thing& t = *w.find(e.thing);
  const core::kind& k = w.catalogue().kinds()[t.kind];
  CHECK(e.kind == k.name);
  REQUIRE(e.properties.size() == k.properties.size());
  for (std::uint16_t i = 0; i < k.properties.size(); ++i)
    CHECK(e.properties[i].value == core::show(core::read_cell(t, k, i)));
  if (e.place) CHECK(e.place->value == core::show(t.pos));
}

bool says(const explanation& e, const std::string& what) {
  const auto lines = tell(e);
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  INFO(all);
  CHECK(all.find(what) != std::string::npos);
  return all.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("an explanation counts what a plain reading counts", "[explain]") {
  const auto seed = a_seed();
  CAPTURE(seed);
  core::keyed_random random(seed, 1);
  temp_folder folder;
  auto s = open_store(folder.path());
  for (std::uint64_t round = 0; round < 3; ++round) {
    village v(*s, seed + round);
    v.live(700);
    for (int i = 0; i < 25; ++i) {
      const core::serial thing = random.below(v.state().next_serial());
      const std::uint64_t at = 1 + random.below(v.state().seq());
      CAPTURE(round, thing, at);
      const auto e = explain(*s, v.number(), thing, {at, 5, {}});
      if (!e) {
        CHECK(e.why().kind == failure_kind::not_found);
        const auto state = must(history_reader(*s, v.number()).state_at(at));
        CHECK(state.world->next_serial() <= thing);
        continue;
      }
      const auto p = count_plainly(*s, v.number(), thing, at, e->kind);
      CHECK(e->birth.when.seq == p.born);
      CHECK(e->end.has_value() == (p.died > 0));
      if (e->end) CHECK(e->end->when.seq == p.died);
      if (e->end) CHECK(e->end->cause == p.cause);
      if (e->place) CHECK(e->place->writes == p.moves);
      compare_counts(*e, p);
      if (!e->end) compare_values(*e, *must(history_reader(*s, v.number()).state_at(at)).world);
      for (const reach_story& r : e->reach) {
        CHECK(r.seq == p.last_near_well);
        CHECK(r.at_the_end == p.near_well_at_the_end);
      }
      if (thing == core::world_serial) continue;
      CHECK(e->last.size() == std::min<std::size_t>(5, p.touched.size()));
      for (std::size_t k = 0; k < e->last.size(); ++k)
        CHECK(e->last[k].record.seq == p.touched[p.touched.size() - e->last.size() + k]);
      CHECK(tell(*e).size() > 2);
    }
  }
}

TEST_CASE("the same is said with snapshots and without", "[explain]") {
  const auto seed = a_seed();
  CAPTURE(seed);
  temp_folder folder;
  auto s = open_store(folder.path());
  village with(*s, seed), without(*s, seed);
  for (int i = 0; i < 5; ++i) {
    with.create("bot", "b");
    without.create("bot", "b");
  }
  for (int i = 0; i < 400; ++i) {
    for (village* v : {&with, &without}) {
      const auto& bots = v->state().bots();
      v->act(bots[std::size_t(i) % bots.size()], "walk", 0, double(i % 7) / 7);
    }
    if (i % 30 == 0) with.snapshot();
  }
  with.commit();
  without.commit();

  for (core::serial thing = 0; thing < with.state().next_serial(); ++thing) {
    auto a = tell(must(explain(*s, with.number(), thing, {})));
    const auto b = tell(must(explain(*s, without.number(), thing, {})));
    CHECK(a == b);
  }
}

TEST_CASE("a death of thirst is told with what led to it", "[explain]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  village v(*s, 3);
  v.create("well", {}, core::vec3{10'000'000, 0, 10'000'000});
  v.create("bot", "ada", core::vec3{10'000'000, 0, 11'500'000});
  v.act(2, "drink", 1);
  for (int i = 0; i < 8; ++i) v.act(2, "walk", 0, 0.25);
  while (v.state().find(2)) v.act(2, "drink", 1);
  v.commit();

  const auto e = must(explain(*s, v.number(), 2, {}));

  CHECK(e.kind == "bot");
  CHECK(e.name == "ada");
  CHECK(e.birth.how == origin::way::created);
  REQUIRE(e.end);
  CHECK(e.end->cause == "thirst");
  CHECK(e.end->heir == 3);
  CHECK(e.end->when.agent == 2);
  CHECK(tell(e).front() ==
        "bot 2 \"ada\" died of thirst at tick " + std::to_string(e.end->when.tick) + " (seq " +
            std::to_string(e.end->when.seq) + ") by its own `drink`; bot 3 replaced it");
  CHECK(says(e, "it last did `drink` at tick 1 (seq 4), once in all, and tried "));
  CHECK(says(e, "more in vain: last refused at tick "));
  CHECK(says(e, ": not_in_reach"));
  CHECK(says(e, "no well was within reach of `drink` (1 m) since tick "));
  CHECK(says(e, "; the nearest, well 1, was 7.25 m away at the end"));
  CHECK(says(e, "drink was -"));
  const auto heir = must(explain(*s, v.number(), 3, {}));
  CHECK(heir.birth.how == origin::way::heir);
  CHECK(heir.birth.replaces == 2);
  CHECK(says(heir, "it never tried `drink`"));
}

TEST_CASE("the world is explained by its rules, settings and plugins", "[explain]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  village v(*s, 3);
  v.live(500);

  const auto e = must(explain(*s, v.number(), core::world_serial, {}));

  CHECK(e.birth.how == origin::way::founded);
  CHECK_FALSE(e.place);
  REQUIRE(e.settings);
  REQUIRE(e.plugins);
  CHECK(e.settings->writes > 1);
  CHECK(e.plugins->writes > 1);
  CHECK(e.plugins->value.find("org.unscripted.life 1.0.0") != std::string::npos);
  CHECK(says(e, "the world \"village\" is there"));
  CHECK(says(e, "day is 30: written by 1 record, last at tick 0 (seq 1) by `found`"));
  CHECK(says(e, "settings: changed by " + std::to_string(e.settings->writes) + " records"));
  CHECK(e.settings->value.find("speed from ") == 0);
}

TEST_CASE("of what was before a pruned history it is said what is left", "[explain]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  village v(*s, 3);
  v.create("bot", "ada");
  v.create("well");
  v.create("well");
  v.remove(2);
  while (v.state().find(1)) v.act(1, "walk");
  v.commit();
  const auto cut = v.state().seq();
  v.live(100);
  const auto base = must(s->prune(v.number(), cut)).base_seq;
  REQUIRE(base == cut);

  const auto dead = must(explain(*s, v.number(), 1, {}));
  const auto removed = explain(*s, v.number(), 2, {});
  const auto old = must(explain(*s, v.number(), 3, {base + 1, 3, {}}));
  const auto never = explain(*s, v.number(), 1'000'000, {});
  const auto too_early = explain(*s, v.number(), 3, {base - 1, 3, {}});

  CHECK(says(dead, "bot 1 died of thirst before seq " + std::to_string(base)));
  CHECK(old.birth.how == origin::way::before_the_history);
  CHECK(old.from_seq == base);
  CHECK(says(old, "it was there before seq " + std::to_string(base)));
  for (const auto* none : {&removed, &never, &too_early}) {
    REQUIRE_FALSE(*none);
    CHECK(none->why().kind == failure_kind::not_found);
    CHECK_FALSE(none->why().message.empty());
  }
}

TEST_CASE("an explanation that is cancelled ends", "[explain]") {
  temp_folder folder;
  auto s = open_store(folder.path());
  village v(*s, 3);
  v.create("bot");
  v.commit();

  const auto e = explain(*s, v.number(), 1, {2, 3, [](auto, auto) { return false; }});

  REQUIRE_FALSE(e);
  CHECK(e.why().message == cancelled().message);
}
