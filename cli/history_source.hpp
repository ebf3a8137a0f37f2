// Where a verb about histories gets its answers: from a running server, or from a data folder that
// nobody has open, which a server of our own inside this process then shows and never writes to.
#pragma once

#include "cli/client.hpp"
#include "cli/progress_bar.hpp"
#include "cli/verb.hpp"
#include "gateway/server.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unscripted::cli {

/// One of both, ready to be asked. Not thread-safe.
class history_source {
public:
  explicit history_source(client server) : server_(std::move(server)) {}
  /// Opens the folder to read, with these plugins before those that come with the program. Throws
  /// failed where it cannot be opened. [blocking]
  history_source(const std::filesystem::path& data, const std::vector<std::string>& plugins);

  client& server() { return server_; }
  document call(std::string_view method, std::string_view params) {
    return server_.call(method, params);
  }
  /// The same for what takes long: shows a bar for the progress that the server tells of. `params`
  /// must say "progress":true.
  document call_long(std::string_view method, std::string_view params, const std::string& unit);

private:
  std::unique_ptr<gateway::server> own_;  // null: it runs elsewhere
  client server_;
};

/// Options of a verb that asks about histories.
struct source_options : client_options {
  std::string data;  // empty: ask the server
  CLI::Option* server_given = nullptr;

  /// Throws wrong_usage where both were given, or what opening and connecting throw. [blocking]
  history_source open() const;
};

void add_source_options(CLI::App& verb, source_options& options);

/// As client::call(), with a bar. `params` must say "progress":true.
document call_long(client& server, std::string_view method, std::string_view params,
                   const std::string& unit);

/// The id of a thing that people name by its id, its serial, or its name: who has that name at `at`
/// (a moment, or empty: at the end), or had it when it died. Throws refused where there
/// is none. [blocking]
std::string find_thing(history_source& in, const std::string& world, const std::string& thing,
                       const std::string& at);

}  // namespace unscripted::cli
