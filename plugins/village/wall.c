// Walls: solid things that nobody can do anything to. Written in C: a kind is all there is.
#include "plugins/abi.h"

static const uns_kind kinds[] = {{
    .struct_size = sizeof(uns_kind),
    .flags = UNS_KIND_SOLID,
    .name = "wall",
    .width = 2,
    .height = 2,
    .depth = 0.3,
}};

const uns_plugin unscripted_plugin = {
    .abi_major = UNS_ABI_MAJOR,
    .abi_minor = UNS_ABI_MINOR,
    .struct_size = sizeof(uns_plugin),
    .id = "org.unscripted.wall",
    .version = "1.0.0",
    .kinds = kinds,
    .kind_count = 1,
};
