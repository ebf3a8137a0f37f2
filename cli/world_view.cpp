#include "cli/world_view.hpp"

#include "cli/table.hpp"
#include "core/settings.hpp"
#include "gateway/json_writer.hpp"

namespace unscripted::cli {

namespace dom = simdjson::dom;

namespace {

std::string named(const std::string& world) {
  std::string params;
  gateway::json_writer(params).begin_object().member("world", world).end_object();
  return params;
}

/// The member of a member, or 0.
std::uint64_t count_in(dom::element object, std::string_view outer, std::string_view inner) {
  dom::element members;
  if (object[outer].get(members) != simdjson::SUCCESS) return 0;
  return count_at(members, inner);
}

std::uint64_t count_of(dom::element value) {
  std::uint64_t count = 0;
  return value.get(count) == simdjson::SUCCESS ? count : 0;
}

bool is_paused(dom::element world) {
  dom::element rules;
  const bool in_rules = world["rules"].get(rules) == simdjson::SUCCESS && flag_at(rules, "paused");
  return in_rules || flag_at(world, "paused");
}

}  // namespace

world_sample read_world(dom::element object) {
  world_sample w;
  w.at = std::chrono::steady_clock::now();
  w.id = text_at(object, "id");
  w.name = text_at(object, "name");
  w.pace = text_at(object, "pace");
  w.seed = count_at(object, "seed");
  w.tick = count_at(object, "tick");
  w.seq = count_at(object, "seq");
  w.actions = count_at(object, "actions");
  w.population = count_in(object, "counts", "bot");
  w.wells = count_in(object, "counts", "well");
  w.capacity_bots = count_in(object, "capacity", "bot");
  w.capacity_things = count_in(object, "capacity", "thing");
  w.is_paused = is_paused(object);
  w.hash = plain_at(object, "hash");

  dom::object members;
  if (object["counts"].get(members) == simdjson::SUCCESS) {
    for (const auto [kind, count] : members) w.things += count_of(count);
  }
  if (object["deaths"].get(members) == simdjson::SUCCESS) {
    for (const auto [cause, count] : members) w.deaths.emplace_back(cause, count_of(count));
  }
  return w;
}

world_sample sample_world(client& server, const std::string& world) {
  return read_world(server.call("world.get", named(world)).root());
}

std::optional<world_sample> find_world(client& server, const std::string& world) {
  auto got = server.ask("world.get", named(world));
  if (auto* why = std::get_if<refusal>(&got)) {
    if (why->reason == "not_found") return std::nullopt;
    throw refused(std::move(*why));
  }
  return read_world(std::get<document>(got).root());
}

void update_world(client& server, const std::string& world, const std::string& changes) {
  std::string params;
  gateway::json_writer json(params);
  json.begin_object().member("world", world).raw(changes).end_object();
  server.call("world.update", params);
}

std::string deaths_text(const std::vector<std::pair<std::string, std::uint64_t>>& deaths) {
  std::string text;
  for (const auto& [cause, count] : deaths) {
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + grouped(count) + " of " + printable(cause);
  }
  return text.empty() ? "none" : text;
}

std::vector<living_bot> list_bots(client& server, const std::string& world) {
  std::vector<living_bot> bots;
  for (std::string after;;) {
    std::string params;
    gateway::json_writer json(params);
    json.begin_object().member("world", world).member("kind", "bot");
    if (!after.empty()) json.member("after", after);
    json.end_object();

    const auto page = server.call("thing.list", params);
    dom::array items;
    if (page.root()["items"].get(items) != simdjson::SUCCESS) return bots;
    for (const auto item : items) {
      bots.push_back({std::string(text_at(item, "id")), std::string(text_at(item, "mind"))});
    }
    after = text_at(page.root(), "next");
    if (after.empty()) return bots;
  }
}

double years_of(std::uint64_t actions) {
  return static_cast<double>(actions) * core::tick_seconds / year_seconds;
}

double years_an_hour(double actions_per_s) {
  constexpr double hour_seconds = 3600;
  return actions_per_s * hour_seconds * core::tick_seconds / year_seconds;
}

}  // namespace unscripted::cli
