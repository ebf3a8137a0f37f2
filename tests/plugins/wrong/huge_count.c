// More kinds than memory.
#include "plugins/abi.h"

static const uns_kind kinds[1];

const uns_plugin unscripted_plugin = {.abi_major = UNS_ABI_MAJOR, .abi_minor = UNS_ABI_MINOR,
  .struct_size = sizeof(uns_plugin), .id = "org.wrong.huge_count", .version = "1.0.0",
  .kinds = kinds, .kind_count = 4000000000};
