#include "core/decide.hpp"

#include "core/transaction.hpp"

#include <algorithm>

namespace unscripted::core {

namespace {

problem gone(serial id) {
  return problem{errc::not_found, "there is no such thing in this world any more", {}}.with(
      "serial", static_cast<std::int64_t>(id));
}

problem unplaceable() {
  return {errc::conflict,
          "it does not fit there: outside the world, or on ground that another solid thing takes",
          {}};
}

// The catalogue changed between resolve and decide, or a history is wrong.
problem outdated() {
  return {errc::conflict, "what can be done in this world has changed since: ask again", {}};
}

problem full(const world& w, kind_index kind) {
  const auto& capacity = w.settings().capacity;
  const std::string& name = w.catalogue().kinds()[kind].name;
  const bool by_kind = capacity.contains(name) && w.count(kind) >= capacity.at(name);
  const std::string what = by_kind ? name : "thing";
  const auto most = capacity.contains(what) ? capacity.at(what) : 0;
  return problem{errc::over_capacity,
                 "this world cannot accept more than " + std::to_string(most) + " " + what +
                     (most == 1 ? "" : "s") + "; raise its capacity with world.update",
                 {}}
      .with("kind", what)
      .with("capacity", std::int64_t{most});
}

bool has_room(const world& w, kind_index kind) {
  const auto& capacity = w.settings().capacity;
  const auto below = [&](const std::string& name, std::size_t count) {
    return !capacity.contains(name) || count < capacity.at(name);
  };
  return below(w.catalogue().kinds()[kind].name, w.count(kind)) && below("thing", w.thing_count());
}

/// The decision of one command: carries the world, the writes and the record through the steps.
class decision {
public:
  decision(const world& w, record& out)
    : world_(w), out_(out), writes_(w, w.seq() + 1, out.effects) {}

  std::optional<problem> operator()(const act_command& c);
  [[gnu::cold]] std::optional<problem> operator()(const found_command& c);
  std::optional<problem> operator()(const create_command& c);
  std::optional<problem> operator()(const update_command& c);
  std::optional<problem> operator()(const remove_command& c);
  [[gnu::cold]] std::optional<problem> operator()(const configure_command& c);
  std::optional<problem> operator()(const advance_command& c);
  [[gnu::cold]] std::optional<problem> operator()(const load_command& c);

  void finish() {
    out_.draws = writes_.draws();
    out_.tick = writes_.tick();
    if (out_.outcome == outcome::done) out_.reason.clear();
  }

private:
  outcome run_action(const action& a, const act_command& c);
  outcome run(const behaviour& code, const call& c);
  void run_rules_after(const act_command& c);
  void run_rules_at_tick();
  void take_turn();
  void tick();
  void set_all(serial id, kind_index kind,
               const std::vector<std::pair<std::uint16_t, value>>& props);

  const world& world_;
  record& out_;
  transaction writes_;
};

// Runs a behaviour; keeps its writes on `done` only.
outcome decision::run(const behaviour& code, const call& c) {
  const std::size_t before = writes_.savepoint();
  outcome result = code.run(c);
  if (const char* excess = writes_.excess(); excess && result != outcome::fault) {
    writes_.explain(excess);
    result = outcome::fault;
  }
  if (result != outcome::done) writes_.rollback(before);
  return result;
}

outcome decision::run_action(const action& a, const act_command& c) {
  if (a.target != world_kind) {
    const auto agent = writes_.place_of(c.agent);
    const auto target = writes_.place_of(c.target);
    if (c.agent != c.target && gap(*agent, *target) > a.reach) {
      writes_.explain("not_in_reach");
      return outcome::refused;
    }
  }
  const call how{writes_, c.agent, c.target, c.args.bits.data(), &c.args.texts};
  return run(*a.code, how);
}

std::optional<problem> decision::operator()(const act_command& c) {
  const auto& actions = world_.catalogue().actions();
  const auto target = writes_.kind_of(c.target);
  if (!writes_.exists(c.agent)) return gone(c.agent);
  if (!target) return gone(c.target);
  if (c.action >= actions.size() || actions[c.action].target != *target) return outdated();
  const action& a = actions[c.action];
  if (!a.code)
    return problem{errc::conflict, "action `" + a.name + "`: its plugin is not loaded", {}};
  out_.outcome = run_action(a, c);
  if (!writes_.reason().empty()) out_.reason = writes_.reason();
  if (out_.outcome != outcome::done && out_.reason.empty()) out_.reason = to_string(out_.outcome);
  if (out_.outcome == outcome::fault) return std::nullopt;
  run_rules_after(c);
  if (world_.settings().pace == pace::free) take_turn();
  return std::nullopt;
}

void decision::run_rules_after(const act_command& c) {
  for (const rule& r : world_.catalogue().rules()) {
    if (!r.after_action) continue;
    if (!writes_.exists(c.agent)) return;
    run(*r.after_action, {writes_, c.agent, c.target, c.args.bits.data(), &c.args.texts});
  }
}

void decision::run_rules_at_tick() {
  for (const rule& r : world_.catalogue().rules())
    if (r.at_tick) run(*r.at_tick, {writes_, no_thing, world_serial, nullptr, nullptr});
}

// Pace free: when as many actions were decided as bots are living, a tick has passed.
void decision::take_turn() {
  if (world_.turns() + 1 >= writes_.living_bots()) return tick();
  writes_.note(effect_type::turned);
}

void decision::tick() {
  writes_.advance();
  run_rules_at_tick();
}

void decision::set_all(serial id, kind_index kind,
                       const std::vector<std::pair<std::uint16_t, value>>& props) {
  for (const auto& [slot, v] : props) {
    if (v.type == value_type::text) writes_.set_text(id, {kind, slot}, v.text);
    else writes_.set(id, {kind, slot}, v.bits);
  }
}

std::optional<problem> decision::operator()(const create_command& c) {
  if (c.kind >= world_.catalogue().kinds().size() || c.kind == world_kind) return outdated();
  const kind& k = world_.catalogue().kinds()[c.kind];
  if (!has_room(world_, c.kind)) return full(world_, c.kind);
  const creation what{c.kind, world_serial, c.dims.value_or(k.dims), c.name, c.mind};
  const auto made = writes_.create(what, c.pos);
  if (!made) return unplaceable();
  set_all(*made, c.kind, c.props);
  const auto female = world_.catalogue().female_slot();
  const bool given = female && std::any_of(c.props.begin(), c.props.end(),
                                           [&](const auto& p) { return p.first == *female; });
  if (c.kind == world_.catalogue().bot_kind() && female && !given)
    writes_.set(*made, {c.kind, *female}, writes_.random() & 1);
  return std::nullopt;
}

std::optional<problem> decision::operator()(const update_command& c) {
  const thing* t = world_.find(c.thing);
  if (!t) return gone(c.thing);
  if (c.pos && !writes_.move(c.thing, *c.pos)) return unplaceable();
  set_all(c.thing, t->kind, c.props);
  return std::nullopt;
}

std::optional<problem> decision::operator()(const remove_command& c) {
  if (!writes_.erase(c.thing)) return gone(c.thing);
  return std::nullopt;
}

std::optional<problem> decision::operator()(const configure_command& c) {
  writes_.note(effect_type::configured).more = details(c.settings);
  set_all(world_serial, world_kind, c.rules);
  return std::nullopt;
}

std::optional<problem> decision::operator()(const advance_command&) {
  tick();
  return std::nullopt;
}

std::optional<problem> decision::operator()(const load_command& c) {
  for (const kind& k : world_.catalogue().kinds()) {
    const auto index = world_.catalogue().find_kind(k.name);
    if (world_.count(*index) == 0 || c.catalogue->find_kind(k.name)) continue;
    return problem{errc::conflict,
                   "this world has things of kind `" + k.name +
                       "`, which no loaded plugin brings: load its plugin",
                   {}}
        .with("kind", k.name);
  }
  writes_.note(effect_type::catalogued).more = details(c.catalogue);
  return std::nullopt;
}

std::optional<problem> decision::operator()(const found_command& c) {
  writes_.note(effect_type::configured).more = details(c.settings);
  writes_.note(effect_type::catalogued).more = details(c.catalogue);
  effect& born = writes_.note(effect_type::created);
  born.pos = {c.settings.dims.x / 2, 0, c.settings.dims.z / 2};
  born.more = details(creation{world_kind, world_serial, c.settings.dims, {}, {}});
  for (const auto& [slot, v] : c.rules) {
    effect& rule = writes_.note(effect_type::set);
    rule.slot = slot;
    rule.bits = v.bits;
    if (v.type == value_type::text) rule.more = details(v.text);
  }
  return std::nullopt;
}

}  // namespace

std::optional<problem> decide(const world& w, record& r) {
  r.seq = w.seq() + 1;
  r.outcome = outcome::done;
  r.reason.clear();
  if (std::holds_alternative<found_command>(r.command) != (w.seq() == 0))
    return problem{errc::conflict, "a world is founded once, before anything else", {}};
  decision deciding{w, r};
  if (auto why = std::visit(deciding, r.command)) return why;
  deciding.finish();
  return std::nullopt;
}

}  // namespace unscripted::core
