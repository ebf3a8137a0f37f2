// A world of 10 m by 10 m for tests: records are decided and applied at once.
#pragma once

#include "core/decide.hpp"
#include "core/resolve.hpp"
#include "plugins/loader.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

namespace unscripted::tests {

inline std::filesystem::path shipped_folder() { return UNSCRIPTED_PLUGINS_DIR; }

inline std::filesystem::path wrong_plugin(const std::string& name) {
  return std::filesystem::path(UNSCRIPTED_WRONG_PLUGINS_DIR) / (name + ".so");
}

inline plugins::loaded_ptr inspected(const std::filesystem::path& file) {
  auto plugin = plugins::inspect(file);
  INFO((plugin ? "" : plugin.why().message));
  REQUIRE(plugin);
  return *plugin;
}

/// The shipped plugins and those named.
inline plugins::assembly shipped_and(const std::vector<std::string>& names = {}) {
  auto loaded = plugins::load({shipped_folder()});
  REQUIRE(loaded);
  std::vector<plugins::loaded_ptr> all = loaded->plugins;
  for (const std::string& name : names) all.push_back(inspected(wrong_plugin(name)));
  return plugins::assemble(all);
}

class small_world {
public:
  explicit small_world(const core::catalogue_ptr& catalogue, core::named_values rules = {},
                       std::uint32_t things_max = 100) {
    core::world_wish wish;
    wish.name = "small";
    wish.seed = 42;
    wish.capacity = {{"thing", things_max}};
    wish.rules = std::move(rules);
    wish.rules.emplace_back("population", std::string("none"));
    auto found = core::resolve_found(catalogue, wish, 0);
    INFO((found ? "" : found.why().message));
    REQUIRE(found);
    record(*found);
  }

  core::world& world() { return world_; }

  /// `x` and `z` in metres.
  core::serial create(const std::string& kind, double x, double z, core::named_values props = {}) {
    core::thing_wish wish;
    wish.kind = kind;
    wish.props = std::move(props);
    wish.pos = core::vec3{core::from_metres(x), 0, core::from_metres(z)};
    auto command = core::resolve_create(world_, wish);
    REQUIRE(command);
    const core::serial made = world_.next_serial();
    record(*command);
    return made;
  }

  const core::record& act(core::serial agent, const std::string& action,
                          core::serial target = core::world_serial, core::named_values args = {}) {
    auto command = core::resolve_act(world_, 1, {agent, action, core::thing_id{1, target}, args});
    INFO((command ? "" : command.why().message));
    REQUIRE(command);
    return record(*command);
  }

  const core::record& tick(int times = 1) {
    for (int i = 0; i < times; ++i) record(core::advance_command{});
    return last_;
  }
  void configure(core::named_values rules) {
    core::world_wish wish;
    wish.rules = std::move(rules);
    auto command = core::resolve_configure(world_, wish);
    REQUIRE(command);
    record(*command);
  }
  void load(const core::catalogue_ptr& catalogue) { record(core::load_command{catalogue}); }
  void remove(core::serial id) { record(core::remove_command{id}); }

  core::value get(core::serial id, const std::string& property) {
    const core::thing* t = world_.find(id);
    REQUIRE(t);
    const core::kind& k = world_.catalogue().kinds()[t->kind];
    REQUIRE(k.slot_of(property));
    return core::read_cell(*t, k, *k.slot_of(property));
  }
  double number(core::serial id, const std::string& property) {
    return get(id, property).as_number();
  }
  core::vec3 pos(core::serial id) { return world_.find(id)->pos; }

private:
  const core::record& record(const core::command& command) {
    const auto why = core::decide(world_, command, last_);
    INFO((why ? why->message : ""));
    REQUIRE(!why);
    world_.apply(last_);
    REQUIRE(world_.hash() == world_.rehash());
    return last_;
  }

  core::world world_;
  core::record last_;
};

}  // namespace unscripted::tests
