// Exports no plugin, but how C11 lays out abi.h: abi_test.cpp compares it with C++20.
#include "tests/plugins/abi_layout.h"

#define UNS_FACT(what, expected) _Static_assert((what) == (expected), "the ABI changed: " #what);
UNS_LAYOUT(UNS_FACT)
#undef UNS_FACT

#define UNS_FACT(what, expected) (uint32_t)(what),
UNS_EXPORT const uint32_t uns_layout_in_c[] = {UNS_LAYOUT(UNS_FACT)};
