// Random commands for long scripts: each a function of the world and of keyed draws.
#include "tests/core/fixture.hpp"

#include <algorithm>

namespace unscripted::core::test {

namespace {

serial any_of(const std::vector<serial>& all, keyed_random& chance) {
  return all.empty() ? world_serial : all[chance.below(all.size())];
}

value random_value(const property& p, keyed_random& chance) {
  switch (p.type) {
    case value_type::number: return value::number(p.minimum + chance.ratio());
    case value_type::integer: return value::integer(static_cast<std::int64_t>(chance.below(99)));
    case value_type::boolean: return value::boolean(chance.next() & 1);
    case value_type::text: return value::of_text(std::string(chance.below(30), 'x'));
    case value_type::thing: return value::thing(chance.below(99));
  }
  return p.fallback;
}

slot_values random_props(const kind& k, keyed_random& chance) {
  slot_values props;
  for (std::size_t slot = 0; slot < k.properties.size(); ++slot)
    if (chance.below(3) == 0) props.emplace_back(slot, random_value(k.properties[slot], chance));
  return props;
}

vec3 random_pos(const world& w, keyed_random& chance) {
  const vec3& room = w.settings().dims;
  const auto along = [&](micrometres length) {
    return static_cast<micrometres>(chance.below(static_cast<std::uint64_t>(length)));
  };
  return {along(room.x), 0, along(room.z)};
}

command random_act(const world& w, keyed_random& chance) {
  static constexpr const char* names[] = {"walk", "walk",  "walk", "walk",     "drink", "drink",
                                          "pass", "tell",  "roll", "strike",   "spawn", "decline",
                                          "walk", "break", "walk", "scribble", "vanish"};
  const auto& known = w.catalogue();
  act_command c;
  c.agent = any_of(w.bots(), chance);
  c.action = *known.find_action(names[chance.below(std::size(names))]);
  const action& a = known.actions()[c.action];
  std::vector<serial> targets{world_serial};
  if (a.target != world_kind) {
    targets = w.serials();
    std::erase_if(targets, [&](serial id) { return w.find(id)->kind != a.target; });
    if (targets.empty()) return advance_command{};
  }
  c.target = a.self_only ? c.agent : any_of(targets, chance);
  for (const parameter& p : a.parameters) {
    value v = random_value({p.name, p.unit, p.type, p.fallback, p.minimum, p.maximum}, chance);
    if (p.type == value_type::text) {
      v.bits = c.args.texts.size();
      c.args.texts.push_back(v.text);
    }
    c.args.bits[c.args.count++] = v.bits;
  }
  c.absent = a.name == "pass" && chance.below(2) == 0;
  return c;
}

command random_create(const world& w, keyed_random& chance) {
  create_command c;
  c.kind = static_cast<kind_index>(1 + chance.below(w.catalogue().kinds().size() - 1));
  if (chance.below(2) == 0) c.pos = random_pos(w, chance);
  if (chance.below(3) == 0)
    c.dims = vec3{1 + random_pos(w, chance).x / 5, 1 + random_pos(w, chance).x / 2,
                  1 + random_pos(w, chance).z / 5};
  c.name = std::string(chance.below(9), 'n');
  c.mind = chance.below(2) == 0 ? "random" : "";
  c.props = random_props(w.catalogue().kinds()[c.kind], chance);
  return c;
}

command random_update(const world& w, keyed_random& chance) {
  update_command c;
  c.thing = any_of(w.serials(), chance);
  if (c.thing != world_serial && chance.below(2) == 0) c.pos = random_pos(w, chance);
  c.props = random_props(w.catalogue().kinds()[w.find(c.thing)->kind], chance);
  return c;
}

command random_configure(const world& w, keyed_random& chance) {
  configure_command c;
  c.settings = w.settings();
  c.settings.pace = static_cast<pace>(chance.below(3));
  c.settings.population = static_cast<population>(chance.below(2));
  c.settings.capacity["bot"] = static_cast<std::uint32_t>(4 + chance.below(9));
  c.settings.speed = 1 + chance.ratio();
  if (chance.below(2) == 0) c.settings.pause_at = chance.below(1000);
  const auto slot = *w.catalogue().kinds()[world_kind].slot_of("lifespan");
  c.rules.emplace_back(slot, value::integer(static_cast<std::int64_t>(5 + chance.below(50))));
  return c;
}

}  // namespace

command random_command(const world& w, keyed_random& chance) {
  const std::uint64_t pick = chance.below(100);
  const bool is_full = w.thing_count() >= 20;
  if (is_full && pick < 20) return remove_command{any_of(w.serials(), chance)};
  if (w.bots().empty()) return create_command{bot_kind, {}, {}, "settler", {}, {}};
  if (pick < 10) return random_create(w, chance);
  if (pick < 18) return random_update(w, chance);
  if (pick < 22) return random_configure(w, chance);
  if (pick < 28) return advance_command{};
  if (pick < 30) return load_command{chance.below(2) == 0 ? life_catalogue() : later_catalogue()};
  return random_act(w, chance);
}

}  // namespace unscripted::core::test
