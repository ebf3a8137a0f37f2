#include "core/catalogue.hpp"

#include "core/codec.hpp"
#include "core/mix.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace unscripted::core {

const char* to_string(value_type type) {
  switch (type) {
    case value_type::number: return "number";
    case value_type::integer: return "integer";
    case value_type::boolean: return "boolean";
    case value_type::text: return "text";
    case value_type::thing: return "thing";
  }
  return "?";
}

std::string_view to_string(outcome x) {
  switch (x) {
    case outcome::done: return "done";
    case outcome::refused: return "refused";
    case outcome::fault: return "fault";
  }
  return "?";
}

value value::number(double x) {
  return {value_type::number, std::bit_cast<std::uint64_t>(x == 0 ? 0.0 : x), {}};
}
value value::integer(std::int64_t x) {
  return {value_type::integer, static_cast<std::uint64_t>(x), {}};
}
value value::boolean(bool x) { return {value_type::boolean, x ? 1u : 0u, {}}; }
value value::of_text(std::string x) { return {value_type::text, 0, std::move(x)}; }
value value::thing(std::uint64_t x) { return {value_type::thing, x, {}}; }
double value::as_number() const { return std::bit_cast<double>(bits); }

std::optional<std::uint16_t> kind::slot_of(std::string_view property) const {
  for (std::size_t i = 0; i < properties.size(); ++i)
    if (properties[i].name == property) return static_cast<std::uint16_t>(i);
  return std::nullopt;
}

namespace {

std::optional<std::uint16_t> slot_of(const kind& k, std::string_view property, value_type type) {
  const auto slot = k.slot_of(property);
  return slot && k.properties[*slot].type == type ? slot : std::nullopt;
}

}  // namespace

catalogue::catalogue(catalogue_parts parts) : catalogue(std::move(parts), std::string{}) {}

catalogue::catalogue(catalogue_parts parts, std::string description) {
  std::stable_sort(parts.actions.begin(), parts.actions.end(),
                   [](const action& a, const action& b) {
    return a.target != b.target ? a.target < b.target : a.name < b.name;
  });
  std::stable_sort(parts.rules.begin(), parts.rules.end(),
                   [](const rule& a, const rule& b) { return a.name < b.name; });
  for (kind& k : parts.kinds) {
    k.actions.clear();
    k.is_target = false;
  }
  for (std::size_t i = 0; i < parts.actions.size(); ++i) {
    kind& target = parts.kinds[parts.actions[i].target];
    target.actions.push_back(static_cast<action_index>(i));
    target.is_target = target.is_target || !parts.actions[i].self_only;
  }

  description_ = description.empty() ? describe(parts) : std::move(description);
  digest_ = mix_text(description_);
  plugins_ = std::move(parts.plugins);
  kinds_ = std::move(parts.kinds);
  actions_ = std::move(parts.actions);
  rules_ = std::move(parts.rules);

  bot_kind_ = find_kind("bot");
  if (bot_kind_) {
    const kind& bot = kinds_[*bot_kind_];
    generation_slot_ = slot_of(bot, "generation", value_type::integer);
    female_slot_ = slot_of(bot, "female", value_type::boolean);
  }
  sight_slot_ = kinds_[world_kind].slot_of("sight").value_or(0);
}

std::optional<kind_index> catalogue::find_kind(std::string_view name) const {
  for (std::size_t i = 0; i < kinds_.size(); ++i)
    if (kinds_[i].name == name) return static_cast<kind_index>(i);
  return std::nullopt;
}

std::optional<action_index> catalogue::find_action(kind_index target, std::string_view name) const {
  for (const action_index i : kinds_[target].actions)
    if (actions_[i].name == name) return i;
  return std::nullopt;
}

std::optional<action_index> catalogue::find_action(std::string_view name) const {
  if (const auto on_world = find_action(world_kind, name)) return on_world;
  std::optional<action_index> found;
  for (std::size_t i = 0; i < actions_.size(); ++i) {
    if (actions_[i].name != name) continue;
    if (found) return std::nullopt;
    found = static_cast<action_index>(i);
  }
  return found;
}

std::optional<cell_ref> catalogue::find_cell(std::string_view kind,
                                             std::string_view property) const {
  const auto k = find_kind(kind);
  if (!k) return std::nullopt;
  const auto slot = kinds_[*k].slot_of(property);
  if (!slot) return std::nullopt;
  return cell_ref{*k, *slot};
}

std::vector<kind> engine_kinds() {
  kind world;
  world.name = "world";
  world.dims = {10'000'000, 10'000'000, 10'000'000};
  world.solid = false;
  world.properties.push_back({"sight", "m", value_type::number, value::number(50), 0, metres_max});
  return {world};
}

}  // namespace unscripted::core
