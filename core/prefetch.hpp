// Hints to the processor.
#pragma once

namespace unscripted::core {

/// Has the line of the cache at that address fetched, for who will read it some hundred
/// instructions later. The address need not be valid.
inline void prefetch(const void* at) {
  __builtin_prefetch(at);
  asm volatile("");  // GCC takes a function that does nothing else for pure, and drops its calls
}

}  // namespace unscripted::core
