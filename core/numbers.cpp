#include "core/numbers.hpp"

#include <bit>

namespace unscripted::core {

namespace {

// Taylor series around 0; |x| <= pi/4, where the first term left out is below 5e-17.
double sine_near_zero(double x) {
  const double q = x * x;
  return x * (1 + q * (-1.0 / 6 +
                       q * (1.0 / 120 +
                            q * (-1.0 / 5040 +
                                 q * (1.0 / 362880 +
                                      q * (-1.0 / 39916800 + q * (1.0 / 6227020800 +
                                                                  q * (-1.0 / 1307674368000))))))));
}

double cosine_near_zero(double x) {
  const double q = x * x;
  return 1 + q * (-1.0 / 2 +
                  q * (1.0 / 24 +
                       q * (-1.0 / 720 +
                            q * (1.0 / 40320 +
                                 q * (-1.0 / 3628800 +
                                      q * (1.0 / 479001600 + q * (-1.0 / 87178291200 +
                                                                  q * (1.0 / 20922789888000))))))));
}

// Arc tangent for |x| <= tan(pi/8), in radians: the odd series, to x^29 / 29 < 3e-13.
double arctangent_near_zero(double x) {
  const double q = x * x;
  double sum = 0;
  for (int n = 29; n >= 1; n -= 2) {
    const double sign = (n / 2) % 2 == 0 ? 1.0 : -1.0;
    sum = sum * q + sign / n;
  }
  return x * sum;
}

constexpr double pi = 3.14159265358979323846;
constexpr double tangent_of_eighth = 0.41421356237309503;  // tan(pi/8)

// Arc tangent for x in [0, 1], in turns.
double arctangent_turns(double x) {
  const double turns_per_radian = 1 / (2 * pi);
  if (x <= tangent_of_eighth) return arctangent_near_zero(x) * turns_per_radian;
  const double rest = (x - 1) / (x + 1);  // atan(x) = pi/4 + atan((x - 1) / (x + 1))
  return 0.125 + arctangent_near_zero(rest) * turns_per_radian;
}

// By so many quarters of a turn. Without a choice: which quarter comes next cannot be foretold.
direction turned(const direction& d, std::uint32_t quarters) {
  const auto x = std::bit_cast<std::uint64_t>(d.cosine), z = std::bit_cast<std::uint64_t>(d.sine);
  const std::uint64_t swap = (x ^ z) & (0 - std::uint64_t{quarters & 1});
  const std::uint64_t flip_x = std::uint64_t{(quarters + 1) & 2} << 62;  // the bit of the sign
  const std::uint64_t flip_z = std::uint64_t{quarters & 2} << 62;
  return {std::bit_cast<double>(x ^ swap ^ flip_x), std::bit_cast<double>(z ^ swap ^ flip_z)};
}

}  // namespace

bool inside(const box& inner, const vec3& room) {
  const auto fits = [](micrometres centre, micrometres size, micrometres length) {
    // `length` is within metres_max; the others may be anything, and must not overflow.
    if (centre < 0 || centre > length || size > length) return false;
    return 2 * centre >= size && 2 * centre + size <= 2 * length;
  };
  return fits(inner.pos.x, inner.dims.x, room.x) && fits(inner.pos.z, inner.dims.z, room.z) &&
         inner.pos.y >= 0 && inner.dims.y <= room.y && inner.pos.y <= room.y - inner.dims.y;
}

direction direction_of(double turns) {
  const bool is_part_of_one = turns > 0 && turns < 1;  // as most are: the same, but for a floor
  const double quarters = (is_part_of_one ? turns : turns - std::floor(turns)) * 4;  // exact
  const auto nearest = static_cast<std::uint32_t>(quarters + 0.5);                   // 0 to 4
  const double angle = (quarters - nearest) * (pi / 2);  // in [-pi/4, pi/4]
  return turned({cosine_near_zero(angle), sine_near_zero(angle)}, nearest);
}

double turn_of(double x, double z) {
  const double width = std::fabs(x);
  const double depth = std::fabs(z);
  if (width == 0 && depth == 0) return 0;
  double turns =
      depth <= width ? arctangent_turns(depth / width) : 0.25 - arctangent_turns(width / depth);
  if (x < 0) turns = 0.5 - turns;
  if (z < 0) turns = 1 - turns;
  return turns >= 1 ? 0 : turns;
}

}  // namespace unscripted::core
