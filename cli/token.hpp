// The token that this run of the program shows to servers.
//
// It comes from a file (`--token-file`) or from UNSCRIPTED_TOKEN, never from an argument: everybody
// on a machine can read the arguments of everybody's programs (`ps`), where the environment is
// their owner's only.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace unscripted::cli {

void add_token_option(CLI::App& verb);

/// The line that a connection begins with; empty where there is no token. Throws wrong_usage.
std::string greeting();

}  // namespace unscripted::cli
