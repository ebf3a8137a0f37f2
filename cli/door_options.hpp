// What `serve` lets its doors do: TLS, who may come in, and all limits.
#pragma once

#include "gateway/server.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace unscripted::cli {

struct door_options {
  std::string tls_cert, tls_key;
  bool insecure = false;
  gateway::limits limits;

  /// Throws wrong_usage where one of two files that belong together is missing.
  void apply_to(gateway::server_options& options) const;
};

void add_door_options(CLI::App& verb, door_options& options);

}  // namespace unscripted::cli
