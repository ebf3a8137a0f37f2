// A server inside this process: what `serve`, `demo` and `bench` run.
#pragma once

#include "cli/address.hpp"
#include "gateway/server.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace unscripted::cli {

/// The options of a server, as text.
struct host_options {
  std::string data = "./unscripted-data";
  std::string tcp = "127.0.0.1:4000";
  std::string http = "off";  // or HOST:PORT
  std::vector<std::string> http_hosts = {};
  std::string durability = "wal";
  std::vector<std::string> plugins;
  std::string preset = {};  // worlds of this kind can be made here
  unsigned threads = 0;
  bool tokens = false;
  std::string log_format = "text", log_level = "info";

  /// Throws wrong_usage.
  gateway::server_options to_server_options() const;
};

void add_host_options(CLI::App& verb, host_options& options);
/// `--http` and `--http-host`, for servers that people look at: on, unless they say off.
void add_http_options(CLI::App& verb, host_options& options);
void add_durability_option(CLI::App& verb, std::string& durability);

/// Throws failed with the server's reason. [blocking]
std::unique_ptr<gateway::server> start_server(const gateway::server_options& options);

/// Where it listens: with the port that it got.
address address_of(const gateway::server& server, const gateway::server_options& options);

/// "page at http://…", or that there is none; empty where the HTTP door is off.
std::string page_line(const gateway::server& server, const gateway::server_options& options);

/// Whether something listens there already.
bool is_taken(const address& where);

/// The folder of the shipped plugins: ../plugins beside the program's folder in a build tree,
/// ../lib/unscripted/plugins where it is installed.
std::filesystem::path shipped_plugins();

/// A new empty folder for one run, removed with all it holds at its end.
class temporary_folder {
public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// Lets this process have as many open sockets as the system grants it.
void raise_file_limit();

}  // namespace unscripted::cli
