// The methods of the bot protocol: from checked params to requests.
#pragma once

#include "gateway/conversation.hpp"

#include <span>
#include <string>
#include <string_view>

namespace unscripted::gateway {

/// Mapping only: each method reads its params, and submits a request or answers at once.
class methods {
public:
  methods(conversation& with, actors::ticket t, params_reader params)
    : c_(with), ticket_(std::move(t)), p_(std::move(params)) {}

  /// Carries out the method of that name. False where there is none.
  bool call(std::string_view name);

  /// The object `methods` of `describe`: the params of each as JSON Schema.
  static const std::string& describe();

private:
  struct entry;
  static std::span<const entry> table();
  static void add_server(std::vector<entry>& all);
  static void add_worlds(std::vector<entry>& all);
  static void add_things(std::vector<entry>& all);
  static void add_bots(std::vector<entry>& all);

  void hello();
  void ping();
  void describe_all();
  void world_create();
  void world_list();
  void world_get();
  void world_update();
  void world_delete();
  void thing_create();
  void thing_get();
  void thing_update();
  void thing_delete();
  void thing_list();
  void bot_create();
  void bot_attach();
  void bot_detach();
  void act();
  void act_list(simdjson::dom::array acts);
  void see();
  void subscribe();
  void unsubscribe();
  void history_stats();
  void history_read();
  void plugin_list();
  void server_status();
  void server_stop();

  core::world_wish read_world_wish(bool founding);
  static actors::act_request read_act(params_reader& p);
  std::optional<core::world_number> read_world();
  /// Submits, or answers with the first problem of the params.
  void submit_to(std::optional<core::world_number> world, actors::world_request what);
  bool refused();

  conversation& c_;
  actors::ticket ticket_;
  params_reader p_;
};

}  // namespace unscripted::gateway
