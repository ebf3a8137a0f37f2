// An action with a flag that this engine does not know.
#include "plugins/abi.h"

static uns_outcome nothing(const uns_call* call) { return call ? UNS_DONE : UNS_FAULT; }

static const uns_action actions[] = {{.struct_size = sizeof(uns_action), .flags = 8, .name = "fly",
  .target_kind = "world", .summary = "Fly.", .apply = nothing}};

const uns_plugin unscripted_plugin = {.abi_major = UNS_ABI_MAJOR, .abi_minor = UNS_ABI_MINOR,
  .struct_size = sizeof(uns_plugin), .id = "org.wrong.unknown_flags", .version = "1.0.0",
  .actions = actions, .action_count = 1};
