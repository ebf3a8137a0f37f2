// An action that nothing stands behind.
#include "plugins/abi.h"

static const uns_action actions[] = {{.struct_size = sizeof(uns_action), .name = "fly",
  .target_kind = "world", .summary = "Fly."}};

const uns_plugin unscripted_plugin = {.abi_major = UNS_ABI_MAJOR, .abi_minor = UNS_ABI_MINOR,
  .struct_size = sizeof(uns_plugin), .id = "org.wrong.null_apply", .version = "1.0.0",
  .actions = actions, .action_count = 1};
