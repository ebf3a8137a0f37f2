#include "tests/storage/busy_world.hpp"

#include "core/decide.hpp"
#include "core/transaction.hpp"
#include "plugins/loader.hpp"

#include <algorithm>
#include <atomic>
#include <bit>

namespace unscripted::storage::testing {

namespace {

constexpr std::int64_t steps_of_a_life = 80;

/// Where a build has its properties.
struct slots {
  core::cell_ref steps, heading, diary, luck;
};

class stride final : public core::behaviour {
public:
  stride(const build& how, const slots& at) : how_(how), at_(at) {}

  core::outcome run(const core::call& c) const noexcept override {
    std::uint64_t luck = 0;
    for (int i = 0; i < how_.draws; ++i)
      luck = i == 0 ? c.writes.random() : (c.writes.random(), luck);
    core::vec3 to = c.writes.place_of(c.agent)->pos;
    to.x += core::from_metres(std::bit_cast<double>(c.args[0]));
    to.z += core::from_metres(std::bit_cast<double>(c.args[1]));
    if (!c.writes.move(c.agent, to)) return core::outcome::refused;
    c.writes.add(c.agent, at_.steps, static_cast<std::uint64_t>(how_.step));
    c.writes.set(c.agent, at_.heading, core::value::number(1e-3 * double(luck >> 40)).bits);
    if (how_.leaks && luck % 40 == 0) c.writes.set(c.agent, at_.luck, next_leak());
    return core::outcome::done;
  }

private:
  static std::uint64_t next_leak() {
    static std::atomic<std::uint64_t> count{1000};
    return ++count;
  }

  build how_;
  slots at_;
};

class say final : public core::behaviour {
public:
  explicit say(const slots& at) : at_(at) {}
  core::outcome run(const core::call& c) const noexcept override {
    return c.writes.set_text(c.agent, at_.diary, (*c.texts)[c.args[0]]) ? core::outcome::done
                                                                        : core::outcome::fault;
  }

private:
  slots at_;
};

class dance final : public core::behaviour {
public:
  core::outcome run(const core::call&) const noexcept override { return core::outcome::done; }
};

class wear_out final : public core::behaviour {
public:
  explicit wear_out(const slots& at) : at_(at) {}
  core::outcome run(const core::call& c) const noexcept override {
    const auto steps = c.writes.get(c.agent, at_.steps);
    if (steps && static_cast<std::int64_t>(*steps) >= steps_of_a_life)
      c.writes.remove(c.agent, "worn");
    return core::outcome::done;
  }

private:
  slots at_;
};

/// At each tick a bot may find something.
class chance final : public core::behaviour {
public:
  explicit chance(const slots& at) : at_(at) {}
  core::outcome run(const core::call& c) const noexcept override {
    for (const core::serial bot : c.writes.base().bots())
      if (c.writes.exists(bot) && c.writes.random() % 4 == 0) c.writes.add(bot, at_.steps, 1);
    return core::outcome::done;
  }

private:
  slots at_;
};

core::kind bot_of(const build& how) {
  using core::value;
  core::kind bot;
  bot.name = "bot";
  bot.dims = {500'000, 1'800'000, 500'000};
  if (how.more)
    bot.properties.push_back({"mood", "1", core::value_type::number, value::number(0.5), 0, 1});
  const core::property own[] = {
      {"steps", "1", core::value_type::integer, value::integer(0), 0, 1e15},
      {"heading", "turn", core::value_type::number, value::number(0), 0, 1},
      {"diary", "", core::value_type::text, value::of_text(""), 0, 100},
      {"luck", "1", core::value_type::integer, value::integer(0), 0, 1e15},
  };
  bot.properties.insert(bot.properties.end(), std::begin(own), std::end(own));
  return bot;
}

core::kind stone() {
  core::kind k;
  k.name = "stone";
  k.dims = {1'000'000, 1'000'000, 1'000'000};
  k.properties = {{"moss", "1", core::value_type::number, core::value::number(0), 0, 1}};
  return k;
}

core::parameter distance(const char* name) {
  return {name, "m", core::value_type::number, core::value::number(0), -1, 1};
}

core::action action_of(const char* name, core::kind_index target,
                       std::vector<core::parameter> parameters,
                       std::shared_ptr<const core::behaviour> code) {
  core::action a;
  a.name = name;
  a.target = target;
  a.self_only = target != core::world_kind;
  a.parameters = std::move(parameters);
  a.code = std::move(code);
  return a;
}

}  // namespace

core::catalogue_ptr catalogue_of(const build& how) {
  // With more of everything the numbers of kinds and slots are others, too.
  const core::kind_index bot = how.more && how.stones ? 2 : 1;
  const std::uint16_t first = how.more ? 1 : 0;
  const auto slot = [&](int i) {
    return core::cell_ref{bot, static_cast<std::uint16_t>(first + i)};
  };
  const slots at{slot(0), slot(1), slot(2), slot(3)};

  core::catalogue_parts parts;
  parts.plugins = {{how.id, how.version, std::string(32, '0')}};
  parts.kinds = core::engine_kinds();
  if (how.stones && bot == 2) parts.kinds.push_back(stone());
  parts.kinds.push_back(bot_of(how));
  if (how.stones && bot == 1) parts.kinds.push_back(stone());
  parts.actions = {action_of("stride", core::world_kind, {distance("dx"), distance("dz")},
                             std::make_shared<stride>(how, at))};
  if (how.says)
    parts.actions.push_back(action_of(
        "say", bot, {{"text", "", core::value_type::text, core::value::of_text(""), 0, 100}},
        std::make_shared<say>(at)));
  if (how.more) parts.actions.push_back(action_of("dance", bot, {}, std::make_shared<dance>()));
  core::rule wear;
  wear.name = "wear";
  wear.after_action = std::make_shared<wear_out>(at);
  wear.at_tick = std::make_shared<chance>(at);
  parts.rules = {wear};
  return std::make_shared<const core::catalogue>(std::move(parts));
}

core::catalogue_ptr shipped_catalogue() {
  const auto loaded = plugins::load({UNSCRIPTED_PLUGINS_DIR});
  REQUIRE(loaded);
  REQUIRE(loaded->refusals.empty());
  return loaded->catalogue;
}

busy_world::busy_world(store& in, core::world_number number, std::uint64_t seed,
                       core::catalogue_ptr with)
  : history_(must(history::open(in, number))), catalogue_(std::move(with)), random_(seed, number) {}

void busy_world::found(const std::string& name) {
  core::found_command founding;
  founding.settings.name = name;
  founding.settings.seed = random_.next();
  founding.settings.capacity = {{"bot", 8}, {"thing", 20}};
  founding.settings.dims = {20'000'000, 10'000'000, 20'000'000};
  founding.catalogue = catalogue_;
  REQUIRE(decide(std::move(founding)));
  for (std::size_t k = 1; k < catalogue_->kinds().size(); ++k)
    for (int i = 0; i < 2; ++i) {
      core::create_command birth;
      birth.kind = static_cast<core::kind_index>(k);
      REQUIRE(decide(std::move(birth)));
    }
  commit();
}

void busy_world::recover() {
  world_ = std::move(must(history_.recover()).world);
  world_->bind(catalogue_);
  hashes_ = {world_->hash()};
}

void busy_world::live(std::uint64_t count, std::uint64_t commit_records) {
  for (std::uint64_t i = 0; i < count;) {
    if (!decide(any_command())) continue;  // no room, or no such place
    ++i;
    if (builder_.count() >= commit_records) commit();
  }
  commit();
}

void busy_world::load(core::catalogue_ptr next) {
  catalogue_ = std::move(next);
  REQUIRE(decide(core::load_command{catalogue_}));
}

void busy_world::commit() { must(history_.append(builder_, *world_)); }
void busy_world::snapshot() { must(history_.snapshot(*world_)); }

core::command busy_world::any_command() {
  const std::uint64_t which = random_.below(100);
  if (which < 6 || world_->bots().empty()) return any_creation();
  if (which < 12) return any_update();
  if (which < 15 && world_->thing_count() > 4) return core::remove_command{any_thing()};
  if (which < 18) return any_configuration();
  if (which < 22) return core::advance_command{};
  return any_action();
}

core::serial busy_world::any_thing() {
  const auto all = world_->serials();
  return all[random_.below(all.size())];
}

core::command busy_world::any_action() {
  const auto& actions = catalogue_->actions();
  core::act_command act;
  act.agent = world_->bots()[random_.below(world_->bots().size())];
  act.action = static_cast<core::action_index>(random_.below(actions.size()));
  const core::action& a = actions[act.action];
  act.target = a.self_only                    ? act.agent
               : a.target == core::world_kind ? core::world_serial
                                              : any_thing();
  for (const core::parameter& p : a.parameters) {
    core::value v = any_value(p);
    if (p.type == core::value_type::text) {
      v.bits = act.args.texts.size();
      act.args.texts.push_back(v.text);
    }
    act.args.bits[act.args.count++] = v.bits;
  }
  return act;
}

core::command busy_world::any_creation() {
  core::create_command birth;
  const auto kinds = catalogue_->kinds().size();
  birth.kind = static_cast<core::kind_index>(1 + random_.below(kinds - 1));
  birth.name = "thing " + std::to_string(random_.below(100));
  return birth;
}

core::command busy_world::any_update() {
  core::update_command change;
  change.thing = any_thing();
  const core::thing& t = *world_->find(change.thing);
  const auto& properties = catalogue_->kinds()[t.kind].properties;
  if (properties.empty() || random_.below(2) == 0) {
    change.pos = t.pos;
    change.pos->x += core::from_metres(random_.ratio() - 0.5);
  } else {
    const auto slot = static_cast<std::uint16_t>(random_.below(properties.size()));
    change.props.emplace_back(slot, any_value(properties[slot]));
  }
  return change;
}

core::command busy_world::any_configuration() {
  core::configure_command change{world_->settings(), {}};
  change.settings.deadline_ms = static_cast<std::uint32_t>(1 + random_.below(5000));
  const auto& rules = catalogue_->kinds()[core::world_kind].properties;
  const auto slot = static_cast<std::uint16_t>(random_.below(rules.size()));
  change.rules.emplace_back(slot, any_value(rules[slot]));
  return change;
}

template <class Slot>
core::value busy_world::any_value(const Slot& slot) {
  const double width = std::min(slot.maximum - slot.minimum, 1000.0);
  switch (slot.type) {
    case core::value_type::number:
      return core::value::number(slot.minimum + width * random_.ratio());
    case core::value_type::integer:
      return core::value::integer(
          static_cast<std::int64_t>(slot.minimum + width * random_.ratio()));
    case core::value_type::boolean: return core::value::boolean(random_.below(2) == 0);
    case core::value_type::text:
      return core::value::of_text("word " + std::to_string(random_.below(1000)));
    case core::value_type::thing: return core::value::thing(any_thing());
  }
  return {};
}

bool busy_world::decide(core::command c) {
  if (core::decide(*world_, std::move(c), record_)) return false;
  record_.seq = world_->seq() + 1;
  builder_.add(record_, world_->shared_catalogue());
  world_->apply(record_);
  hashes_.push_back(world_->hash());
  return true;
}

}  // namespace unscripted::storage::testing
