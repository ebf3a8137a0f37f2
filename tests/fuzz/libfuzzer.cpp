// What libFuzzer calls: the one target that this program is linked with.
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  unscripted::fuzz::targets().front().run(bytes, size);
  return 0;
}
