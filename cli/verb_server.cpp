// `status` and `stop`: about the server itself.

#include "cli/verb.hpp"

#include <memory>

namespace unscripted::cli {

namespace {

int print_status(const client_options& options) {
  auto server = options.connect();
  return show(options, server.call("server.status"), fields_of);
}

int stop_server(const client_options& options) {
  auto server = options.connect();
  const auto result = server.call("server.stop");
  server.wait_until_closed();  // only then its data folder is free
  return show(options, result,
              [](auto) { return std::string("stopped; everything acknowledged is safe\n"); });
}

}  // namespace

void add_server_verbs(CLI::App& app, chosen_verb& chosen) {
  auto* status = add_verb(app, "status", "Show how a server is doing",
                          "unscripted status --server 127.0.0.1:4000");
  auto status_options = std::make_shared<client_options>();
  add_client_options(*status, *status_options);
  status->callback([status_options, &chosen] {
    chosen = [status_options] { return print_status(*status_options); };
  });

  auto* stop = add_verb(app, "stop", "Stop a server once everything is safe", "unscripted stop");
  auto stop_options = std::make_shared<client_options>();
  add_client_options(*stop, *stop_options);
  stop->callback(
      [stop_options, &chosen] { chosen = [stop_options] { return stop_server(*stop_options); }; });
}

}  // namespace unscripted::cli
