// The `unscripted` program: one binary, many verbs. Here failures become exit codes.

#include "cli/failure.hpp"
#include "cli/table.hpp"
#include "cli/verb.hpp"

#include <csignal>
#include <cstdio>
#include <exception>

namespace {

using namespace unscripted::cli;

int complain(const char* what, int code) {
  std::fflush(stdout);
  std::fprintf(stderr, "unscripted: %s\n", what);
  return code;
}

/// What a server says may hold names that anybody gave.
int complain(const refused& error) {
  const int code = complain(printable(error.what()).c_str(), exit_refused);
  const auto data = printable(error.why().data);
  if (!data.empty()) std::fprintf(stderr, "  %s\n", data.c_str());
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
  chosen_verb chosen;
  const auto app = make_command_line(chosen);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return end_of_parsing(*app, error);
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
