// Two actions, but no table of them.
#include "plugins/abi.h"

const uns_plugin unscripted_plugin = {.abi_major = UNS_ABI_MAJOR, .abi_minor = UNS_ABI_MINOR,
  .struct_size = sizeof(uns_plugin), .id = "org.wrong.null_table", .version = "1.0.0",
  .action_count = 2};
