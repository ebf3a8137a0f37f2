#include "tests/gateway/history_world.hpp"

#include "core/bytes.hpp"
#include "core/codec.hpp"
#include "core/decide.hpp"
#include "core/transaction.hpp"
#include "storage/history_reader.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>
#include <sstream>
#include <unistd.h>

namespace unscripted::gateway::testing {

namespace {

using core::call;
using core::outcome;
using core::value;
using core::value_type;

class coded final : public core::behaviour {
public:
  explicit coded(outcome (*code)(const call&)) : code_(code) {}
  outcome run(const call& c) const noexcept override { return code_(c); }

private:
  outcome (*code_)(const call&);
};

core::cell_ref cell(const call& c, const char* property) {
  return c.writes.base().catalogue().find_cell("bot", property).value_or(core::cell_ref{1, 0xffff});
}

/// tell(number, integer, boolean, words, thing)
outcome tell(const call& c) {
  c.writes.set(c.target, cell(c, "number"), c.args[0]);
  c.writes.set(c.target, cell(c, "integer"), c.args[1]);
  c.writes.set(c.target, cell(c, "boolean"), c.args[2]);
  c.writes.set_text(c.target, cell(c, "words"), (*c.texts)[c.args[3]]);
  c.writes.set(c.target, cell(c, "friend"), c.args[4]);
  c.writes.add(c.agent, cell(c, "integer"), c.args[1]);
  c.writes.add(c.agent, cell(c, "weight"), std::bit_cast<std::uint64_t>(0.1));
  c.writes.add(c.target, cell(c, "age"), 1);
  return outcome::done;
}

outcome strike(const call& c) {
  c.writes.add(c.target, cell(c, "age"), 1);
  c.writes.remove(c.target, "a \"strike\"\n");
  return outcome::done;
}

outcome shift(const call& c) {
  core::vec3 to = c.writes.place_of(c.agent)->pos;
  to.x += static_cast<core::micrometres>(c.writes.random() % 2'000'001) - 1'000'000;
  to.z += static_cast<core::micrometres>(c.writes.random() % 2'000'001) - 1'000'000;
  return c.writes.move(c.agent, to) ? outcome::done : outcome::refused;
}

outcome decline(const call& c) {
  c.writes.explain("not \"today\" \xc3\xa4\n\x01");
  return outcome::refused;
}

outcome fail(const call& c) {
  c.writes.explain(std::string("bytes \xff\xfe that are no text"));
  return outcome::fault;
}

outcome take(const call& c) {
  return c.writes.carry(c.agent, c.target) ? outcome::done : outcome::refused;
}

outcome drop(const call& c) {
  const auto hands = c.writes.carried_by(c.agent);
  if (hands.empty()) return outcome::refused;
  const auto to = c.writes.place_of(c.agent)->pos;
  return c.writes.move(hands.front(), to) ? outcome::done : outcome::refused;
}

core::action an_action(const char* name, core::kind_index target, outcome (*code)(const call&),
                       std::vector<core::parameter> parameters = {}) {
  core::action a;
  a.name = name;
  a.target = target;
  a.summary = "For tests.";
  a.reach = core::from_metres(1000);
  a.parameters = std::move(parameters);
  a.code = std::make_shared<coded>(code);
  return a;
}

core::property a_property(const char* name, value fallback) {
  const value_type type = fallback.type;
  return {name, "", type, std::move(fallback), -1e308, 1e308};
}

std::vector<core::parameter> all_types() {
  return {{"number", "", value_type::number, value::number(0), -1e308, 1e308},
          {"integer", "", value_type::integer, value::integer(0), -1e18, 1e18},
          {"boolean", "", value_type::boolean, value::boolean(false), 0, 1},
          {"words", "", value_type::text, value::of_text(""), 0, 1024},
          {"thing", "", value_type::thing, value::thing(0), 0, 0}};
}

}  // namespace

core::catalogue_ptr edge_catalogue(bool later) {
  core::catalogue_parts parts;
  parts.plugins = {{"test.edge", later ? "2" : "1", std::string(32, '0')}, {"test.other", "1", ""}};
  parts.kinds = core::engine_kinds();
  parts.kinds[0].properties.push_back(a_property("motto", value::of_text("\"\\\x02")));
  core::kind bot;
  bot.name = "bot";
  bot.dims = {200'000, 1'700'000, 300'001};
  bot.properties = {a_property("number", value::number(-0.5)),
                    a_property("integer", value::integer(0)),
                    a_property("boolean", value::boolean(true)),
                    a_property("words", value::of_text("")),
                    a_property("friend", value::thing(core::no_thing)),
                    a_property("weight", value::number(0)),
                    a_property("age", value::integer(3)),
                    a_property("generation", value::integer(1)),
                    a_property("female", value::boolean(false))};
  if (later) {
    bot.properties.erase(bot.properties.begin());
    std::reverse(bot.properties.begin(), bot.properties.end());
    bot.properties.push_back(a_property("mood", value::of_text("calm")));
  }
  core::kind mist;
  mist.name = "mist";
  mist.dims = {100'000, 100'000, 100'000};
  mist.solid = false;
  mist.properties = {a_property("name", value::of_text("grey")),
                     a_property("integer", value::integer(-1))};
  parts.kinds.push_back(later ? mist : bot);
  parts.kinds.push_back(later ? bot : mist);
  const core::kind_index of_bot = later ? 2 : 1, of_mist = later ? 1 : 2;
  parts.actions = {an_action("tell", of_bot, tell, all_types()),
                   an_action("strike", of_bot, strike),
                   an_action("shift", 0, shift),
                   an_action("decline", 0, decline),
                   an_action("fail", of_bot, fail),
                   an_action("fail", 0, fail),
                   an_action("take", of_mist, take),
                   an_action("drop", 0, drop)};
  return std::make_shared<const core::catalogue>(std::move(parts));
}

// -- the store -----------------------------------------------------------------------------------

scratch_store::scratch_store() {
  static std::atomic<unsigned> count{0};
  folder_ = std::filesystem::temp_directory_path() /
            ("unscripted-gateway-" + std::to_string(getpid()) + "-" + std::to_string(++count));
  store_ = must(storage::store::open(folder_, storage::durability::wal));
}

scratch_store::~scratch_store() {
  store_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void must(const std::optional<storage::failure>& why) {
  if (why) FAIL(why->message);
}

// -- the world -----------------------------------------------------------------------------------

wild_world::wild_world(storage::store& in, const std::string& name, std::uint64_t seed)
  : number_(must(in.create_world(name, 1'700'000'000'123))),
    past_(must(storage::history::open(in, number_))), random_(seed, 1) {
  core::found_command c;
  c.settings.name = name;
  c.settings.seed = random_.next();
  c.settings.dims = {20'000'001, 5'000'000, 20'000'003};
  c.settings.capacity = {{"bot", 12}, {"thing", 20}, {"#odd \"\n", 4'294'967'295u}};
  c.settings.created_ms = -5;
  c.settings.speed = 0.1;
  c.catalogue = edge_catalogue();
  c.rules = random_props(core::world_kind);
  decide(std::move(c));
}

wild_world::wild_world(storage::store& in, core::world_number number, std::uint64_t seed)
  : number_(number), past_(must(storage::history::open(in, number_))), random_(seed, 2) {
  world_ = std::move(must(past_.recover()).world);
  for (const bool later : {false, true})
    if (const auto c = edge_catalogue(later); c->same_description(world_->catalogue()))
      world_->bind(c);
}

void wild_world::live(std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    decide(next_command());
    if (builder_.count() > random_.below(7)) commit();
  }
  commit();
}

void wild_world::commit() { must(past_.append(builder_, *world_)); }

void wild_world::decide(core::command c) {
  core::record r;
  if (core::decide(*world_, std::move(c), r)) return;  // not every random wish comes true
  builder_.add(r, world_->seq() > 0 ? world_->shared_catalogue() : nullptr);
  if (!world_->try_apply(r)) FAIL("record " << r.seq << " does not fit");
}

std::string wild_world::random_text(std::size_t bytes_max) {
  static const char* const pieces[] = {"\"",           "\\", "\n",  "\x01", "\x7f", "ä",
                                       "\u2028",       "😀",  "hex", "#3",   "{}",   "\xff",
                                       "\xed\xa0\x80", "\t", "/"};
  std::string text;
  for (std::uint64_t left = random_.below(6); left > 0; --left) {
    const std::string piece = pieces[random_.below(std::size(pieces))];
    if (text.size() + piece.size() <= bytes_max) text += piece;
    if (random_.below(9) == 0 && text.size() < bytes_max) text.push_back('\0');
  }
  return text;
}

value wild_world::random_value(value_type type) {
  static constexpr double numbers[] = {
      -0.0, 0,       1,      -1,  5e-324, 1.7976931348623157e308, 0.1, 1e15, 9007199254740993.0,
      1e20, -0x1p63, 0x1p64, 1e-7};
  static constexpr std::int64_t integers[] = {0,
                                              -1,
                                              1LL << 53,
                                              (1LL << 53) + 1,
                                              std::numeric_limits<std::int64_t>::min(),
                                              std::numeric_limits<std::int64_t>::max()};
  value v{type, 0, {}};
  switch (type) {
    case value_type::number:
      v.bits = std::bit_cast<std::uint64_t>(numbers[random_.below(std::size(numbers))]);
      if (random_.below(2) == 0) v.bits = std::bit_cast<std::uint64_t>(random_.ratio() * 1e-3);
      return v;
    case value_type::integer: return value::integer(integers[random_.below(std::size(integers))]);
    case value_type::boolean: return value::boolean(random_.below(2) == 0);
    case value_type::text: return value::of_text(random_text(60));
    case value_type::thing:
      return value::thing(random_.below(3) == 0 ? core::no_thing : random_.below(40));
  }
  return v;
}

std::vector<std::pair<std::uint16_t, value>> wild_world::random_props(core::kind_index kind) {
  const core::catalogue_ptr c = world_->seq() > 0 ? world_->shared_catalogue() : edge_catalogue();
  std::vector<std::pair<std::uint16_t, value>> props;
  const auto& properties = c->kinds()[kind].properties;
  for (std::size_t slot = 0; slot < properties.size(); ++slot)
    if (random_.below(2) == 0) props.emplace_back(slot, random_value(properties[slot].type));
  return props;
}

core::vec3 wild_world::random_place() {
  const auto along = [&] { return static_cast<core::micrometres>(random_.below(20'000'000)); };
  return {along(), random_.below(4) == 0 ? 1 : 0, along()};
}

core::command wild_world::random_act() {
  const auto& actions = world_->catalogue().actions();
  core::act_command c;
  c.agent = world_->bots()[random_.below(world_->bots().size())];
  c.action = static_cast<core::action_index>(random_.below(actions.size()));
  if (actions[c.action].target != core::world_kind) {
    auto targets = world_->serials();
    std::erase_if(targets, [&](core::serial id) {
      return world_->find(id)->kind != actions[c.action].target;
    });
    if (targets.empty()) return core::advance_command{};
    c.target = targets[random_.below(targets.size())];
  }
  c.absent = random_.below(10) == 0;
  for (const core::parameter& p : actions[c.action].parameters) {
    value v = random_value(p.type);
    if (v.type == value_type::text) {
      v.bits = c.args.texts.size();
      c.args.texts.push_back(v.text);
    }
    c.args.bits[c.args.count++] = v.bits;
  }
  return c;
}

core::command wild_world::next_command() {
  const std::uint64_t pick = random_.below(100);
  const auto kinds = world_->catalogue().kinds().size();
  if (pick < 25 || world_->bots().empty()) {
    core::create_command c;
    c.kind = static_cast<core::kind_index>(1 + random_.below(kinds - 1));
    if (world_->bots().empty()) c.kind = *world_->catalogue().bot_kind();
    if (random_.below(2) == 0) c.pos = random_place();
    if (random_.below(3) == 0) c.dims = core::vec3{123'457, 1, 400'001};
    c.name = random_text(64);
    c.mind = random_text(64);
    c.props = random_props(c.kind);
    return c;
  }
  const auto all = world_->serials();
  const core::serial any = all[random_.below(all.size())];
  if (pick < 40) {
    core::update_command c;
    c.thing = random_.below(4) == 0 ? core::world_serial : any;
    if (c.thing != core::world_serial && random_.below(2) == 0) c.pos = random_place();
    c.props = random_props(world_->find(c.thing)->kind);
    return c;
  }
  if (pick < 45) return core::remove_command{any};
  if (pick < 50) {
    core::configure_command c{world_->settings(), random_props(core::world_kind)};
    c.settings.name = random_text(64);
    c.settings.pace = static_cast<core::pace>(random_.below(3));
    c.settings.population = static_cast<core::population>(random_.below(2));
    c.settings.speed = 1e-3 + random_.ratio();
    c.settings.capacity[random_text(20)] = static_cast<std::uint32_t>(random_.next());
    if (c.settings.capacity.size() > 8) c.settings.capacity = {{"thing", 20}};
    c.settings.pause_at.reset();
    if (random_.below(2) == 0) c.settings.pause_at = random_.next();
    c.settings.parent = random_text(30);
    return c;
  }
  if (pick < 58) return core::advance_command{};
  if (pick < 61) return core::load_command{edge_catalogue(random_.below(2) == 0)};
  return random_act();
}

// -- exports -------------------------------------------------------------------------------------

std::string exported(const storage::store& from, core::world_number world, export_what what,
                     export_options options) {
  options.as_lines = true;
  auto pages = must(history_export::begin(from, world, what, options));
  std::string text;
  while (!pages.at_end()) must(pages.write_page(text));
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> encoded_records(storage::store& in, core::world_number world) {
  std::vector<std::string> all;
  storage::history_reader reader(in, world);
  core::catalogue_ptr before;
  if (const auto stats = must(reader.stats()); stats.base_seq > 0)
    before = must(reader.state_at(stats.base_seq)).world->shared_catalogue();
  must(reader.read(0, std::numeric_limits<std::uint64_t>::max(), [&](const core::record& r) {
    core::byte_writer out(all.emplace_back());
    core::encode(out, before.get(), r);
    before = reader.catalogue();
    return true;
  }));
  return all;
}

}  // namespace unscripted::gateway::testing
