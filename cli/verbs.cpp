// The whole command line, and which method of the protocol each verb stands for.

#include "cli/verb.hpp"

#include <array>

namespace unscripted::cli {

namespace {

constexpr std::array all_methods = std::to_array<method_verb>({
    {"hello", "hello", {}},
    {"ping", "ping", {}},
    {"describe", "describe", {}},
    {"plugin.list", "plugin list", {}},
    {"plugin.load", "plugin load", {}},
    {"plugin.promote", "plugin promote", {}},
    {"plugin.set_aside", "plugin set-aside", {}},
    {"token.create", "token create", {}},
    {"token.list", "token list", {}},
    {"token.revoke", "token revoke", {}},
    {"server.status", "status", {}},
    {"server.backup", "backup", {}},
    {"server.checkpoint", "checkpoint", {}},
    {"server.stop", "stop", {}},
    {"world.create", "world create", {}},
    {"world.list", "world list", {}},
    {"world.get", "world show", {}},
    {"world.update", "world update", {}},
    {"world.delete", "world delete", {}},
    {"world.fork", "world fork", {}},
    {"history.stats", "history stats", {}},
    {"history.read", "history read", {}},
    {"history.state", "history state", {}},
    {"history.replay", "history replay", {}},
    {"history.verify", "history verify", {}},
    {"history.diff", "history diff", {}},
    {"history.explain", "history explain", {}},
    {"history.bisect", "history bisect", {}},
    {"history.prune", "history prune", {}},
    {"history.retain", "history retain", {}},
    {"history.export", "history export", {}},
    {"history.import", "history import", {}},
    {"thing.create", "thing create", {}},
    {"thing.get", "thing show", {}},
    {"thing.update", "thing update", {}},
    {"thing.delete", "thing delete", {}},
    {"thing.list", "thing list", {}},
    {"bot.create", "bot create", {}},
    {"bot.attach", "simulate",
     "a bot is attached to a connection, which lasts as long as the verb"},
    {"bot.detach", "simulate", "the connection speaks for its bots until it ends"},
    {"act", "act", {}},
    {"see", "see", {}},
    {"subscribe", "follow", {}},
    {"unsubscribe", "follow", "a subscription ends with its connection"},
});

CLI::App* find_verb(CLI::App& app, std::string_view path) {
  auto* at = &app;
  while (!path.empty()) {
    const auto space = path.find(' ');
    at = at->get_subcommand(std::string(path.substr(0, space)));
    path = space == path.npos ? std::string_view{} : path.substr(space + 1);
  }
  return at;
}

/// So that who reads the help knows what to look for in `describe`, and in a program of their own.
void name_methods(CLI::App& app) {
  for (const auto& m : all_methods) {
    if (!m.note.empty()) continue;
    auto* verb = find_verb(app, m.verb);
    verb->footer(verb->get_footer() + "\n\nMethod of the protocol: " + std::string(m.method));
  }
}

}  // namespace

std::span<const method_verb> method_verbs() { return all_methods; }

std::string path_of(const CLI::App& verb) {
  const auto* above = verb.get_parent();
  if (above == nullptr) return {};
  const auto before = path_of(*above);
  return before.empty() ? verb.get_name() : before + ' ' + verb.get_name();
}

std::unique_ptr<CLI::App> make_command_line(chosen_verb& chosen) {
  auto app = std::make_unique<CLI::App>("Unscripted: worlds in which bots live.", "unscripted");
  app->require_subcommand(1);
  app->footer(
      "`unscripted VERB --help` says more about a verb, with an example; `unscripted describe` "
      "about\nwhat a server can do.\n"
      "Exit codes: 0 done; 1 refused, or something differs; 2 wrong usage; 3 cannot connect.");
  for (const auto add :
       {add_serve, add_demo, add_simulate, add_watch, add_follow, add_server_verbs, add_world_verbs,
        add_thing_verbs, add_bot_verbs, add_describe, add_call, add_plugin_verbs, add_token_verbs,
        add_history_verbs, add_backup_verbs, add_doctor, add_bench, add_completion, add_version}) {
    add(*app, chosen);
  }
  name_methods(*app);
  return app;
}

}  // namespace unscripted::cli
