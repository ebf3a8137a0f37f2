// Needs a newer engine.
#include "plugins/abi.h"

const uns_plugin unscripted_plugin = {.abi_major = UNS_ABI_MAJOR, .abi_minor = UNS_ABI_MINOR + 3,
  .struct_size = sizeof(uns_plugin), .id = "org.wrong.future_minor", .version = "1.0.0"};
