// `serve`: a server until it is told to stop.

#include "cli/door_options.hpp"
#include "cli/failure.hpp"
#include "cli/host.hpp"
#include "cli/signals.hpp"
#include "cli/sources.hpp"
#include "cli/stop_flag.hpp"
#include "cli/supervisor.hpp"
#include "cli/table.hpp"
#include "cli/verb.hpp"
#include "gateway/json_writer.hpp"
#include "gateway/log.hpp"

#include <cstdio>
#include <memory>
#include <mutex>
#include <utility>

namespace unscripted::cli {

namespace {

struct serve_options : host_options {
  door_options doors;
  std::string config;
  bool accept_data_loss = false;
  bool archive = false;
  bool json = false;
  bool supervise = false;
  unsigned hang_limit_s = 0;
  CLI::Option* hang_limit_given = nullptr;

  gateway::server_options to_server_options() const {
    auto options = host_options::to_server_options();
    options.accept_data_loss = accept_data_loss;
    options.is_archive = archive;
    doors.apply_to(options);
    if (is_supervised()) options.hang_limit = hang_limit;
    if (hang_limit_given->count() > 0) options.hang_limit = std::chrono::seconds{hang_limit_s};
    return options;
  }
};

void print_used(const std::vector<used_value>& used) {
  table rows({"option", "value", "from"});
  for (const auto& one : used) {
    if (one.name != "json") rows.add({one.name, one.value.empty() ? "-" : one.value, one.origin});
  }
  std::fputs(rows.text().c_str(), stdout);
}

void print_listening(const serve_options& options, const std::vector<used_value>& used,
                     const gateway::server& server) {
  const auto server_options = options.to_server_options();
  const auto where = address_of(server, server_options);
  const auto page = page_line(server, server_options);
  if (!options.json) {
    std::printf("listening on %s\n", to_string(where).c_str());
    if (!page.empty()) std::puts(page.c_str());
    std::fflush(stdout);
    return;
  }
  std::string line;
  gateway::json_writer json(line);
  json.begin_object().member("listening", to_string(where));
  if (const auto http = server.http_port())
    json.member("http", to_string(address{server_options.http->host, *http}));
  json.key("options").begin_object();
  for (const auto& one : used) {
    if (one.name == "json") continue;
    json.key(one.name).begin_object();
    json.member("value", one.value).member("from", one.origin).end_object();
  }
  json.end_object().end_object();
  std::puts(line.c_str());
  std::fflush(stdout);
}

/// The server, for the thread of the signals. What is asked before it runs is done once it does.
class running_server {
public:
  void be(gateway::server* s) {
    const std::scoped_lock lock(mutex_);
    server_ = s;
    if (server_ && std::exchange(is_reload_asked_, false)) server_->reload_certificate();
  }
  void reload_certificate() {
    const std::scoped_lock lock(mutex_);
    if (server_) server_->reload_certificate();
    else is_reload_asked_ = true;
  }

private:
  std::mutex mutex_;
  gateway::server* server_ = nullptr;
  bool is_reload_asked_ = false;
};

int serve_until_stopped(const serve_options& options, const std::vector<used_value>& used) {
  raise_file_limit();
  const auto server_options = options.to_server_options();
  stop_flag stop;
  running_server running;
  const signal_watch signals([&stop] { stop.set(); },
                             [&, has_tls = server_options.tls.has_value()] {
    if (has_tls) running.reload_certificate();
    else stop.set();
  });
  if (!options.json) print_used(used);
  auto server = start_server(server_options);
  running.be(server.get());
  print_listening(options, used, *server);

  stop.on_set([&server] { server->request_stop(); });
  server->wait();
  running.be(nullptr);
  stop.on_set(nullptr);
  server.reset();
  if (!options.json) std::puts("stopped; everything acknowledged is safe");
  return exit_ok;
}

int serve(const serve_options& options, CLI::App& verb) {
  const auto used = fill_in(verb, options.config);
  const auto server_options = options.to_server_options();
  if (options.archive && server_options.durability == storage::durability::memory) {
    throw wrong_usage("--archive: shows the histories in --data; leave --durability memory out");
  }
  // The server does so too; but the supervisor has none, and a start may fail before.
  gateway::logbook& log = gateway::process_log();
  log.configure(server_options.log);
  try {
    if (options.supervise && !is_supervised()) return supervise();
    return serve_until_stopped(options, used);
  } catch (const std::exception& error) {
    if (!server_options.log.as_json) throw;
    log.write(gateway::log_level::critical, error.what());
    return exit_code_of(error);
  }
}

}  // namespace

void add_serve(CLI::App& app, chosen_verb& chosen) {
  auto* verb =
      add_verb(app, "serve", "Run a server until Ctrl-C or `unscripted stop`",
               "unscripted serve --data ./worlds --durability fsync --tcp 127.0.0.1:4001\n\n"
               "Each option may come from the environment (UNSCRIPTED_DATA and so on; "
               "folders\nseparated by colons) or from a file: flags come first, then the "
               "environment,\nthen the file.");
  auto o = std::make_shared<serve_options>();
  add_host_options(*verb, *o);
  add_http_options(*verb, *o);
  add_door_options(*verb, o->doors);
  verb->add_flag("--archive", o->archive,
                 "Show the histories in the folder and write nothing; no world lives");
  verb->add_flag("--accept-data-loss", o->accept_data_loss,
                 "Start although acknowledged records are missing in the folder, and go on without "
                 "them; `unscripted doctor` says which");
  verb->add_flag("--supervise", o->supervise,
                 "Start the server anew where it crashes; a plugin that brings it down three times "
                 "is set aside");
  o->hang_limit_given =
      verb->add_option("--hang-limit", o->hang_limit_s,
                       "End the process where a plugin's call does not return for so long, as a "
                       "crash of that plugin; 0: never (default: 30 if it is supervised, else 0)")
          ->check(CLI::Range(0, 86'400))
          ->type_name("SECONDS");
  verb->add_flag(
      "--tokens", o->tokens,
      "Whoever connects must show a token; `unscripted token create` makes them, and the "
      "first start leaves one in admin.token in the data folder");
  verb->add_option("--log-format", o->log_format, "How the log on standard error is written")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  verb->add_option("--log-level", o->log_level, "What is less than this is not logged")
      ->check(CLI::IsMember({"info", "warning", "error", "critical"}))
      ->type_name("LEVEL")
      ->capture_default_str();
  add_config_option(*verb, o->config);
  verb->add_flag("--json", o->json, "Print what is used as one JSON object");
  verb->callback([o, verb, &chosen] { chosen = [o, verb] { return serve(*o, *verb); }; });
}

}  // namespace unscripted::cli
