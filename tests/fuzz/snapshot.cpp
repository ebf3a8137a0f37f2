// A world's whole state as bytes. The hash stored with it is one that whoever made it up can make
// up as well, so what would be refused for the hash alone is used all the same.
#include "core/codec.hpp"
#include "core/codec_parts.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/fuzz/use.hpp"

namespace unscripted::fuzz {
namespace {

void run(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view all = text_of(bytes, size);
  std::uint64_t stored_hash = 0;
  const auto w = core::decode_unproved_snapshot(all, stored_hash);
  const auto proved = core::decode_snapshot(all);
  hold((proved != nullptr) == (w && w->hash() == stored_hash), "a wrong hash is refused");
  if (w) use(*w);
}

const target here{"snapshot", run};

}  // namespace
}  // namespace unscripted::fuzz
