// What all verbs share: how they are declared, which server they speak to, how they print.
//
// A verb declares its options at once and hands over what to do; main() runs it after the command
// line was read. Verbs print to standard output; failures are thrown (see failure.hpp).
#pragma once

#include "cli/client.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace unscripted::cli {

/// Set by the verb that was named; returns an exit code.
using chosen_verb = std::function<int()>;

/// A verb of `parent` with one example in its help.
CLI::App* add_verb(CLI::App& parent, const std::string& name, const std::string& summary,
                   const std::string& example);

/// Options of a verb that asks a server.
struct client_options {
  std::string server = "127.0.0.1:4000";
  bool tls = false;
  std::string tls_ca = {};
  bool json = false;

  /// Throws wrong_usage.
  address where() const;
  client connect() const;
};

void add_json_option(CLI::App& verb, bool& json);
void add_client_options(CLI::App& verb, client_options& options);

/// Refuses what parse_address() does.
CLI::Validator address_check();

/// Refuses all but whole numbers from 1.
CLI::Validator positive();

/// The address in an option that address_check() let pass.
address checked_address(const std::string& text);

/// Prints the result as one line of JSON, or what `table` makes of it.
int show(const client_options& options, const document& result,
         const std::function<std::string(simdjson::dom::element)>& table);

/// The fields of an object, as plain() has them.
std::string fields_of(simdjson::dom::element object);

/// The whole command line: all verbs, each setting `chosen` where it is named.
std::unique_ptr<CLI::App> make_command_line(chosen_verb& chosen);

/// By which verb a method of the protocol is called. Where none does just that, `note` says why.
struct method_verb {
  std::string_view method, verb, note;
};
std::span<const method_verb> method_verbs();

/// The name of a verb with those of its groups, as `world list`; empty for the whole program.
std::string path_of(const CLI::App& verb);

// -- the verbs, each group in its own file ------------------------------------------------------

void add_serve(CLI::App& app, chosen_verb& chosen);
void add_demo(CLI::App& app, chosen_verb& chosen);
void add_simulate(CLI::App& app, chosen_verb& chosen);
void add_server_verbs(CLI::App& app, chosen_verb& chosen);  // hello, ping, status, stop
void add_world_verbs(CLI::App& app, chosen_verb& chosen);   // world list|show|create|…
void add_world_fork(CLI::App& group, chosen_verb& chosen);  // two of these
void add_world_update(CLI::App& group, chosen_verb& chosen);
void add_thing_verbs(CLI::App& app, chosen_verb& chosen);  // thing list|show|create|…
void add_thing_changes(CLI::App& group, chosen_verb& chosen);
void add_thing_delete(CLI::App& group, chosen_verb& chosen, const std::string& summary);
void add_bot_verbs(CLI::App& app, chosen_verb& chosen);  // bot create|list|…, act, see
void add_bot_reading(CLI::App& group, chosen_verb& chosen);
void add_watch(CLI::App& app, chosen_verb& chosen);
void add_follow(CLI::App& app, chosen_verb& chosen);
void add_describe(CLI::App& app, chosen_verb& chosen);
void add_call(CLI::App& app, chosen_verb& chosen);
void add_completion(CLI::App& app, chosen_verb& chosen);
void add_plugin_verbs(CLI::App& app, chosen_verb& chosen);   // plugin list|load|…
void add_plugin_test(CLI::App& group, chosen_verb& chosen);  // these of it
void add_plugin_new(CLI::App& group, chosen_verb& chosen);
void add_plugin_check(CLI::App& group, chosen_verb& chosen);
void add_token_verbs(CLI::App& app, chosen_verb& chosen);    // token create|list|revoke
void add_history_verbs(CLI::App& app, chosen_verb& chosen);  // history stats|read|…
void add_backup_verbs(CLI::App& app, chosen_verb& chosen);   // backup, backups, restore
void add_doctor(CLI::App& app, chosen_verb& chosen);
void add_version(CLI::App& app, chosen_verb& chosen);
void add_bench(CLI::App& app, chosen_verb& chosen);  // bench life|act|hosted|…

}  // namespace unscripted::cli
