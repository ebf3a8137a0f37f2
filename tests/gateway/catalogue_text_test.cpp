#include "gateway/catalogue_text.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <memory>
#include <string>
#include <utility>

using namespace unscripted;

namespace {

std::string kinds_with(core::value fallback, double minimum, double maximum) {
  core::catalogue_parts parts;
  parts.kinds = core::engine_kinds();
  const core::value_type type = fallback.type;
  parts.kinds[0].properties.push_back({"day", "", type, std::move(fallback), minimum, maximum});
  return gateway::catalogue_text{std::make_shared<const core::catalogue>(parts)}.describe_kinds();
}

bool has(const std::string& text, const char* part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("the limits of integers and lengths are whole numbers") {
  const std::string days = kinds_with(core::value::integer(5), -1e6, 0x1p53);
  CHECK(has(days, R"("minimum":-1000000,"maximum":9007199254740992,"default":5)"));
  CHECK(has(kinds_with(core::value::of_text(""), 0, 64), R"("maxLength":64)"));
}

// They were the least integer, whatever they were, where the processor says so.
TEST_CASE("limits beyond all integers, as a history made elsewhere may have, stay what they are") {
  const std::string days = kinds_with(core::value::integer(5), -1e40, 0x1p63);
  CHECK(has(days, R"("minimum":-1e+40,"maximum":9.223372036854776e+18,"default":5)"));
  const double none = std::numeric_limits<double>::quiet_NaN();
  CHECK(has(kinds_with(core::value::of_text(""), 0, none), R"("maxLength":null)"));
}
