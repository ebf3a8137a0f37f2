// A whole server: the store, the plugins, the actors and the doors, started and stopped in order.
#pragma once

#include "gateway/limits.hpp"
#include "gateway/log.hpp"
#include "gateway/tls_files.hpp"
#include "storage/durability.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace unscripted::gateway {

/// The HTTP door: the page, /rpc, /ws and more.
struct http_options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;       // 0: any free one
  std::vector<std::string> names;  // that the server goes by, besides those of this machine
};

struct server_options {
  std::filesystem::path data;  // folder of the histories; unused with durability memory
  std::string tcp_host = "127.0.0.1";
  std::uint16_t tcp_port = 4000;  // 0: any free one
  std::optional<http_options> http;
  storage::durability durability = storage::durability::wal;
  std::vector<std::filesystem::path> plugin_folders;
  /// More folders of plugins, in which one that is to be loaded live is looked for by its name.
  std::vector<std::filesystem::path> plugin_libraries;
  /// Of the folders, those whose builds are tried on histories, in the place of what is named
  /// there.
  std::vector<std::filesystem::path> plugins_tried;
  /// A plugin's call that does not return for so long ends the process; 0: never.
  std::chrono::seconds hang_limit{0};
  /// Opens the folder where acknowledged records are missing, and goes on without them.
  bool accept_data_loss = false;
  /// Shows the histories in the folder and writes nothing: no world lives.
  bool is_archive = false;
  unsigned threads = 0;  // of the actors' scheduler; 0: as many as the machine has
  /// Of both doors; without, they speak in the clear.
  std::optional<tls_files> tls;
  /// Whoever connects must show a token.
  bool requires_tokens = false;
  /// Other machines may come in without TLS or tokens.
  bool is_insecure = false;
  gateway::limits limits;
  log_options log;
};

/// One line: what, where, why, what to do.
struct start_failure {
  std::string message;
};

class server {
public:
  /// Returns once clients are accepted and all worlds live, or with the first thing that stood in
  /// the way. A world that cannot be started and a plugin that is refused are logged and do not
  /// stop the others. [blocking]
  static std::variant<std::unique_ptr<server>, start_failure> start(const server_options& options);

  /// Stops cleanly: everything acknowledged is safe on disk. [blocking]
  ~server();

  /// The TCP port that was bound.
  std::uint16_t port() const;
  /// The HTTP port; nothing where that door is not open.
  std::optional<std::uint16_t> http_port() const;
  /// Until somebody asked for a stop, here or over the wire. [blocking]
  void wait();
  /// Returns at once. [any thread, not from a signal handler]
  void request_stop();
  /// Reads the certificate and its key anew, for connections that come from now on; the present
  /// ones keep theirs. Where that fails it logs why, and all stays as it is. Nothing without TLS.
  /// [any thread, not from a signal handler; blocking on the disk]
  void reload_certificate();

private:
  struct machinery;
  explicit server(std::unique_ptr<machinery> m);

  std::unique_ptr<machinery> machinery_;
};

}  // namespace unscripted::gateway
