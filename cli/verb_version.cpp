// `version`: what this program is, without asking a server.

#include "cli/verb.hpp"
#include "gateway/json_writer.hpp"
#include "version.hpp"

#include <cstdio>
#include <memory>

namespace unscripted::cli {

namespace {

constexpr int protocol_version = 1;

int print_version(bool json) {
  std::string out;
  if (json) {
    gateway::json_writer(out)
        .begin_object()
        .member("version", version)
        .member("protocol", protocol_version)
        .member("compiler", "g++ " __VERSION__)
        .end_object();
  } else {
    out = "unscripted " + std::string(version) + ", protocol " + std::to_string(protocol_version) +
          ", built by g++ " __VERSION__;
  }
  std::puts(out.c_str());
  return exit_ok;
}

}  // namespace

void add_version(CLI::App& app, chosen_verb& chosen) {
  auto* verb = add_verb(app, "version", "Print the version", "unscripted version --json");
  auto json = std::make_shared<bool>(false);
  add_json_option(*verb, *json);
  verb->callback([json, &chosen] { chosen = [json] { return print_version(*json); }; });
}

}  // namespace unscripted::cli
