// One id for a thing at every layer: 96 bits, world (32) then serial (64), written as 24 lower-case
// hex digits. Serials are given in order and never reused; the world itself is serial 0. A history
// stores serials only, so that the things of a fork keep theirs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unscripted::core {

/// Names a thing within its world. 0 is the world itself.
using serial = std::uint64_t;

inline constexpr serial world_serial = 0;
inline constexpr serial no_thing = ~std::uint64_t{0};

/// Names a world within a server. 0 is no world.
using world_number = std::uint32_t;

struct thing_id {
  world_number world = 0;
  serial thing = world_serial;

  friend bool operator==(const thing_id&, const thing_id&) = default;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy takes the 0 of `<=> 0` for a pointer
  friend auto operator<=>(const thing_id&, const thing_id&) = default;
};

inline constexpr std::size_t id_digits = 24;

/// 24 lower-case hex digits.
std::string to_string(const thing_id& id);
/// Appends the same to `out`; the form for hot paths.
void append(std::string& out, const thing_id& id);
/// Exactly 24 hex digits of either case, else nothing.
std::optional<thing_id> parse_id(std::string_view text);

}  // namespace unscripted::core
