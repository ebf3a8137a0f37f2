// An action that does not say what it does.
#include "plugins/abi.h"

static uns_outcome nothing(const uns_call* call) { return call ? UNS_DONE : UNS_FAULT; }

static const uns_action actions[] = {{.struct_size = sizeof(uns_action), .name = "fly",
  .target_kind = "world", .apply = nothing}};

const uns_plugin unscripted_plugin = {.abi_major = UNS_ABI_MAJOR, .abi_minor = UNS_ABI_MINOR,
  .struct_size = sizeof(uns_plugin), .id = "org.wrong.no_summary", .version = "1.0.0",
  .actions = actions, .action_count = 1};
