// Keyed randomness: draw k of command n in a world is f(seed, n, k). Nothing is carried from one
// command to the next, so one action drawing once more shifts nobody else's luck, and any single
// command can be decided again alone.
#pragma once

#include "core/mix.hpp"

#include <cstdint>

namespace unscripted::core {

class keyed_random {
public:
  constexpr keyed_random(std::uint64_t seed, std::uint64_t key) : key_(mix(seed, key)) {}

  /// 64 uniform bits.
  constexpr std::uint64_t next() { return mix(key_, ++draws_); }

  /// Uniform in [0, bound). `bound` must not be 0. The bias is below bound / 2^64.
  constexpr std::uint64_t below(std::uint64_t bound) {
    __extension__ using wide = unsigned __int128;
    return static_cast<std::uint64_t>((wide{next()} * bound) >> 64);
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  constexpr double ratio() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  /// How many draws were made: kept in the record, since a forgotten draw shows here first.
  constexpr std::uint64_t draws() const { return draws_; }

private:
  std::uint64_t key_;
  std::uint64_t draws_ = 0;
};

}  // namespace unscripted::core
