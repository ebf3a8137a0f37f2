// Forgot the struct_size of its action.
#include "plugins/abi.h"

static uns_outcome nothing(const uns_call* call) { return call ? UNS_DONE : UNS_FAULT; }

static const uns_action actions[] = {{.name = "fly", .target_kind = "world",
  .summary = "Fly.", .apply = nothing}};

const uns_plugin unscripted_plugin = {.abi_major = UNS_ABI_MAJOR, .abi_minor = UNS_ABI_MINOR,
  .struct_size = sizeof(uns_plugin), .id = "org.wrong.short_action", .version = "1.0.0",
  .actions = actions, .action_count = 1};
