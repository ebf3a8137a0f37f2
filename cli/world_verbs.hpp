// What the verbs that create and change worlds share: how a world keeps time.
#pragma once

#include "cli/verb.hpp"
#include "gateway/json_writer.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace unscripted::cli {

/// What was not given stays as it is, or is the server's default.
struct pace_options {
  std::string pace, pause_at;
  std::optional<double> speed;
  std::optional<std::uint64_t> deadline_ms;
};

void add_pace_options(CLI::App& verb, pace_options& options);

/// The members that were given. Throws wrong_usage where `pause_at` is neither a tick nor `never`.
void write_pace(gateway::json_writer& json, const pace_options& options);

}  // namespace unscripted::cli
