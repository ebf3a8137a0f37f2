// `hello`, `ping`, `status` and `stop`: about the server itself.

#include "cli/verb.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>

namespace unscripted::cli {

namespace {

int print_status(const client_options& options) {
  auto server = options.connect();
  return show(options, server.call("server.status"), fields_of);
}

int greet(const client_options& options) {
  auto server = options.connect();
  return show(options, server.call("hello", R"({"client":"unscripted"})"), fields_of);
}

int ping(const client_options& options) {
  auto server = options.connect();
  const auto asked = std::chrono::steady_clock::now();
  const auto result = server.call("ping");
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - asked;
  return show(options, result, [&](auto) {
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%.3f ms\n", took.count());
    return options.server + " answers in " + text.data();
  });
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
  const auto add = [&](const char* name, const char* summary, const char* example,
                       int (*ask)(const client_options&)) {
    auto* verb = add_verb(app, name, summary, example);
    auto o = std::make_shared<client_options>();
    add_client_options(*verb, *o);
    verb->callback([o, ask, &chosen] { chosen = [o, ask] { return ask(*o); }; });
  };
  add("hello", "Show who a server is, and its limits", "unscripted hello --json", greet);
  add("ping", "See whether a server answers", "unscripted ping --server 127.0.0.1:4000", ping);
  add("status", "Show how a server is doing", "unscripted status --server 127.0.0.1:4000",
      print_status);
  add("stop", "Stop a server once everything is safe", "unscripted stop", stop_server);
}

}  // namespace unscripted::cli
