// `version`: what this program is, without asking a server.

#include "cli/verb.hpp"
#include "gateway/json_writer.hpp"
#include "version.hpp"

#include <cstdio>
#include <memory>

namespace unscripted::cli {

namespace {

constexpr int protocol_version = 1;

std::string version_text() {
  return "unscripted " + std::string(version) + ", protocol " + std::to_string(protocol_version) +
         ", built by g++ " __VERSION__;
}

std::string version_json() {
  std::string out;
  gateway::json_writer(out)
      .begin_object()
      .member("version", version)
      .member("protocol", protocol_version)
      .member("compiler", "g++ " __VERSION__)
      .end_object();
  return out;
}

int print_version(bool json) {
  std::puts((json ? version_json() : version_text()).c_str());
  return exit_ok;
}

}  // namespace

void add_version(CLI::App& app, chosen_verb& chosen) {
  app.set_version_flag("--version", version_text());
  auto* verb = add_verb(app, "version", "Print the version", "unscripted version --json");
  auto json = std::make_shared<bool>(false);
  add_json_option(*verb, *json);
  verb->callback([json, &chosen] { chosen = [json] { return print_version(*json); }; });
}

}  // namespace unscripted::cli
