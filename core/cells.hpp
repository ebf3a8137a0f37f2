// What may stand in a cell, and what adding to one gives: the same for who decides and who applies.
#pragma once

#include "core/catalogue.hpp"

#include <bit>
#include <cmath>
#include <cstdint>

namespace unscripted::core {

/// Whether the bits are a value of that type as a world may hold it.
inline bool is_value(value_type type, std::uint64_t bits) {
  if (type == value_type::number) return std::isfinite(std::bit_cast<double>(bits));
  return type != value_type::boolean || bits <= 1;
}

/// Of a number or an integer. There is one zero only: -0.0 and 0.0 are the same state.
inline std::uint64_t sum_of(const property& p, std::uint64_t base, std::uint64_t addend) {
  if (p.type != value_type::number) return base + addend;
  const double sum = std::bit_cast<double>(base) + std::bit_cast<double>(addend);
  return std::bit_cast<std::uint64_t>(sum == 0 ? 0.0 : sum);
}

}  // namespace unscripted::core
