// A request of the v1 API as text: `PATH?QUERY`, percent-encoded, from anybody.
//
// What is too long, has too many parts, is encoded wrongly or is not UTF-8 is refused here; behind
// it all text is bounded and valid.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace unscripted::gateway::v1 {

/// Why a request is not carried out, in the words of v1: the code is that of HTTP.
struct failure {
  unsigned code = 400;
  std::string message;
};

struct parameter {
  std::string name;
  std::vector<std::string> values;  // in the order in which they were given; never empty
};

struct query {
  std::vector<std::string> path;  // its parts; none is empty
  std::vector<parameter> params;  // by the order in which each was first given

  const parameter* find(std::string_view name) const;
  /// The first value; null where there is no such parameter.
  const std::string* value(std::string_view name) const;
};

inline constexpr std::size_t target_bytes_max = 16UL * 1024;
inline constexpr std::size_t path_parts_max = 8;
inline constexpr std::size_t values_max = 64;  // of all parameters together

std::variant<query, failure> parse_query(std::string_view target);

}  // namespace unscripted::gateway::v1
