// A world of 10 m by 10 m with the plugins of the village. Nobody is born in place of the dead.
#pragma once

#include "tests/plugins/small_world.hpp"

namespace unscripted::tests {

inline const core::catalogue_ptr& village_catalogue() {
  static const core::catalogue_ptr all = [] {
    auto loaded = plugins::load({shipped_folder() / "village", shipped_folder()});
    REQUIRE(loaded);
    REQUIRE(loaded->refusals.empty());
    return loaded->catalogue;
  }();
  return all;
}

class village_world : public small_world {
public:
  explicit village_world(core::named_values rules = {}, std::uint32_t things_max = 100)
    : small_world(village_catalogue(), std::move(rules), things_max) {}

  bool is_done(core::serial agent, const std::string& action,
               core::serial target = core::world_serial, core::named_values args = {}) {
    return act(agent, action, target, std::move(args)).outcome == core::outcome::done;
  }
  /// Why it is refused; empty where it is not.
  std::string refusal(core::serial agent, const std::string& action, core::serial target,
                      core::named_values args = {}) {
    const core::record& r = act(agent, action, target, std::move(args));
    return r.outcome == core::outcome::refused ? r.reason : std::string();
  }
  /// What a client is told before anything is decided.
  std::string complaint(const core::act_wish& wish) {
    const auto command = core::resolve_act(world(), 1, wish);
    REQUIRE_FALSE(command);
    return command.why().message;
  }
  core::serial carrier(core::serial id) { return world().find(id)->parent; }
  bool is_true(core::serial id, const std::string& property) {
    return get(id, property).as_boolean();
  }
  std::int64_t integer(core::serial id, const std::string& property) {
    return get(id, property).as_integer();
  }
};

/// Of a parameter that is a thing of this world.
inline core::loose_value to_loose(core::serial id) {
  return core::to_string(core::thing_id{1, id});
}

}  // namespace unscripted::tests
