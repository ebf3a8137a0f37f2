// Says that it is shorter than any plugin can be.
#include "plugins/abi.h"

const uns_plugin unscripted_plugin = {.abi_major = UNS_ABI_MAJOR, .abi_minor = UNS_ABI_MINOR,
  .struct_size = 16, .id = "org.wrong.short_struct", .version = "1.0.0"};
