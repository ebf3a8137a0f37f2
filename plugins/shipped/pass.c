// Passing: an action that does nothing. Written in C, to show that abi.h alone is enough.
#include "plugins/abi.h"

static uns_outcome pass(const uns_call* call) {
  (void)call;
  return UNS_DONE;
}

static const uns_action actions[] = {{
    .struct_size = sizeof(uns_action),
    .flags = UNS_ACTION_SELF,
    .name = "pass",
    .target_kind = "bot",
    .summary = "Do nothing for one turn.",
    .apply = pass,
}};

const uns_plugin unscripted_plugin = {
    .abi_major = UNS_ABI_MAJOR,
    .abi_minor = UNS_ABI_MINOR,
    .struct_size = sizeof(uns_plugin),
    .id = "org.unscripted.pass",
    .version = "1.0.0",
    .actions = actions,
    .action_count = 1,
};
