#include "cli/token.hpp"

#include "cli/failure.hpp"
#include "gateway/json_writer.hpp"

#include <cstdlib>
#include <fstream>

namespace unscripted::cli {

namespace {

constexpr std::size_t token_bytes_max = 256;

// Of the one verb that this process carries out.
std::string token_file;

std::string in_environment(const char* name) {
  const char* given = std::getenv(name);
  return given ? given : "";
}

std::string read_token_in(const std::string& name) {
  std::ifstream file(name);
  std::string line;
  if (!std::getline(file, line)) throw wrong_usage("--token-file " + name + ": cannot read it");
  if (line.size() > token_bytes_max || line.find_first_of(" \t\r") != line.npos)
    throw wrong_usage("--token-file " + name + ": its first line is no token");
  return line;
}

// The option, then the environment. Not CLI11's `envname`: all verbs share the one variable, which
// it would fill in for verbs that are not called.
std::string read_token() {
  if (!token_file.empty()) return read_token_in(token_file);
  const auto named = in_environment("UNSCRIPTED_TOKEN_FILE");
  return named.empty() ? in_environment("UNSCRIPTED_TOKEN") : read_token_in(named);
}

}  // namespace

void add_token_option(CLI::App& verb) {
  verb.add_option("--token-file", token_file,
                  "File whose first line is the token to show to the server; else the environment "
                  "has its name in UNSCRIPTED_TOKEN_FILE, or the token in UNSCRIPTED_TOKEN")
      ->type_name("FILE");
}

std::string greeting() {
  const auto token = read_token();
  if (token.empty()) return {};
  std::string line;
  gateway::json_writer hello(line);
  hello.begin_object().member("id", 0).member("method", "hello").key("params").begin_object();
  hello.member("client", "unscripted").member("token", token).end_object().end_object();
  return line + '\n';
}

}  // namespace unscripted::cli
