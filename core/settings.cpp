#include "core/settings.hpp"

namespace unscripted::core {

const char* to_string(pace x) {
  switch (x) {
    case pace::free: return "free";
    case pace::lockstep: return "lockstep";
    case pace::realtime: return "realtime";
  }
  return "?";
}

const char* to_string(population x) { return x == population::none ? "none" : "replace"; }

std::optional<pace> parse_pace(std::string_view text) {
  for (const pace x : {pace::free, pace::lockstep, pace::realtime})
    if (text == to_string(x)) return x;
  return std::nullopt;
}

std::optional<population> parse_population(std::string_view text) {
  for (const population x : {population::none, population::replace})
    if (text == to_string(x)) return x;
  return std::nullopt;
}

}  // namespace unscripted::core
