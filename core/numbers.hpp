// Lengths, places and angles, exact and identical on every machine.
//
// A place is three 64-bit integers in micrometres: exact, hashable, free of rounding that depends
// on where it was computed. Metres (doubles) exist at the edges only: JSON, the plugin ABI, the
// CLI. Angles are turns: 0 is +x, 0.25 is +z, 1 is a whole turn. Sine and cosine of a turn, and the
// turn of a vector, are our own: libm's differ between processors (with and without FMA).
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace unscripted::core {

using micrometres = std::int64_t;

/// The longest length that the engine takes, in metres (10,000 km), so that sums never overflow.
inline constexpr double metres_max = 1e7;

constexpr double to_metres(micrometres length) { return static_cast<double>(length) / 1e6; }

/// Nearest micrometre, halves away from zero. `metres` must be finite and within ±metres_max.
constexpr micrometres from_metres(double metres) {
  const double scaled = metres * 1e6;
  // No choice by the sign: of steps in any direction it cannot be foretold. (std::copysign is
  // constexpr from C++23 on.)
  return static_cast<micrometres>(scaled + __builtin_copysign(0.5, scaled));
}

/// A place or a size. x and z span the ground, y is the height above it.
struct vec3 {
  micrometres x = 0;
  micrometres y = 0;
  micrometres z = 0;

  friend bool operator==(const vec3&, const vec3&) = default;
};

/// A box standing on `pos`: it occupies pos ± dims/2 in x and z, and [y, y + dims.y].
struct box {
  vec3 pos;
  vec3 dims;
};

/// The gap between two boxes on the ground (x–z), in micrometres; 0 where they touch or overlap.
/// Deterministic: only integer arithmetic and one correctly rounded square root.
inline micrometres gap(const box& a, const box& b) {
  // Inline, as overlap() is: a box that is put together for a call goes through memory, and where
  // it lay across two lines of the cache a look took 1.4 times as long.
  // Doubled, so that odd sizes need no halves.
  const auto doubled = [](micrometres from, micrometres to, micrometres sizes) {
    const micrometres gap = 2 * std::abs(from - to) - sizes;
    return gap > 0 ? gap : 0;
  };
  const micrometres x = doubled(a.pos.x, b.pos.x, a.dims.x + b.dims.x);
  const micrometres z = doubled(a.pos.z, b.pos.z, a.dims.z + b.dims.z);
  if (x == 0) return z / 2;
  if (z == 0) return x / 2;
  const auto dx = static_cast<double>(x);
  const auto dz = static_cast<double>(z);
  return static_cast<micrometres>(std::sqrt(dx * dx + dz * dz) / 2);
}

/// Whether the two boxes share ground (x–z). Boxes that only touch do not overlap. Both sides are
/// asked always: which of them is apart cannot be foretold.
inline bool overlap(const box& a, const box& b) {
  const bool is_along_x = 2 * std::abs(a.pos.x - b.pos.x) < a.dims.x + b.dims.x;
  const bool is_along_z = 2 * std::abs(a.pos.z - b.pos.z) < a.dims.z + b.dims.z;
  return is_along_x & is_along_z;
}

/// Whether `inner` stands wholly inside a room of size `room` whose ground spans [0, dims.x] × [0,
/// dims.z].
bool inside(const box& inner, const vec3& room);

struct direction {
  double cosine = 1;  // of +x
  double sine = 0;    // of +z
};

/// The unit vector of an angle in turns; any finite value, whole turns do not matter.
/// Error at most 2e-15; the quarters are exact.
direction direction_of(double turns);

/// The angle of (x, z) in turns, [0, 1); 0 for the null vector. Error at most 1e-10 turns.
double turn_of(double x, double z);

}  // namespace unscripted::core
