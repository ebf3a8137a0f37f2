#include "tests/actors/stage.hpp"

#include "core/transaction.hpp"

#include <bit>

namespace unscripted::actors::test {

namespace {

class coded final : public core::behaviour {
public:
  explicit coded(core::outcome (*code)(const core::call&)) : code_(code) {}
  core::outcome run(const core::call& c) const noexcept override { return code_(c); }

private:
  core::outcome (*code_)(const core::call&);
};

constexpr core::kind_index bot_kind = 1;
constexpr core::cell_ref lifespan{core::world_kind, 1}, age{bot_kind, 0};

core::outcome pass_by(const core::call&) { return core::outcome::done; }

core::outcome walk(const core::call& c) {
  const core::direction d = core::direction_of(std::bit_cast<double>(c.args[0]));
  core::vec3 to = c.writes.place_of(c.agent)->pos;
  to.x += core::from_metres(d.cosine);
  to.z += core::from_metres(d.sine);
  return c.writes.move(c.agent, to) ? core::outcome::done : core::outcome::refused;
}

core::outcome strike(const core::call& c) {
  c.writes.remove(c.target, "strike");
  return core::outcome::done;
}

core::outcome grow_old(const core::call& c) {
  c.writes.add(c.agent, age, 1);
  if (c.writes.get(c.agent, age) >= c.writes.get(core::world_serial, lifespan))
    c.writes.remove(c.agent, "age");
  return core::outcome::done;
}

core::outcome hurry(const core::call& c) {
  c.writes.add(c.agent, age, 1);
  return walk(c);
}

core::action an_action(const char* name, core::kind_index target,
                       core::outcome (*code)(const core::call&)) {
  core::action a;
  a.name = name;
  a.target = target;
  a.summary = "For tests.";
  a.self_only = a.name == "pass" || a.name == "bow";
  a.reach = core::from_metres(100);
  a.code = std::make_shared<coded>(code);
  return a;
}

core::property a_count(const char* name, std::int64_t fallback) {
  using core::value;
  return {name, "", core::value_type::integer, value::integer(fallback), 0, 1e9};
}

std::vector<core::kind> small_kinds() {
  auto kinds = core::engine_kinds();
  kinds[core::world_kind].properties.push_back(a_count("lifespan", 1'000'000));
  kinds.push_back({"bot", {500'000, 1'700'000, 300'000}, true, {}, {}});
  kinds.back().properties = {
      a_count("age", 0),
      a_count("generation", 1),
      {"female", "", core::value_type::boolean, core::value::boolean(false), 0, 1}};
  kinds.push_back({"well", {1'000'000, 1'000'000, 1'000'000}, true, {}, {}});
  return kinds;
}

}  // namespace

core::catalogue_ptr small_catalogue(const std::string& version) {
  core::catalogue_parts parts;
  parts.plugins = {{"test.small", version, std::string(32, '0')}};
  parts.kinds = small_kinds();
  parts.actions = {an_action("walk", core::world_kind, walk), an_action("pass", bot_kind, pass_by),
                   an_action("strike", bot_kind, strike)};
  parts.actions.front().parameters = {
      {"angle", "turn", core::value_type::number, core::value::number(0), 0, 1}};
  core::rule life;
  life.name = "life";
  life.summary = "Age kills.";
  life.after_action = std::make_shared<coded>(grow_old);
  parts.rules = {std::move(life)};
  return std::make_shared<const core::catalogue>(std::move(parts));
}

core::catalogue_ptr other_catalogue() {
  const auto before = small_catalogue();
  core::catalogue_parts parts;
  parts.plugins = {{"test.small", "2.0.0", std::string(32, '1')}};
  parts.kinds = small_kinds();
  parts.actions = {an_action("bow", bot_kind, pass_by), an_action("pass", bot_kind, pass_by),
                   an_action("walk", core::world_kind, hurry)};
  parts.actions.back().parameters = before->actions().front().parameters;
  parts.rules = before->rules();
  return std::make_shared<const core::catalogue>(std::move(parts));
}

core::catalogue_ptr bare_catalogue() {
  core::catalogue_parts parts;
  parts.kinds = core::engine_kinds();
  return std::make_shared<const core::catalogue>(std::move(parts));
}

// -- the stage -----------------------------------------------------------------------------------

std::unique_ptr<world_keeper> stage::make_keeper(const stage_options& how) {
  world_keeper::parts parts;
  parts.number = number;
  parts.with = {how.catalogue};
  parts.limits = how.limits;
  parts.store = how.store;
  parts.durability = how.store ? storage::durability::wal : storage::durability::memory;
  if (how.store) {
    auto history = storage::history::open(*how.store, number);
    REQUIRE(history);
    parts.history.emplace(std::move(*history));
  }
  return std::make_unique<world_keeper>(std::move(parts), around);
}

stage::stage(stage_options how) {
  if (how.store) {
    const auto given = how.store->create_world("stage", 0);
    REQUIRE(given);
    number = *given;
  }
  keeper = make_keeper(how);
  core::world_wish wish;
  wish.name = "stage";
  wish.seed = 1;
  wish.pace = how.pace;
  wish.pause_at = how.pause_at;
  wish.deadline_ms = how.deadline_ms;
  wish.speed = how.speed;
  wish.dims = core::vec3{how.side, 10'000'000, how.side};
  wish.capacity = {{"bot", how.capacity}, {"thing", how.capacity}};
  wish.rules = {{"lifespan", how.lifespan}};
  const auto first = core::resolve_found(how.catalogue, wish, 0);
  REQUIRE(first);
  REQUIRE_FALSE(keeper->found(*first));
}

stage::stage(stage_options how, core::world_number of) : number(of), keeper(make_keeper(how)) {
  auto recovered = keeper->recover();
  REQUIRE(recovered);
  REQUIRE_FALSE(keeper->go_on(std::move(recovered->world)));
}

recorder& stage::client(connection_id who) {
  auto& mine = clients_[who];
  if (!mine) mine = std::make_shared<recorder>(who);
  return *mine;
}

void stage::submit(connection_id who, numbered_request&& r) {
  keeper->submit(clients_[who], who, {&r, 1});
}

void stage::deliver(connection_id who, std::uint64_t order, const std::string& id,
                    world_request what) {
  client(who);
  ticket t;
  t.id = id;
  submit(who, {order, std::move(t), std::move(what), may[who]});
}

void stage::ask(connection_id who, const std::string& id, world_request what) {
  deliver(who, next_[who]++, id, std::move(what));
}

void stage::close(connection_id who) {
  client(who);
  submit(who, {next_[who], closing{}});
  next_.erase(who);
}

void stage::leave(connection_id who) { submit(who, {next_[who]++, closing{true}}); }

void stage::settle() {
  for (std::size_t done = 0; around.commits_asked > 0; ++done) {
    REQUIRE(done < 100'000);
    around.commits_asked = 0;
    keeper->commit_in_turn();
  }
}

void stage::pass_time(std::chrono::microseconds duration) {
  const auto end = around.time + duration;
  settle();
  for (std::size_t rung = 0; !around.alarms.empty() && around.alarms.begin()->first <= end;
       ++rung) {
    REQUIRE(rung < 100'000);
    const auto first = around.alarms.extract(around.alarms.begin());
    around.time = std::max(around.time, first.key());
    keeper->wake(first.mapped());
    settle();
  }
  around.time = end;
}

std::size_t stage::let_minds_choose() {
  settle();
  const auto asked = std::exchange(around.asked, {});
  std::vector<core::act_command> acts;
  for (const core::serial bot : asked) acts.push_back(pass_of(bot));
  keeper->chosen(std::move(acts), keeper->world().shared_catalogue());
  settle();
  return asked.size();
}

strings stage::answers(connection_id who) {
  settle();
  return client(who).take_answers();
}

strings stage::events(connection_id who) {
  settle();
  return client(who).take_events();
}

std::string stage::answer(connection_id who, world_request what) {
  ask(who, "?", std::move(what));
  for (std::string& line : answers(who))
    if (line.starts_with("?: ")) return line.substr(3);
  return {};
}

core::serial stage::make_bot(connection_id who, const std::string& mind) {
  const core::serial made = keeper->world().next_serial();
  ask(who, "made", make("bot", mind));
  const strings got = answers(who);
  REQUIRE(got == strings{"made: thing " + std::to_string(made) + " revealed"});
  return made;
}

core::act_command stage::pass_of(core::serial bot) const {
  const core::catalogue& c = keeper->world().catalogue();
  return {bot, *c.find_action(*c.bot_kind(), "pass"), bot, {}, false};
}

// -- requests ------------------------------------------------------------------------------------

world_request act(core::serial bot, const std::string& action, std::optional<core::serial> target,
                  bool see, core::world_number number) {
  act_request r;
  r.wish.agent = bot;
  r.wish.action = action;
  if (target) r.wish.target = core::thing_id{number, *target};
  r.see = see;
  return r;
}

world_request make(const std::string& kind, const std::string& mind) {
  create_thing_request r;
  r.wish.kind = kind;
  r.wish.mind = mind;
  return r;
}

world_request pause_at(std::optional<std::uint64_t> tick) {
  update_world_request r;
  r.wish.pause_at = tick;
  return r;
}

world_request set_pace(core::pace pace) {
  update_world_request r;
  r.wish.pace = pace;
  return r;
}

world_request watch(double max_hz, std::optional<std::uint64_t> since) {
  subscribe_request r;
  r.max_hz = max_hz;
  r.since = since;
  return r;
}

}  // namespace unscripted::actors::test
