// The methods of the bot protocol: from checked params to requests.
#pragma once

#include "gateway/conversation.hpp"

#include <span>
#include <string>
#include <string_view>

namespace unscripted::gateway {

struct when;
struct range_wish;
struct rerun_wish;

/// Mapping only: each method reads its params, and submits a request or answers at once.
class methods {
public:
  /// `t` and `params` must outlive it; what takes the ticket along leaves an empty one.
  methods(conversation& with, actors::ticket& t, const std::optional<simdjson::dom::object>& params)
    : c_(with), ticket_(t), p_(params) {}

  /// Carries out the method of that name, or answers that there is none.
  void call(std::string_view name);

  /// Of whom the method of that name is called, whatever door it came through.
  static role least_role(std::string_view name);
  /// Whether who runs the server wants to read in the log that it was called.
  static bool is_audited(std::string_view name);

  /// The object `methods` of `describe`: the params of each as JSON Schema.
  static const std::string& describe();

private:
  struct entry;
  static std::span<const entry> table();
  static const entry* find(std::string_view name);
  static void add_server(std::vector<entry>& all);
  static void add_worlds(std::vector<entry>& all);
  static void add_histories(std::vector<entry>& all);
  static void add_findings(std::vector<entry>& all);
  static void add_keeping(std::vector<entry>& all);
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
  void world_fork();
  void history_stats();
  void history_read();
  void history_state();
  void history_replay();
  void history_verify();
  void history_diff();
  void history_explain();
  void history_bisect();
  void history_prune();
  void history_retain();
  void history_export();
  void history_import();
  void server_backup();
  void server_checkpoint();
  void plugin_list();
  void plugin_load();
  void plugin_promote();
  void plugin_set_aside();
  void token_create();
  void token_list();
  void token_revoke();
  void server_status();
  void server_stop();

  std::optional<std::string> read_world_name();
  core::world_wish read_world_wish(bool founding);
  std::optional<std::optional<std::uint64_t>> read_pause_at();
  std::optional<when> read_when(std::string_view name);
  std::optional<core::serial> read_thing_of(std::optional<core::world_number> world,
                                            std::string_view name);
  when read_required_when(std::string_view name);
  range_wish read_range();
  template <class Work>
  void ask(std::optional<core::world_number> world, Work work);
  /// What may take minutes: the client may wish to hear how far it is.
  template <class Work>
  void ask_long(std::optional<core::world_number> world, Work work);
  template <class Work>
  void ask(std::optional<core::world_number> world, Work work, effort e, bool wants_progress);
  template <class Work>
  void change_plugins(Work work);
  void watch_stored(std::optional<core::world_number> world, rerun_wish wish);
  std::string free_name(const std::string& like) const;
  std::optional<core::world_number> read_world();
  /// Submits, or answers with the first problem of the params.
  void submit_to(std::optional<core::world_number> world, actors::world_request&& what);
  /// The connection is that token's from now on. False where that was answered with a problem.
  bool show(std::string_view token);
  void note_act(std::string_view name, const char* target);
  bool refused();
  /// Complains where the token is not good for that world.
  void check_world(std::optional<core::world_number> world);
  /// Complains where the token makes no worlds.
  void check_founding();

  conversation& c_;
  actors::ticket& ticket_;
  params_reader p_;
};

/// What `describe` answers: the methods, and the kinds and actions of the present plugins.
std::string describe_server(const hub& h);

}  // namespace unscripted::gateway
