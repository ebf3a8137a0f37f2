// Made for a later ABI that this engine cannot read.
#include "plugins/abi.h"

const uns_plugin unscripted_plugin = {.abi_major = UNS_ABI_MAJOR + 1, .abi_minor = UNS_ABI_MINOR,
  .struct_size = sizeof(uns_plugin), .id = "org.wrong.future_major", .version = "1.0.0"};
