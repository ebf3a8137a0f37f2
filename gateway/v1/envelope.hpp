// The frame around every answer of the v1 API, and its words for what went wrong.
#pragma once

#include "core/problem.hpp"
#include "gateway/v1/query.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace unscripted::gateway::v1 {

/// What an answer repeats of its request.
struct heading {
  std::string method = "api.get";  // `things.get`, `thing.action.walk`
  query asked;
};

/// The items of an answer, as JSON parted by commas.
struct listing {
  std::size_t total = 0;  // that there are
  std::size_t count = 0;  // that are shown
  std::string items;
};

/// Makes the ids of answers: 32 hex digits, new for each. Not thread-safe.
class answer_ids {
public:
  answer_ids();
  std::string next();

private:
  std::mt19937_64 chance_;
};

/// `more`: further members as JSON, behind a comma of their own; mostly empty.
std::string write_listing(const heading& h, const std::string& id, const listing& l,
                          std::string_view more = {});
std::string write_failure(const heading& h, const std::string& id, const failure& why);

/// The engine's problem as v1 tells it.
failure to_failure(const core::problem& p);
/// Of ids that nothing has, of whatever type.
failure no_such_thing();

}  // namespace unscripted::gateway::v1
