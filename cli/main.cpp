// The `unscripted` program: one binary, many verbs. Here failures become exit codes.

#include "cli/failure.hpp"
#include "cli/verb.hpp"

#include <csignal>
#include <cstdio>
#include <exception>

namespace {

using namespace unscripted::cli;

void add_verbs(CLI::App& app, chosen_verb& chosen) {
  add_serve(app, chosen);
  add_demo(app, chosen);
  add_simulate(app, chosen);
  add_server_verbs(app, chosen);
  add_world_verbs(app, chosen);
  add_bot_verbs(app, chosen);
  add_thing_verbs(app, chosen);
  add_plugin_verbs(app, chosen);
  add_history_verbs(app, chosen);
  add_backup_verbs(app, chosen);
  add_doctor(app, chosen);
  add_bench(app, chosen);
  add_version(app, chosen);
}

int complain(const char* what, int code) {
  std::fflush(stdout);
  std::fprintf(stderr, "unscripted: %s\n", what);
  return code;
}

int complain(const refused& error) {
  const int code = complain(error.what(), exit_refused);
  if (!error.why().data.empty()) std::fprintf(stderr, "  %s\n", error.why().data.c_str());
  return code;
}

/// Help is no error; what CLI11 calls an error is wrong usage, whatever its own number.
int end_of_parsing(const CLI::App& app, const CLI::ParseError& error) {
  const auto unknown = app.remaining();
  if (app.get_subcommands().empty() && !unknown.empty()) {
    return complain(("no verb \"" + unknown.front() + "\"; --help lists them").c_str(), exit_usage);
  }
  return app.exit(error) == 0 ? exit_ok : exit_usage;
}

int run(int argc, char** argv) {
  CLI::App app("Unscripted: worlds in which bots live.", "unscripted");
  app.require_subcommand(1);
  app.footer(
      "`unscripted VERB --help` says more about a verb, with an example.\n"
      "Exit codes: 0 done; 1 refused, or something differs; 2 wrong usage; 3 cannot connect.");
  chosen_verb chosen;
  add_verbs(app, chosen);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return end_of_parsing(app, error);
  }
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe or socket is an error of its write, no death
  try {
    return run(argc, argv);
  } catch (const refused& error) {
    return complain(error);
  } catch (const wrong_usage& error) {
    return complain(error.what(), exit_usage);
  } catch (const CLI::Error& error) {
    return complain(error.what(), exit_usage);
  } catch (const cannot_connect& error) {
    return complain(error.what(), exit_cannot_connect);
  } catch (const std::exception& error) {
    return complain(error.what(), exit_refused);
  }
}
