// What a fuzz target is: a body that takes any bytes, and the name of its corpus.
//
// Each source of this folder that defines one stands for itself. Linked alone with libfuzzer.cpp it
// is a fuzzer; all together are the tests over corpus/ (corpus_test.cpp). A body leaves nothing
// behind that changes what the next input does. [one thread]
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace unscripted::fuzz {

struct target {
  /// `bytes` end where a read beyond them is seen.
  using body = void (*)(const std::uint8_t* bytes, std::size_t size);

  /// Makes itself known; a static of its source.
  target(const char* its_name, body its_body);

  const char* name;
  body run;
};

/// Of this program, in no order.
std::vector<target>& targets();

/// What a body claims. Where it does not hold a fuzzer has found a crash, and a test fails.
inline void hold(bool claim, const char* what) {
  if (!claim) throw std::logic_error(what);
}

inline std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

/// Whether a reader of JSON (simdjson) takes it: one value, in UTF-8.
bool is_json(std::string_view text);

}  // namespace unscripted::fuzz
