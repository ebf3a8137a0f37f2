// A rule that never runs.
#include "plugins/abi.h"

static const uns_rule rules[] = {{.struct_size = sizeof(uns_rule), .name = "gravity",
  .summary = "What goes up comes down."}};

const uns_plugin unscripted_plugin = {.abi_major = UNS_ABI_MAJOR, .abi_minor = UNS_ABI_MINOR,
  .struct_size = sizeof(uns_plugin), .id = "org.wrong.rule_without_hooks", .version = "1.0.0",
  .rules = rules, .rule_count = 1};
