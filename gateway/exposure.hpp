// Whether other machines can reach a server, and what must be on before they may.
#pragma once

#include "gateway/server.hpp"

#include <optional>
#include <string>

namespace unscripted::gateway {

/// The first address of `options` on which other machines may come in, with its option; nothing
/// where all are of this machine alone. Asks the system's names. [blocking]
std::optional<std::string> exposed_address(const server_options& options);

/// What is missing there, of encryption and of tokens; empty: nothing.
std::string missing_protection(const server_options& options);

/// Why a server that is exposed so does not start, and what to do.
std::string refuse_exposure(const std::string& where, const std::string& missing);

/// The same for one whose owner insists.
std::string warn_of_exposure(const std::string& where, const std::string& missing);

}  // namespace unscripted::gateway
