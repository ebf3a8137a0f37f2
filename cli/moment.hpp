// Moments of histories on a command line: seq:N, the state after record N, or tick:N, the first
// moment of tick N.
#pragma once

#include "gateway/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::cli {

struct moment {
  enum class unit : std::uint8_t { seq, tick };

  unit in = unit::seq;
  std::uint64_t value = 0;

  friend bool operator==(const moment&, const moment&) = default;
};

/// `seq:N`, `tick:N`, or `N` for a sequence. Else nothing.
std::optional<moment> parse_moment(std::string_view text);

/// Refuses what parse_moment() does.
CLI::Validator moment_check();

/// Adds the member, `{"seq":N}` or `{"tick":N}`; nothing where `text` is empty. Throws wrong_usage
/// where it is no moment.
void write_moment(gateway::json_writer& json, std::string_view name, const std::string& text);

/// A world, and a moment of it where one was given behind an @.
struct world_at {
  std::string world;
  std::string at;  // empty: the end
};

/// WORLD, WORLD@seq:N or WORLD@tick:N; an @ before anything else is a part of the name.
world_at split_world(const std::string& text);

}  // namespace unscripted::cli
