// The `unscripted` program: one binary, many verbs. Here failures become exit codes.

#include "cli/failure.hpp"
#include "cli/table.hpp"
#include "cli/verb.hpp"
#include "core/large_memory.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <sys/mman.h>

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

/// The group of verbs, or the verb, that the command line leads to.
const CLI::App& last_named(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : last_named(*named.front());
}

/// Help is no error; what CLI11 calls an error is wrong usage, whatever its own number.
int end_of_parsing(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& group = last_named(app);
  const bool is_group = !group.get_subcommands([](const CLI::App*) { return true; }).empty();
  if (error.get_exit_code() == 0 || !is_group) return app.exit(error) == 0 ? exit_ok : exit_usage;
  const auto unknown = app.remaining(true);
  const std::string path = app.get_name() + (&group == &app ? "" : " " + path_of(group));
  const std::string what = unknown.empty() ? "say which verb" : "no verb `" + unknown.front() + "`";
  return complain((what + "; `" + path + " --help` lists them").c_str(), exit_usage);
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
  unscripted::core::ask_for_large_pages = [](void* memory, std::size_t bytes) {
    static_cast<void>(madvise(memory, bytes, MADV_HUGEPAGE));
  };
  try {
    return run(argc, argv);
  } catch (const refused& error) {
    return complain(error);
  } catch (const std::exception& error) {
    return complain(error.what(), exit_code_of(error));
  }
}
