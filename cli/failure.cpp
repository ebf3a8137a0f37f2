#include "cli/failure.hpp"

#include <CLI/CLI.hpp>

namespace unscripted::cli {

int exit_code_of(const std::exception& error) {
  if (dynamic_cast<const cannot_connect*>(&error)) return exit_cannot_connect;
  const bool is_usage =
      dynamic_cast<const wrong_usage*>(&error) || dynamic_cast<const CLI::Error*>(&error);
  return is_usage ? exit_usage : exit_refused;
}

}  // namespace unscripted::cli
