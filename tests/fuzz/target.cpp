#include "tests/fuzz/target.hpp"

#include <simdjson.h>

namespace unscripted::fuzz {

std::vector<target>& targets() {
  static std::vector<target> all;
  return all;
}

target::target(const char* its_name, body its_body) : name(its_name), run(its_body) {
  targets().push_back(*this);
}

bool is_json(std::string_view text) {
  static simdjson::dom::parser parser;
  return parser.parse(text.data(), text.size()).error() == simdjson::SUCCESS;
}

}  // namespace unscripted::fuzz
