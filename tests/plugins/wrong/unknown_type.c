// A parameter of a type that there is none of.
#include "plugins/abi.h"

static uns_outcome nothing(const uns_call* call) { return call ? UNS_DONE : UNS_FAULT; }

static const uns_param params[] = {{.name = "height", .unit = "m", .type = 9}};

static const uns_action actions[] = {{.struct_size = sizeof(uns_action), .name = "fly",
  .target_kind = "world", .summary = "Fly.", .params = params, .param_count = 1, .apply = nothing}};

const uns_plugin unscripted_plugin = {.abi_major = UNS_ABI_MAJOR, .abi_minor = UNS_ABI_MINOR,
  .struct_size = sizeof(uns_plugin), .id = "org.wrong.unknown_type", .version = "1.0.0",
  .actions = actions, .action_count = 1};
