// What libFuzzer calls: the one target that this program is linked with.
#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  unscripted::fuzz::targets().front().run(bytes, size);
  return 0;
}

// What a thread that is ending has still to destroy hangs on it alone, and leaks are looked for
// while it does.
extern "C" const char* __lsan_default_suppressions();

const char* __lsan_default_suppressions() { return "leak:__cxa_thread_atexit_impl\n"; }
