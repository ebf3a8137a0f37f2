#include "gateway/methods.hpp"

#include "core/preset.hpp"
#include "gateway/bot_act.hpp"
#include "gateway/rerun.hpp"

#include <algorithm>

namespace unscripted::gateway {

namespace {

namespace dom = simdjson::dom;
using core::errc;
using core::problem;

constexpr std::uint64_t seed_max = (std::uint64_t{1} << 53) - 1;  // exact in every client's numbers
constexpr std::uint64_t count_max = (std::uint64_t{1} << 53) - 1;
// Of what is about to be answered, before anybody knows: on the large side.
constexpr std::size_t thing_bytes = 256;

// A world that is not running, as an item of world.list.
std::string describe_trouble(const actors::engine::world_summary& w) {
  std::string out;
  json_writer json{out};
  json.begin_object().member("id", core::to_string(core::thing_id{w.number, core::world_serial}));
  json.member("name", w.name).member("kind", "world").member("trouble", w.trouble).end_object();
  return out;
}

std::string known_presets() {
  std::string out;
  for (const core::preset& p : core::presets())
    out += (out.empty() ? "\"" : " or \"") + p.name + "\"";
  return out;
}

// Whether a world of this preset can begin with these plugins.
bool knows(const core::catalogue& known, const core::preset& p) {
  const core::kind& world = known.kinds()[core::world_kind];
  return std::ranges::all_of(p.things,
                             [&](const auto& t) { return known.find_kind(t.kind).has_value(); }) &&
         std::ranges::all_of(p.settings.rules,
                             [&](const auto& r) { return world.slot_of(r.first).has_value(); });
}

core::micrometres to_micrometres(std::optional<double> metres, double otherwise) {
  return core::from_metres(metres.value_or(otherwise));
}

}  // namespace

bool methods::refused() {
  const auto why = p_.finish();
  if (why) c_.answer_now(ticket_, *why);
  return why.has_value();
}

std::optional<core::world_number> methods::read_world() {
  const std::string name = p_.text("world");
  if (name.empty()) {
    p_.expect("world", "the name or the id of a world");
    return std::nullopt;
  }
  const auto found = c_.hub_.engine->find_world(name);
  if (!found)
    p_.complain(
        problem{errc::not_found, "there is no world " + name + "; world.list shows all", {}}.with(
            "id", name));
  return found;
}

void methods::submit_to(std::optional<core::world_number> world, actors::world_request&& what) {
  if (refused()) return;
  c_.submit(*world, std::move(ticket_), std::move(what));
}

// -- worlds --------------------------------------------------------------------------------------

std::optional<std::string> methods::read_world_name() {
  auto name = p_.optional_text("name");
  if (name && name->empty()) p_.expect("name", "a text that is not empty");
  if (name && core::parse_id(*name)) p_.expect("name", "a name that does not look like an id");
  if (name)
    if (auto why = core::check_name(*name)) p_.complain(*std::move(why));
  return name;
}

/// A tick, or null: never.
std::optional<std::optional<std::uint64_t>> methods::read_pause_at() {
  if (p_.take_null("pause_at")) return std::optional<std::uint64_t>();
  if (const auto tick = p_.integer("pause_at", 0, count_max)) return tick;
  return std::nullopt;
}

core::world_wish methods::read_world_wish(bool founding) {
  core::world_wish wish;
  wish.name = read_world_name();
  if (founding) {
    wish.dims = p_.place("dims");
    wish.seed = p_.integer("seed", 0, seed_max);
  }
  if (const auto pace = p_.optional_text("pace")) {
    wish.pace = core::parse_pace(*pace);
    if (!wish.pace) p_.expect("pace", R"("free", "lockstep" or "realtime")");
  }
  wish.speed = p_.number("speed", 1e-6, 1e4, "");
  if (const auto ms = p_.integer("deadline_ms", 1, 3'600'000))
    wish.deadline_ms = static_cast<std::uint32_t>(*ms);
  wish.pause_at = read_pause_at();
  const auto most_things = static_cast<std::int64_t>(c_.hub_.limits.things_per_world);
  for (const auto& [kind, most] : p_.values("capacity")) {
    const auto* count = std::get_if<std::int64_t>(&most);
    if (count && *count >= 0 && *count <= most_things)
      wish.capacity[kind] = static_cast<std::uint32_t>(*count);
    else p_.expect("capacity." + kind, "an integer in [0, " + std::to_string(most_things) + "]");
  }
  wish.rules = p_.values("rules");
  return wish;
}

void methods::world_create() {
  core::world_wish wish = read_world_wish(true);
  const core::preset* like = core::find_preset(p_.optional_text("preset").value_or("default"));
  if (!like) p_.expect("preset", known_presets());
  if (like && !knows(*c_.hub_.plugins->present()->assembly.catalogue, *like))
    p_.complain(problem{
        errc::not_found,
        "this server lacks plugins of the preset `" + like->name + "`: start it with --preset " +
            like->name,
        {}}.with("preset", like->name));
  check_founding();
  if (refused()) return;
  c_.begin_barrier();
  c_.hub_.engine->create_world(c_.shared_from_this(), std::move(ticket_),
                               core::with_preset(std::move(wish), *like), like->things,
                               c_.principal());
}

void methods::world_list() {
  if (refused()) return;
  auto worlds = c_.hub_.engine->worlds();
  std::erase_if(worlds, [&](const auto& w) { return !c_.rights_in(w.number); });
  if (worlds.empty()) return c_.result_now(ticket_, "{\"items\":[]}");
  auto group = c_.begin_group(ticket_, "{\"items\":[", "]}", worlds.size());
  group->leaves_out_errors = true;  // a world that was deleted meanwhile
  for (std::uint32_t i = 0; i < worlds.size(); ++i) {
    if (worlds[i].trouble.empty())
      c_.submit(worlds[i].number, {{}, 0, group, i}, actors::show_world_request{});
    else c_.finish_part({{}, 0, group, i}, describe_trouble(worlds[i]));
  }
}

void methods::world_get() {
  const auto world = read_world();
  submit_to(world, actors::show_world_request{});
}

void methods::world_update() {
  const auto world = read_world();
  core::world_wish wish = read_world_wish(false);
  submit_to(world, actors::update_world_request{std::move(wish)});
}

void methods::world_delete() {
  const auto world = read_world();
  check_world(world);
  if (refused()) return;
  c_.begin_barrier();
  c_.hub_.engine->delete_world(c_.shared_from_this(), std::move(ticket_), *world);
}

// -- things --------------------------------------------------------------------------------------

void methods::thing_create() {
  const auto world = read_world();
  core::thing_wish wish;
  wish.kind = p_.text("kind");
  wish.pos = p_.place("pos");
  wish.dims = p_.place("dims");
  wish.name = p_.optional_text("name").value_or("");
  wish.props = p_.values("props");
  submit_to(world, actors::create_thing_request{std::move(wish)});
}

void methods::bot_create() {
  const auto world = read_world();
  core::thing_wish wish;
  wish.kind = "bot";
  wish.pos = p_.place("pos");
  wish.name = p_.optional_text("name").value_or("");
  if (p_.has("female")) wish.props.emplace_back("female", p_.flag("female", false));
  else p_.flag("female", false);
  wish.mind = p_.optional_text("mind").value_or("remote");
  if (wish.mind.empty()) p_.expect("mind", R"("remote" or "random")");
  if (wish.mind == "remote") wish.mind.clear();
  ticket_.flags |= wants_token;
  submit_to(world, actors::create_thing_request{std::move(wish)});
}

void methods::thing_get() {
  const core::thing_id id = p_.id("id");
  submit_to(id.world, actors::show_thing_request{id.thing});
}

void methods::thing_update() {
  const core::thing_id id = p_.id("id");
  const auto pos = p_.place("pos");
  submit_to(id.world, actors::update_thing_request{id.thing, pos, p_.values("props")});
}

void methods::thing_delete() {
  const core::thing_id id = p_.id("id");
  submit_to(id.world, actors::delete_thing_request{id.thing});
}

void methods::thing_list() {
  const auto world = read_world();
  actors::list_things_request list;
  list.kind = p_.optional_text("kind");
  if (const auto near = p_.object("near")) {
    params_reader around{*near, "near."};
    list.near = around.place("pos");
    if (!list.near) around.expect("pos", "a place; it is required");
    list.range = to_micrometres(around.number("range", 0, core::metres_max, "metres"), 0);
    if (auto why = around.finish()) p_.complain(*std::move(why));
  }
  list.limit = static_cast<std::uint32_t>(p_.integer("limit", 1, 1000).value_or(1000));
  c_.expect(list.limit * thing_bytes);
  if (const auto after = p_.optional_id("after")) {
    list.after = after->thing;
    if (world && after->world != *world) p_.expect("after", "the id of a thing of this world");
  }
  submit_to(world, std::move(list));
}

// -- bots ----------------------------------------------------------------------------------------

void methods::bot_attach() {
  const core::thing_id bot = p_.id("bot");
  const bool take = p_.flag("take", false);
  ticket_.flags |= wants_token;
  submit_to(bot.world, actors::attach_request{bot.thing, take});
}

void methods::bot_detach() {
  const core::thing_id bot = p_.id("bot");
  submit_to(bot.world, actors::detach_request{bot.thing});
}

void methods::act() {
  if (p_.has("acts")) {
    const auto acts = p_.array("acts");
    if (!refused()) act_list(*acts);
    return;
  }
  auto [world, act] = read_act(p_);
  if (c_.may_act(ticket_, act)) submit_to(world, std::move(act));
}

// One answer for all: an array with a result or an error for each, in order.
void methods::act_list(dom::array acts) {
  if (acts.size() == 0) return c_.result_now(ticket_, "[]");
  if (const auto why = c_.too_often(acts.size())) return c_.answer_now(ticket_, *why);
  auto group = c_.begin_group(ticket_, "[", "]", acts.size());
  std::uint32_t part = 0;
  for (const dom::element element : acts) {
    actors::ticket mine{{}, 0, group, part};
    const std::string within = "acts[" + std::to_string(part++) + "]";
    dom::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS) {
      c_.part_now(mine,
                  core::bad_param(within, "an object: bot, action, target?, args?, see?, key?"));
      continue;
    }
    params_reader one{object, within + "."};
    auto [world, act] = read_act(one);
    if (const auto why = one.finish()) c_.part_now(mine, *why);
    else c_.submit(world, std::move(mine), std::move(act));
  }
}

void methods::see() {
  const core::thing_id bot = p_.id("bot");
  actors::see_request look;
  look.bot = bot.thing;
  if (const auto range = p_.number("range", 0, core::metres_max, "metres"))
    look.range = core::from_metres(*range);
  const std::string frame = p_.optional_text("frame").value_or("world");
  if (frame != "world" && frame != "ego") p_.expect("frame", R"("world" or "ego")");
  look.ego = frame == "ego";
  c_.expect(conversation::perception_bytes);
  submit_to(bot.world, look);
}

void methods::subscribe() {
  if (!c_.wire_.takes_events())
    return c_.answer_now(ticket_, problem{errc::invalid_request,
                                          "events need a connection that stays open both ways: "
                                          "subscribe over TCP or the WebSocket /ws",
                                          {}});
  actors::subscribe_request watch;
  std::optional<core::world_number> world;
  if (p_.has("bot")) {
    const core::thing_id bot = p_.id("bot");
    world = bot.world;
    watch.bot = bot.thing;
  } else {
    world = read_world();
  }
  if (const auto range = p_.number("range", 0, core::metres_max, "metres"))
    watch.range = core::from_metres(*range);
  watch.max_hz = p_.number("max_hz", 0.001, 1000, "deltas a second").value_or(30);
  if (p_.has("at")) {
    rerun_wish wish;
    wish.max_hz = watch.max_hz;
    wish.bot = watch.bot;
    wish.range = watch.range;
    return watch_stored(world, wish);
  }
  watch.since = p_.integer("since", 0, count_max);
  submit_to(world, watch);
}

// A subscription is numbered within its world; what the client holds names both.
void methods::unsubscribe() {
  const auto sub = p_.integer("sub", 1, count_max);
  if (!sub) p_.expect("sub", "the number that subscribe answered; it is required");
  if (refused()) return;
  if (c_.end_rerun(*sub)) return c_.result_now(ticket_, "{}");
  const auto world = static_cast<core::world_number>(*sub >> actors::sub_bits);
  const std::string id = core::to_string(core::thing_id{world, core::world_serial});
  if (!c_.hub_.engine->find_world(id))
    return c_.answer_now(
        ticket_, problem{errc::not_found, "no such subscription on this connection", {}}.with(
                     "sub", static_cast<std::int64_t>(*sub)));
  c_.submit(world, std::move(ticket_), actors::unsubscribe_request{*sub});
}

}  // namespace unscripted::gateway
